package samlocal

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// request is one thing that a call needs to be allowed.
type request struct {
	action, resource string
	keys             map[string][]string // the context that conditions look at
}

// statement allows or denies, as in a policy.
type statement struct {
	Effect    string
	Actions   many                       `json:"Action"`
	Resources many                       `json:"Resource"`
	Condition map[string]map[string]many // operator → key → values
	Sid       string
	used      map[string]bool // grant(action, resource)
}

// grant is one action on one resource, in a form to read.
func grant(action, resource string) string {
	return action + " on " + resource[strings.LastIndexAny(strings.TrimRight(resource, ":*"), ":/")+1:]
}

// many is one string or a list of them.
type many []string

// UnmarshalJSON is for package json.
func (m *many) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*m = many{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(m))
}

// role is what one may do.
type role struct {
	mu         sync.Mutex
	statements []*statement
}

// document is what a policy says.
type document struct{ Statement json.RawMessage }

// parseRole reads a resolved AWS::IAM::Role. The managed policies that it may
// have are the template's own, by their ARNs: AWS's name whole services.
func parseRole(p map[string]any, own map[string]document) (*role, error) {
	var in struct {
		ManagedPolicyArns        []string
		Policies                 []struct{ PolicyDocument document }
		AssumeRolePolicyDocument struct {
			Statement []struct {
				Effect    string
				Principal struct{ Service many }
				Action    many
			}
		}
	}
	if err := into(p, &in); err != nil {
		return nil, err
	}
	if st := in.AssumeRolePolicyDocument.Statement; len(st) != 1 || st[0].Effect != "Allow" ||
		!slices.Equal(st[0].Principal.Service, many{"lambda.amazonaws.com"}) || !slices.Equal(st[0].Action, many{"sts:AssumeRole"}) {
		return nil, errors.New("only a role that Lambda alone may assume is known here")
	}
	var documents []document
	for _, a := range in.ManagedPolicyArns {
		d, ok := own[a]
		if !ok {
			return nil, fmt.Errorf("the managed policy %s is none of the template's", a)
		}
		documents = append(documents, d)
	}
	for _, policy := range in.Policies {
		documents = append(documents, policy.PolicyDocument)
	}
	r := &role{}
	for _, d := range documents {
		list, err := d.statements()
		if err != nil {
			return nil, err
		}
		r.statements = append(r.statements, list...)
	}
	return r, nil
}

// statements reads a policy, and refuses one that does not say what it allows
// on what.
func (d document) statements() ([]*statement, error) {
	raw := d.Statement
	if len(raw) > 0 && raw[0] == '{' {
		raw = slices.Concat([]byte("["), raw, []byte("]"))
	}
	var list []*statement
	if err := strictly(raw, &list); err != nil {
		return nil, err
	}
	for _, s := range list {
		s.used = map[string]bool{}
		for op := range s.Condition {
			if !slices.Contains([]string{"StringEquals", "StringLike", "ArnEquals", "ArnLike"}, plainOperator(op)) {
				return nil, fmt.Errorf("the condition %s is not known here", op)
			}
		}
		if len(s.Actions) == 0 || len(s.Resources) == 0 {
			return nil, errors.New("a statement of no action or no resource")
		}
		if s.Effect != "Allow" {
			continue
		}
		for _, a := range s.Actions {
			if strings.ContainsAny(a, "*?") {
				return nil, fmt.Errorf("%s names no action", a)
			}
			for _, res := range s.Resources {
				if !named(res) && !slices.Contains(resourceless, a) {
					return nil, fmt.Errorf("%s is allowed on %s, which names no resource", a, res)
				}
			}
		}
	}
	return list, nil
}

// resourceless are actions for which AWS knows no resources: the service
// authorization reference lists none.
var resourceless = []string{"xray:PutTraceSegments", "xray:PutTelemetryRecords"}

// named tells whether a resource is one, or what lies under one.
func named(resource string) bool {
	parts := strings.SplitN(resource, ":", 6)
	if len(parts) != 6 || strings.ContainsAny(strings.Join(parts[:5], ""), "*?") {
		return false
	}
	under := strings.TrimSuffix(strings.TrimSuffix(parts[5], ":*"), "/*")
	return under != "" && !strings.ContainsAny(under, "*?")
}

func plainOperator(op string) string {
	op = strings.TrimSuffix(op, "IfExists")
	_, after, ok := strings.Cut(op, ":") // ForAllValues:, ForAnyValue:
	if ok {
		return after
	}
	return op
}

// allows tells whether the role may do it, and remembers what allowed it.
func (r *role) allows(q request) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	allowed := false
	for _, s := range r.statements {
		i := slices.IndexFunc(s.Actions, func(a string) bool { return like(strings.ToLower(a), strings.ToLower(q.action)) })
		j := slices.IndexFunc(s.Resources, func(res string) bool { return like(res, q.resource) })
		if i < 0 || j < 0 || !s.conditions(q.keys) {
			continue
		}
		if s.Effect == "Deny" {
			return false
		}
		s.used[grant(s.Actions[i], s.Resources[j])] = true
		allowed = true
	}
	return allowed
}

func (s *statement) conditions(keys map[string][]string) bool {
	for op, wants := range s.Condition {
		for key, patterns := range wants {
			got := keys[key]
			if len(got) == 0 {
				if strings.HasSuffix(op, "IfExists") || strings.HasPrefix(op, "ForAllValues:") {
					continue
				}
				return false
			}
			matches := func(v string) bool {
				return slices.ContainsFunc(patterns, func(p string) bool {
					if strings.HasSuffix(plainOperator(op), "Equals") {
						return p == v
					}
					return like(p, v)
				})
			}
			if strings.HasPrefix(op, "ForAnyValue:") {
				if !slices.ContainsFunc(got, matches) {
					return false
				}
			} else if slices.ContainsFunc(got, func(v string) bool { return !matches(v) }) {
				return false
			}
		}
	}
	return true
}

// unused lists the actions on resources that nothing has used.
func (r *role) unused() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	used := map[string]bool{}
	var all []string
	for _, s := range r.statements {
		maps.Copy(used, s.used)
		if s.Effect != "Allow" {
			continue
		}
		for _, a := range s.Actions {
			for _, res := range s.Resources {
				all = append(all, grant(a, res))
			}
		}
	}
	all = slices.DeleteFunc(all, func(a string) bool { return used[a] })
	slices.Sort(all)
	return slices.Compact(all)
}

// like matches as policies do: * is any text, ? any one letter.
func like(pattern, s string) bool {
	if pattern == "*" || pattern == s {
		return true
	}
	if !strings.ContainsAny(pattern, "*?") {
		return false
	}
	re := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
	ok, err := regexp.MatchString("^(?s:"+re+")$", s)
	return err == nil && ok
}

// into reads resolved properties into a struct.
func into(p any, to any) error {
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, to)
}

// strictly refuses what the struct does not name.
func strictly(raw []byte, to any) error {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	return d.Decode(to)
}
