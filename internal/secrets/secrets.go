// Package secrets reads secrets from SSM Parameter Store, where they are
// SecureStrings under one prefix, and keeps them in memory for a while. AWS's
// types stop here. It never logs a value and never writes one anywhere.
//
//	PREFIX/link-keys             id:base64, with a comma between two
//	PREFIX/line/channel-secret   one, or two with a comma between
//	PREFIX/line/token            a long-lived channel access token, or instead
//	PREFIX/line/key              the key that stateless tokens are asked for with, and its kid
//	PREFIX/banks/0125/webhook    a bank's whsec_…, or two with a comma between
//	PREFIX/sign-in/0125          what the bank's identity provider knows us by
//
// While a secret is being replaced both live side by side: the first signs,
// all of them verify.
package secrets

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

const (
	// Life is how long a value is used before it is read again.
	Life = 5 * time.Minute
	// Pause is the least time between two reads: a value that cannot be read,
	// or a bank that is not there, does not make every request ask.
	Pause = 30 * time.Second
	// perCall is how long one call may take.
	perCall = 5 * time.Second
	// While older values can serve, a call is made once and may take inPassing,
	// and a read of many pages mostRead: the request that waits for it has little time.
	inPassing = 500 * time.Millisecond
	mostRead  = 2 * time.Second
)

// ErrNoBank says that a bank has no secrets: it is no tenant.
var ErrNoBank = errors.New("secrets: no such bank")

// Config of the secrets.
type Config struct {
	AWS      aws.Config
	Endpoint string // replaces SSM's own address; empty keeps it
	Prefix   string // "/kozamori/prod"
	Now      func() time.Time
	HTTP     *http.Client
	Logger   *slog.Logger
}

// Secrets are the deployment's secrets.
type Secrets struct {
	config Config
	// Of SSM's client only these calls are made; see package dynamo.
	get    func(context.Context, *ssm.GetParametersInput, ...func(*ssm.Options)) (*ssm.GetParametersOutput, error)
	byPath func(context.Context, *ssm.GetParametersByPathInput, ...func(*ssm.Options)) (*ssm.GetParametersByPathOutput, error)

	mu    sync.Mutex
	named map[string]*kept // by the names that were asked for together
	banks *kept
	signs *kept // by bank
}

// kept are values, when they were read, and when that was last tried.
type kept struct {
	values      map[string]string
	read, tried time.Time
}

// New makes Secrets. It reads nothing yet.
func New(c Config) *Secrets {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: perCall}
	}
	api := ssm.NewFromConfig(c.AWS, func(o *ssm.Options) {
		if c.Endpoint != "" {
			o.BaseEndpoint = aws.String(c.Endpoint)
		}
		o.HTTPClient = c.HTTP
	})
	return &Secrets{config: c, named: map[string]*kept{}, banks: &kept{}, signs: &kept{}, get: api.GetParameters, byPath: api.GetParametersByPath}
}

// Named returns parameters by their names under the prefix, at most 10. Those
// that do not exist are left out. When they cannot be read again, what was
// read before goes on serving.
func (s *Secrets) Named(ctx context.Context, names ...string) (map[string]string, error) {
	return s.together(ctx, Life, names)
}

// Renewed is Named for a caller that has reason to think that a value is no
// longer the newest. It reads again at most once in half a minute.
func (s *Secrets) Renewed(ctx context.Context, names ...string) (map[string]string, error) {
	return s.together(ctx, Pause, names)
}

func (s *Secrets) together(ctx context.Context, life time.Duration, names []string) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strings.Join(names, "\n")
	if s.named[key] == nil {
		s.named[key] = &kept{}
	}
	err := s.refresh(ctx, s.named[key], life, func(ctx context.Context, how ...func(*ssm.Options)) (map[string]string, error) {
		in := &ssm.GetParametersInput{WithDecryption: aws.Bool(true)}
		for _, n := range names {
			in.Names = append(in.Names, s.config.Prefix+"/"+n)
		}
		out, err := s.get(ctx, in, how...)
		if err != nil {
			return nil, fmt.Errorf("secrets: GetParameters: %w", err)
		}
		values := map[string]string{}
		for _, p := range out.Parameters {
			values[strings.TrimPrefix(aws.ToString(p.Name), s.config.Prefix+"/")] = aws.ToString(p.Value)
		}
		return values, nil
	})
	return s.named[key].values, err
}

