// Package samlocal stands template.yaml up on this machine, so that what is
// deployed can be run without an account: SAM's own translator makes plain
// CloudFormation of it, and of that this package makes the tables, queues and
// parameters on emulators, starts each function's program under a Runtime API
// as Lambda has it, serves the HTTP API's routes, and brings events from
// queues, schedules and SES. Whatever a function asks of AWS passes a proxy
// that allows what its role in the template allows, and nothing else. What the
// alarms and the dashboard look at is held against what AWS emits for these
// resources and what the functions wrote; no alarm itself is raised.
//
// It knows exactly the types of resources and the functions of templates that
// ours has, and refuses others: a part of a template that does nothing here
// would be thought tested. Time is the real one. No program uses it.
package samlocal

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"kozamori/internal/testkit/emulator"
)

// Config of a stack.
type Config struct {
	Template   *Template
	Name       string            // of the stack
	Parameters map[string]string // of the template
	Secrets    map[string]string // parameters of SSM that the operator has put there
	Programs   string            // the folder that Build filled
	DynamoDB   string            // endpoints of the emulators
	Moto       string
	Mail       http.Handler // SES
	// Outside are variables that lead functions to stand-ins for what is not
	// AWS: LINE. A template would not set them.
	Outside []string
}

// Stack is a template that stands.
type Stack struct {
	operator
	config       Config
	resolver     *resolver
	resources    map[string]*Resource
	functions    map[string]*function // by logical name
	mappings     []*mapping
	rules        []*rule
	destinations []destination
	permissions  []permission
	proxy        *proxy
	gateway      *gateway
	invokes      map[string]invokeConfig // by a function's logical name
	url          string                  // of the HTTP API
	aws          string                  // of the proxy
	closers      []func()

	mu       sync.Mutex
	problems []string
}

type permission struct{ FunctionName, Action, Principal, SourceArn string }

// Start stands a template up. Close the stack, also after an error.
func Start(ctx context.Context, c Config) (*Stack, error) {
	s := &Stack{config: c, operator: operator{c.DynamoDB, c.Moto}, functions: map[string]*function{}, invokes: map[string]invokeConfig{}}
	var err error
	if s.proxy, err = newProxy(c.DynamoDB, c.Moto, c.Mail); err != nil {
		return s, err
	}
	if s.resolver, err = newResolver(c.Template, c.Name, c.Parameters); err != nil {
		return s, err
	}
	if s.resources, err = s.resolver.resources(); err != nil {
		return s, err
	}
	if s.aws, err = s.serve(s.proxy); err != nil {
		return s, err
	}
	for _, step := range []func() error{func() error { return s.makeStores(ctx) }, func() error { return s.makeSecrets(ctx) },
		s.makeFunctions, s.makeRules, s.makeGateway, s.makeMappings, func() error { return s.run(ctx) }} {
		if err := step(); err != nil {
			return s, fmt.Errorf("samlocal: %w", err)
		}
	}
	return s, nil
}

// serve serves a handler until the stack is closed.
func (s *Stack) serve(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: h}
	go func() { _ = srv.Serve(l) }()
	s.closers = append(s.closers, func() { _ = srv.Close() })
	return "http://" + l.Addr().String(), nil
}

// Close ends everything that the stack started.
func (s *Stack) Close() {
	for _, f := range slices.Backward(s.closers) {
		f()
	}
	s.closers = nil
}

// each calls do for every resource of a type, in the order of their names.
func (s *Stack) each(kind string, do func(logical, ref string, p map[string]any) error) error {
	for _, logical := range slices.Sorted(maps.Keys(s.resources)) {
		if r := s.resources[logical]; r.Type == kind {
			ref, _, err := s.resolver.identity(logical)
			if err == nil {
				err = do(logical, ref, r.Properties)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", logical, err)
			}
		}
	}
	return nil
}

func (s *Stack) makeStores(ctx context.Context) error {
	if err := s.each("AWS::DynamoDB::Table", func(_, name string, p map[string]any) error { return s.table(ctx, name, p) }); err != nil {
		return err
	}
	// Dead letters first: a queue names those that its own go to.
	for _, redrives := range []bool{false, true} {
		err := s.each("AWS::SQS::Queue", func(_, url string, p map[string]any) error {
			if (p["RedrivePolicy"] != nil) != redrives {
				return nil
			}
			return s.queue(ctx, path.Base(url), p)
		})
		if err != nil {
			return err
		}
	}
	return s.buckets(ctx)
}

