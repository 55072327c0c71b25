package lambda

import (
	"cmp"
	"context"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// environment is what Lambda gives a function: a region, and credentials for
// as long as it lives. The SDK's own search through profiles, metadata and
// single sign-on would double the program, and reading only the environment
// with it would still start the clients of four services that are never called.
// So AWS_USE_FIPS_ENDPOINT,
// AWS_USE_DUALSTACK_ENDPOINT and AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, which
// the SDK would honour, change nothing here.
func environment() aws.Config {
	return aws.Config{
		Region:        cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")),
		ConfigSources: []any{endpoints{}},
		Credentials: credentials.NewStaticCredentialsProvider(os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"),
			os.Getenv("AWS_SESSION_TOKEN")),
	}
}

// endpoints are other addresses of AWS's services, by the variables that all
// of AWS's SDKs know: AWS_ENDPOINT_URL_SQS.
type endpoints struct{}

// GetServiceBaseEndpoint is what the SDK's clients ask.
func (endpoints) GetServiceBaseEndpoint(_ context.Context, service string) (string, bool, error) {
	url := os.Getenv("AWS_ENDPOINT_URL_" + strings.ToUpper(strings.ReplaceAll(service, " ", "_")))
	return url, url != "", nil
}
