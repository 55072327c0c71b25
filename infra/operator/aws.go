package operator

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"kozamori/internal/app"
	"kozamori/internal/line"
	"kozamori/internal/queue/sqs"
	"kozamori/internal/store"
	"kozamori/internal/store/dynamo"
)

// Stack names a deployment on AWS.
type Stack struct {
	Name   string // of the CloudFormation stack: its queues are Name-events, Name-events-dead …
	Table  string // if the name does not tell it
	Region string // if it is not the environment's
}

// Prefix is where a stack's secrets are in Parameter Store.
func (s Stack) Prefix() string { return "/kozamori/" + s.Name }

// parameters are the secrets of LINE and the names by which app.FromEnv asks
// for them.
var parameters = map[string]string{
	"KOZAMORI_LINE_CHANNEL_SECRET": "line/channel-secret",
	"KOZAMORI_LINE_TOKEN":          "line/token",
	"KOZAMORI_LINE_KEY":            "line/key",
}

// AWS works on a stack with the credentials of the environment. What of LINE's channel is no secret comes from the environment.
func AWS(ctx context.Context, s Stack, env func(string) string) (*Deployment, error) {
	var opts []func(*config.LoadOptions) error
	if s.Region != "" {
		opts = append(opts, config.WithRegion(s.Region))
	}
	c, err := config.LoadDefaultConfig(ctx, opts...)
	if err != nil {
		return nil, fmt.Errorf("the AWS configuration cannot be read: %w", err)
	}
	if c.Region == "" {
		return nil, errors.New("which region? Say -region ap-northeast-1, or set AWS_REGION")
	}
	table := s.Table
	if table == "" {
		if table, err = dynamo.Find(ctx, dynamo.Config{AWS: c}, s.Name); err != nil {
			return nil, fmt.Errorf("in %s: %w", c.Region, err)
		}
	}
	secrets := &parameterStore{ssm: ssm.NewFromConfig(c), prefix: s.Prefix()}
	d := &Deployment{Where: "the stack " + s.Name + " in " + c.Region, Secrets: secrets, Now: time.Now,
		Who:   func(ctx context.Context) (string, error) { return caller(ctx, c) },
		Table: dynamo.New(dynamo.Config{AWS: c, Table: table}),
		Walk: func(ctx context.Context, prefix, cursor string) (store.Page, error) {
			return dynamo.Walk(ctx, dynamo.Config{AWS: c, Table: table}, prefix, cursor)
		},
		LINE: func(ctx context.Context) (*line.Client, error) {
			var failed error
			conf, err := app.FromEnv(func(name string) string {
				if v := env(name); v != "" || parameters[name] == "" {
					return v
				}
				v, err := secrets.Secret(ctx, parameters[name])
				failed = errors.Join(failed, err)
				return v
			})
			if err := errors.Join(failed, err); err != nil {
				return nil, err
			}
			if l := conf.LINE; l.Token == "" && (l.ChannelID == "" || l.Key == "" && len(l.Secrets) == 0) {
				return nil, errors.New("LINE wants a channel access token (parameter line/token), or KOZAMORI_LINE_CHANNEL_ID in the environment together with the parameter line/key or line/channel-secret")
			}
			return app.New(conf, app.Means{}).Platform()
		},
		Close: func() error { return nil },
	}
	found := sync.OnceValues(func() (Queue, error) {
		sc := sqs.Config{AWS: c}
		if sc.Queues, err = sqs.Find(ctx, sc, s.Name+"-"); err != nil {
			return nil, err
		}
		return sqs.New(sc), nil
	})
	d.Queue = func(context.Context) (Queue, error) { return found() }
	return d, nil
}

// parameterStore is SSM Parameter Store.
type parameterStore struct {
	ssm    *ssm.Client
	prefix string
}

// Secret reads a parameter.
func (p *parameterStore) Secret(ctx context.Context, name string) (string, error) {
	out, err := p.ssm.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(p.prefix + "/" + name), WithDecryption: aws.Bool(true)})
	var none *types.ParameterNotFound
	switch {
	case errors.As(err, &none):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("the parameter %s/%s cannot be read: %w", p.prefix, name, err)
	}
	return aws.ToString(out.Parameter.Value), nil
}

// PutSecret writes a parameter as a SecureString.
func (p *parameterStore) PutSecret(ctx context.Context, name, value string) error {
	_, err := p.ssm.PutParameter(ctx, &ssm.PutParameterInput{Name: aws.String(p.prefix + "/" + name), Value: aws.String(value),
		Type: types.ParameterTypeSecureString, Overwrite: aws.Bool(true)})
	if err != nil {
		return fmt.Errorf("the parameter %s/%s cannot be written: %w", p.prefix, name, err)
	}
	return nil
}