func (s *Stack) makeSecrets(ctx context.Context) error {
	for name, value := range s.config.Secrets {
		if _, err := s.do(ctx, "AmazonSSM.PutParameter", map[string]any{"Name": name, "Value": value, "Type": "SecureString"}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stack) makeFunctions() error {
	roles, err := s.roles()
	if err != nil {
		return err
	}
	return s.each("AWS::Lambda::Function", func(logical, name string, p map[string]any) error {
		var in struct {
			Role, Handler, Runtime string
			Architectures          []string
			Code                   struct{ S3Key string }
			Timeout, MemorySize    any
			Environment            struct{ Variables map[string]any }
			LoggingConfig          struct{ LogGroup string }
			TracingConfig          struct{ Mode string }
		}
		if err := into(p, &in); err != nil {
			return err
		}
		if in.Runtime != "provided.al2023" || in.Handler != "bootstrap" {
			return fmt.Errorf("a runtime %s with a handler %s is not known here", in.Runtime, in.Handler)
		}
		f := &function{logical: logical, name: name, arn: functionARN(name), program: filepath.Join(s.config.Programs, path.Base(path.Clean(in.Code.S3Key))),
			timeout: time.Duration(max(number(in.Timeout), 3)) * time.Second, memory: max(number(in.MemorySize), 128), log: &tail{}}
		role, ok := roles[in.Role]
		if !ok {
			return errors.New("has no role of this template, or one that another function has too")
		}
		delete(roles, in.Role)
		if err := s.mayWrite(role, name, in.LoggingConfig.LogGroup, in.TracingConfig.Mode == "Active"); err != nil {
			return err
		}
		s.proxy.enact(logical, role)
		f.env = append(endpoints(s.aws), "AWS_ACCESS_KEY_ID="+logical, "AWS_SECRET_ACCESS_KEY=test", "AWS_SESSION_TOKEN=test",
			"AWS_LAMBDA_FUNCTION_NAME="+name, "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", fmt.Sprint("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=", f.memory),
			"AWS_LAMBDA_LOG_FORMAT=JSON", "AWS_LAMBDA_LOG_LEVEL=INFO", "_HANDLER=bootstrap", "LAMBDA_TASK_ROOT=/var/task", "TZ=:UTC")
		for k, v := range in.Environment.Variables {
			if strings.HasPrefix(k, "AWS_") || strings.HasPrefix(k, "LAMBDA_") {
				return fmt.Errorf("the variable %s is Lambda's own", k)
			}
			f.env = append(f.env, k+"="+text(v))
		}
		f.env = append(f.env, s.config.Outside...)
		s.functions[logical] = f
		return nil
	})
}

func (s *Stack) makeRules() error {
	if err := s.each("AWS::Lambda::Permission", func(_, _ string, p map[string]any) error {
		var in permission
		if err := into(p, &in); err != nil {
			return err
		}
		in.FunctionName = functionARN(in.FunctionName)
		s.permissions = append(s.permissions, in)
		return nil
	}); err != nil {
		return err
	}
	if err := s.each("AWS::SES::ConfigurationSetEventDestination", func(_, _ string, p map[string]any) error {
		var in destination
		s.destinations = append(s.destinations, in)
		return into(p, &s.destinations[len(s.destinations)-1])
	}); err != nil {
		return err
	}
	if err := s.each("AWS::Lambda::EventInvokeConfig", func(_, _ string, p map[string]any) error {
		var in invokeConfig
		if err := into(p, &in); err != nil {
			return err
		}
		f := s.byARN(functionARN(in.FunctionName))
		if f == nil {
			return errors.New("of no function")
		}
		s.invokes[f.logical] = in
		if to := in.DestinationConfig.OnFailure.Destination; to != "" {
			return s.proxy.roleOf(f.logical).must(request{"sqs:SendMessage", to, nil})
		}
		return nil
	}); err != nil {
		return err
	}
	return s.each("AWS::Events::Rule", func(logical, _ string, p map[string]any) error {
		a, err := s.resolver.attribute(logical, "Arn")
		if err != nil {
			return err
		}
		r := &rule{arn: text(a)}
		s.rules = append(s.rules, r)
		if err := into(p, r); err != nil {
			return err
		}
		for _, t := range r.Targets {
			if dead := t.DeadLetterConfig.Arn; dead != "" && !s.maySend("events.amazonaws.com", r.arn, dead) {
				return fmt.Errorf("may not send to its dead letters: no queue policy allows it")
			}
		}
		return nil
	})
}

// maySend tells whether a service may send to a queue, for a resource.
func (s *Stack) maySend(service, source, queue string) bool {
	allowed := false
	_ = s.each("AWS::SQS::QueuePolicy", func(_, _ string, p map[string]any) error {
		var in struct {
			PolicyDocument struct {
				Statement []struct {
					Effect    string
					Principal struct{ Service many }
					statement
				}
			}
		}
		if err := into(p, &in); err != nil {
			return err
		}
		for _, st := range in.PolicyDocument.Statement {
			one := role{statements: []*statement{{Effect: st.Effect, Actions: st.Actions, Resources: st.Resources, Condition: st.Condition, used: map[string]bool{}}}}
			allowed = allowed || slices.Contains(st.Principal.Service, service) &&
				one.allows(request{"sqs:SendMessage", queue, map[string][]string{"aws:SourceArn": {source}, "aws:SourceAccount": {Account}}})
		}
		return nil
	})
	return allowed
}

func (s *Stack) makeMappings() error {
	queues := map[string]string{} // ARN → logical
	if err := s.each("AWS::SQS::Queue", func(logical, _ string, _ map[string]any) error {
		a, err := s.resolver.attribute(logical, "Arn")
		queues[text(a)] = logical
		return err
	}); err != nil {
		return err
	}
	return s.each("AWS::Lambda::EventSourceMapping", func(_, _ string, p map[string]any) error {
		m := &mapping{BatchSize: 10}
		if err := into(p, m); err != nil {
			return err
		}
		logical, ok := queues[m.EventSourceArn]
		if m.function = s.byARN(functionARN(m.FunctionName)); !ok || m.function == nil || m.Enabled != nil && !*m.Enabled {
			return errors.New("not an enabled source of a queue and a function")
		}
		q := s.resources[logical].Properties
		m.visibility = time.Duration(number(q["VisibilityTimeout"])) * time.Second
		m.url, _, _ = s.resolver.identity(logical)
		m.sqs = s.client(m.function)
		if err := s.proxy.roleOf(m.function.logical).must(request{"sqs:ReceiveMessage", m.EventSourceArn, nil}, request{"sqs:DeleteMessage", m.EventSourceArn, nil},
			request{"sqs:GetQueueAttributes", m.EventSourceArn, nil}); err != nil {
			return fmt.Errorf("%s %w", m.function.logical, err)
		}
		s.mappings = append(s.mappings, m)
		return m.check(q)
	})
}

// client is SQS as a function's role may use it: what Lambda itself does for
// a function.
func (s *Stack) client(f *function) *sqs.Client {
	return sqs.NewFromConfig(aws.Config{Region: emulator.Region, Credentials: credentialsOf(f.logical)},
		func(o *sqs.Options) { o.BaseEndpoint = aws.String(s.aws) })
}

// run starts the functions, and then what brings them events.
func (s *Stack) run(ctx context.Context) error {
	for _, f := range s.functions {
		if err := f.start(); err != nil {
			return err
		}
		s.closers = append(s.closers, f.close)
	}
	ready, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for _, name := range slices.Sorted(maps.Keys(s.functions)) {
		if err := s.functions[name].ready(ready); err != nil {
			return errors.Join(append([]error{err}, s.Problems()...)...)
		}
	}
	work, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for _, m := range s.mappings {
		wg.Go(func() { s.poll(work, m) })
	}
	s.closers = append(s.closers, func() { stop(); wg.Wait() })
	return nil
}

// byARN finds a function by its ARN, with or without a version.
func (s *Stack) byARN(a string) *function {
	for _, f := range s.functions {
		if a == f.arn || strings.HasPrefix(a, f.arn+":") {
			return f
		}
	}
	return nil
}

// mayInvoke tells whether a service may invoke a function for a resource.
func (s *Stack) mayInvoke(f *function, service, source string) bool {
	return slices.ContainsFunc(s.permissions, func(p permission) bool {
		return p.FunctionName == f.arn && p.Action == "lambda:InvokeFunction" && p.Principal == service && like(p.SourceArn, source)
	})
}

func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	h := hex.EncodeToString(b)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}
