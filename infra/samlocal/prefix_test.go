package samlocal

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// A bank puts files under its own code. It reads none, lists none, deletes none, and
// reaches no other bank's.
func TestABankLeavesFilesUnderItsOwnCodeAlone(t *testing.T) {
	python := os.Getenv("KOZAMORI_SAM_PYTHON")
	if python == "" && os.Getenv("CI") != "true" {
		t.Skip("no SAM translator here: set KOZAMORI_SAM_PYTHON to a python that has aws-sam-translator (.ci/emulators installs one)")
	}
	file := filepath.Join("..", "files.yaml")
	if _, err := os.ReadFile(file); err != nil { // tells the cache of test results
		t.Fatal(err)
	}
	raw, err := Translate(context.Background(), python, file)
	if err != nil {
		t.Fatal(err)
	}
	for name, parameters := range map[string]map[string]string{
		"by S3":   {"Principal": "arn:aws:iam::210987654321:role/nightly", "ExternalId": "x"},
		"by SFTP": {"Server": "s-01234567890abcdef", "SshKey": "ssh-ed25519 AAAA"},
	} {
		t.Run(name, func(t *testing.T) {
			template, err := Parse(raw)
			if err != nil {
				t.Fatal(err)
			}
			parameters["Bucket"], parameters["Bank"] = "kozamori-files", "0125"
			has, err := template.Resolve("bank-0125", parameters)
			if err != nil {
				t.Fatal(err)
			}
			var in struct {
				Policies []struct{ PolicyDocument document }
			}
			if err := into(has["Role"].Properties, &in); err != nil || len(in.Policies) != 1 {
				t.Fatal(err, len(in.Policies))
			}
			list, err := in.Policies[0].PolicyDocument.statements()
			if err != nil {
				t.Fatal(err)
			}
			bank := &role{statements: list}
			const ours = "arn:aws:s3:::kozamori-files/"
			for _, c := range []struct {
				action, resource string
				may              bool
			}{
				{"s3:PutObject", ours + "0125/a.jsonl", true}, {"s3:PutObject", ours + "0125/nights/a.jsonl.manifest.json", true}, {"s3:AbortMultipartUpload", ours + "0125/a", true},
				{"s3:PutObject", ours + "0168/a.jsonl", false}, {"s3:PutObject", ours + "01250/a.jsonl", false}, {"s3:PutObject", ours + "a.jsonl", false}, {"s3:PutObject", ours + "/0125/a", false},
				{"s3:PutObject", "arn:aws:s3:::another/0125/a.jsonl", false}, {"s3:GetObject", ours + "0125/a.jsonl", false}, {"s3:DeleteObject", ours + "0125/a.jsonl", false},
				{"s3:PutObjectAcl", ours + "0125/a.jsonl", false}, {"s3:ListBucket", "arn:aws:s3:::kozamori-files", false}, {"s3:PutBucketPolicy", "arn:aws:s3:::kozamori-files", false},
			} {
				if bank.allows(request{c.action, c.resource, nil}) != c.may {
					t.Errorf("%s on %s: may is %v", c.action, c.resource, !c.may)
				}
			}
			if _, sftp := has["User"]; sftp != (name == "by SFTP") {
				t.Errorf("a user of SFTP: %v", sftp)
			}
		})
	}
}
