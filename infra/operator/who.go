package operator

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// here is who works on the local stack: who has its files.
func here(context.Context) (string, error) { return "local", nil }

// caller is the user or role of the credentials, "assumed-role/Admin/session".
func caller(ctx context.Context, c aws.Config) (string, error) {
	out, err := sts.NewFromConfig(c).GetCallerIdentity(ctx, nil)
	if err != nil {
		return "", err
	}
	arn := aws.ToString(out.Arn)
	return arn[strings.LastIndexByte(arn, ':')+1:], nil
}
