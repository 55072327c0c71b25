package samlocal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

func (s *Stack) problem(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if what := fmt.Sprintf(format, args...); !slices.Contains(s.problems, what) {
		s.problems = append(s.problems, what)
	}
}

// failed notes that an invocation failed.
func (s *Stack) failed(f *function, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	s.problem("%s: %v\n%s", f.logical, err, f.log)
}

// Problems are what went wrong that a deployment would have suffered too: a
// call that no policy allows, a request that no route takes, a function that
// fails or cannot start.
func (s *Stack) Problems() []error {
	var out []error
	s.proxy.mu.Lock()
	for _, p := range s.proxy.problems {
		out = append(out, errors.New(p))
	}
	s.proxy.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.problems {
		out = append(out, errors.New(p))
	}
	return out
}

// URL is where the HTTP API listens here.
func (s *Stack) URL() string { return s.url }

// Client reaches the HTTP API under the address that the template gives it,
// as browsers do: links that functions made can be followed.
func (s *Stack) Client() *http.Client {
	here, _ := url.Parse(s.url)
	return &http.Client{Timeout: 20 * time.Second, Transport: front{s.gateway.domain, here.Host}}
}

type front struct{ domain, here string }

// RoundTrip is for http.RoundTripper.
func (f front) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != f.domain {
		return http.DefaultTransport.RoundTrip(r)
	}
	if r.URL.Scheme != "https" {
		return nil, errors.New("samlocal: the API knows https only")
	}
	here := r.Clone(r.Context())
	here.URL.Scheme, here.URL.Host = "http", f.here
	res, err := http.DefaultTransport.RoundTrip(here)
	if err == nil {
		res.Request = r
	}
	return res, err
}

// Output is the value of an output of the template.
func (s *Stack) Output(name string) (string, error) {
	o, ok := s.resolver.Outputs[name]
	if !ok {
		return "", fmt.Errorf("samlocal: no output %s", name)
	}
	v, err := s.resolver.value(o.Value)
	return text(v), err
}

// Ref is what the template's !Ref gives for a resource.
func (s *Stack) Ref(logical string) (string, error) {
	ref, _, err := s.resolver.identity(logical)
	return ref, err
}

// Down makes every call of a service of AWS fail: "dynamodb", "sqs", "ssm"; or
// those of one function: "LineHookFunction sqs".
func (s *Stack) Down(service string, down bool) {
	s.proxy.mu.Lock()
	defer s.proxy.mu.Unlock()
	s.proxy.down[service] = down
}

// Pause keeps what is in a queue from being brought until it is resumed.
func (s *Stack) Pause(logical string) (resume func()) {
	var held []*mapping
	ref, _ := s.Ref(logical)
	for _, m := range s.mappings {
		if m.url == ref {
			m.turn.Lock()
			held = append(held, m)
		}
	}
	return func() {
		for _, m := range held {
			m.turn.Unlock()
		}
	}
}

// Call makes a call of the emulators as the operator.
func (s *Stack) Call(ctx context.Context, target string, in any) (map[string]any, error) {
	return s.do(ctx, target, in)
}

// Logs are what the functions wrote.
func (s *Stack) Logs() string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.functions)) {
		fmt.Fprintf(&out, "%s:\n%s\n", name, s.functions[name].log)
	}
	return out.String()
}

// Unused lists what nothing has used since the stack was started: actions that
// a role allows, routes, event sources.
func (s *Stack) Unused() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.functions)) {
		for _, a := range s.proxy.roleOf(name).unused() {
			out = append(out, name+" may "+a)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.gateway.routes {
		if !s.gateway.used[r.key] {
			out = append(out, "route "+r.key)
		}
	}
	return out
}

// Restart ends every function's process and starts the next, one after the
// other.
func (s *Stack) Restart(ctx context.Context) error {
	for _, name := range slices.Sorted(maps.Keys(s.functions)) {
		if err := s.functions[name].restart(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Take returns the calls since it was last asked.
func (s *Stack) Take() Meter { return s.proxy.take() }

// Stats are what the functions' runs came to, by their folder's name.
func (s *Stack) Stats() map[string]FunctionStats {
	out := map[string]FunctionStats{}
	for _, f := range s.functions {
		f.mu.Lock()
		st := f.stats
		st.CPU += f.cpu()
		st.Memory = f.memory
		st.Starts = slices.Clone(st.Starts)
		f.mu.Unlock()
		f.log.mu.Lock()
		st.Logged = f.log.bytes
		f.log.mu.Unlock()
		out[f.program[strings.LastIndex(f.program, "/")+1:]] = st
	}
	return out
}
