package lambda

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/google/go-cmp/cmp"
)

// The SDK's own reading of the environment is the reference.
func TestTheEnvironmentIsReadAsTheSDKReadsIt(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"as Lambda sets it":            {},
		"with a service elsewhere":     {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_SESV2": "http://127.0.0.1:2"},
		"with the older region's name": {"AWS_REGION": "", "AWS_DEFAULT_REGION": "ap-northeast-3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("AWS_REGION", "ap-northeast-1")
			t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
			t.Setenv("AWS_SESSION_TOKEN", "token")
			for k, v := range env {
				t.Setenv(k, v)
			}
			theirs, err := config.NewEnvConfig()
			if err != nil {
				t.Fatal(err)
			}
			ours := environment()
			if ours.Region != theirs.Region {
				t.Errorf("region %q, want %q", ours.Region, theirs.Region)
			}
			got, err := ours.Credentials.Retrieve(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			want := theirs.Credentials
			if d := cmp.Diff([]string{want.AccessKeyID, want.SecretAccessKey, want.SessionToken}, []string{got.AccessKeyID, got.SecretAccessKey, got.SessionToken}); d != "" {
				t.Error(d)
			}
			for _, service := range []string{dynamodb.ServiceID, sqs.ServiceID, ssm.ServiceID, sesv2.ServiceID} {
				wantURL, wantOK, _ := theirs.GetServiceBaseEndpoint(context.Background(), service)
				url, ok, err := endpoints{}.GetServiceBaseEndpoint(context.Background(), service)
				if url != wantURL || ok != wantOK || err != nil {
					t.Errorf("%s is at %q %v %v, want %q %v", service, url, ok, err, wantURL, wantOK)
				}
			}
		})
	}
}
