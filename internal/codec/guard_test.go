package codec_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// otherJSON are the files that read or write JSON by themselves, and what. None
// of it is kept or queued for another version: that goes through this package,
// because encoding/json drops the members that a type does not have.
var otherJSON = map[string]string{
	"bankapi/request.go":             "what a bank asks",
	"control/callback.go":            "what a bank is sent",
	"dispute/callback.go":            "what a bank is sent",
	"inquiry/callback.go":            "what a bank is sent",
	"notify/bank.go":                 "what a bank is sent",
	"email/feedback.go":              "what SES says",
	"callback/ping.go":               "what a bank is told",
	"webhook/webhook.go":             "what Kozamori answers",
	"radar/callback.go":              "what a bank is told",
	"feed/news.go":                   "what a bank is told",
	"bankfile/bankfile.go":           "what a bank is told",
	"intake/rows.go":                 "a line as a bank wrote it",
	"intake/manifest.go":             "what a bank says of a file",
	"bucket/s3/s3.go":                "what S3 says",
	"bucket/folder/folder.go":        "what a folder says that plays S3, on this machine alone",
	"ingest/sandbox.go":              "how a body looks that a parser wrote again",
	"intake/event.go":                "a line as a bank would write it",
	"lambda/metrics.go":              "metrics in a log line",
	"lambda/lambda.go":               "whether Lambda brings a tick or messages",
	"engine/backup.go":               "what a backup says of itself, with a format of its own",
	"engine/open.go":                 "the mark of a folder, with a format of its own",
	"engine/mark.go":                 "the mark of a folder, with a format of its own",
	"line/assertion.go":              "a token for LINE",
	"line/flex.go":                   "messages as LINE takes them",
	"line/render.go":                 "messages as LINE takes them",
	"line/webhook.go":                "what LINE sends",
	"membership/named.go":            "how a string looks in a bank's text",
	"problem/problem.go":             "the problem document",
	"queue/sqs/dead.go":              "what SQS keeps of a message",
	"store/table.go":                 "whether a body is JSON at all",
	"web/settings.go":                "the fingerprint of a form",
	"web/statement_keep.go":          "a field of a form",
	"watch/trail.go":                 "the rules one by one, as the trail says them",
	"codec/codec.go":                 "this package",
	"testkit/storetest/storetest.go": "a test",
}

func TestWhatIsKeptOrQueuedIsReadAndWrittenHereAlone(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob("../*/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, deeper...) {
		name := strings.TrimPrefix(filepath.ToSlash(file), "../")
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "testkit/") || strings.HasPrefix(name, "sim/") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			json := []string{`"encoding/json"`, `"github.com/go-json-experiment/json"`, `"github.com/go-json-experiment/json/v1"`}
			if slices.Contains(json, i.Path.Value) && otherJSON[name] == "" {
				t.Errorf("%s imports %s: what is kept or queued goes through codec; anything else is listed here", name, i.Path.Value)
			}
		}
	}
}