// WebhookSecrets returns the secrets shared with a bank: the first signs, all
// of them verify. ErrNoBank if it has none. Those of all banks are read
// together, so that strangers who name banks at random cost no reads.
func (s *Secrets) WebhookSecrets(ctx context.Context, bank string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	life := Life
	if s.banks.values != nil && s.banks.values[bank] == "" {
		life = Pause // it may be new
	}
	err := s.refresh(ctx, s.banks, life, func(ctx context.Context, how ...func(*ssm.Options)) (map[string]string, error) {
		found, err := s.below(ctx, "banks", how...)
		values := map[string]string{}
		for name, value := range found {
			if bank, ok := strings.CutSuffix(name, "/webhook"); ok {
				values[bank] = value
			}
		}
		return values, err
	})
	if err != nil {
		return nil, err
	}
	var out []string
	for v := range strings.SplitSeq(s.banks.values[bank], ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	if out == nil {
		return nil, ErrNoBank
	}
	return out, nil
}

// below reads all parameters under a path, by what their names go on with.
func (s *Secrets) below(ctx context.Context, path string, how ...func(*ssm.Options)) (map[string]string, error) {
	values := map[string]string{}
	in := &ssm.GetParametersByPathInput{Path: aws.String(s.config.Prefix + "/" + path), Recursive: aws.Bool(true), WithDecryption: aws.Bool(true)}
	for {
		page, err := s.byPath(ctx, in, how...)
		if err != nil {
			return nil, fmt.Errorf("secrets: GetParametersByPath: %w", err)
		}
		for _, p := range page.Parameters {
			values[strings.TrimPrefix(aws.ToString(p.Name), s.config.Prefix+"/"+path+"/")] = aws.ToString(p.Value)
		}
		if in.NextToken = page.NextToken; aws.ToString(in.NextToken) == "" {
			return values, nil
		}
	}
}

// SignInSecret returns what a bank's identity provider knows us by; empty if there is
// nothing. Those of all banks are read together.
func (s *Secrets) SignInSecret(ctx context.Context, bank string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	life := Life
	if s.signs.values != nil && s.signs.values[bank] == "" {
		life = Pause // it may be new
	}
	err := s.refresh(ctx, s.signs, life, func(ctx context.Context, how ...func(*ssm.Options)) (map[string]string, error) {
		return s.below(ctx, "sign-in", how...)
	})
	return s.signs.values[bank], err
}

// refresh reads values whose life is over. An error is one only if there is
// nothing else to serve.
func (s *Secrets) refresh(ctx context.Context, k *kept, life time.Duration, read func(context.Context, ...func(*ssm.Options)) (map[string]string, error)) error {
	now := s.config.Now()
	if k.values != nil && (now.Sub(k.read) < life || now.Sub(k.tried) < Pause) {
		return nil
	}
	k.tried = now
	var how []func(*ssm.Options)
	if k.values != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, mostRead)
		defer cancel()
		how = append(how, s.once)
	}
	values, err := read(ctx, how...)
	switch {
	case err == nil:
		k.values, k.read = values, now
	case k.values != nil:
		s.config.Logger.Error("cannot read secrets again; the old ones stay in use", "age", now.Sub(k.read).Round(time.Second), "err", err)
	default:
		return err
	}
	return nil
}

// once makes a call in passing.
func (s *Secrets) once(o *ssm.Options) {
	quick := *s.config.HTTP // keeps the connections
	quick.Timeout = inPassing
	o.HTTPClient, o.Retryer = &quick, aws.NopRetryer{}
}
