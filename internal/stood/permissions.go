package stood

import (
	"encoding/json"
	"fmt"
	"path"
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
	Effect     string
	Actions    many                       `json:"Action"`
	Resources  many                       `json:"Resource"`
	Condition  map[string]map[string]many // operator → key → values
	Sid        string
	managed    bool // one of AWS's own
	usedAction map[string]bool
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

// managedPolicies are AWS's own, as far as they are about what runs here. What
// Lambda itself does for a function (logs, traces) never comes by.
var managedPolicies = map[string][]string{
	"service-role/AWSLambdaBasicExecutionRole":    {"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"},
	"service-role/AWSLambdaSQSQueueExecutionRole": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"},
	"AWSXrayWriteOnlyAccess":                      {"xray:PutTraceSegments", "xray:PutTelemetryRecords"},
	"AWSXRayDaemonWriteAccess":                    {"xray:PutTraceSegments", "xray:PutTelemetryRecords"},
}

// role is what one may do.
type role struct {
	mu         sync.Mutex
	statements []*statement
}

// parseRole reads a resolved AWS::IAM::Role.
func parseRole(p map[string]any) (*role, error) {
	var in struct {
		ManagedPolicyArns []string
		Policies          []struct {
			PolicyDocument struct{ Statement json.RawMessage }
		}
	}
	if err := into(p, &in); err != nil {
		return nil, err
	}
	r := &role{}
	for _, a := range in.ManagedPolicyArns {
		name := strings.TrimPrefix(a, arn+"iam::aws:policy/")
		actions, ok := managedPolicies[name]
		if !ok {
			return nil, fmt.Errorf("the managed policy %s is not known here", a)
		}
		r.statements = append(r.statements, &statement{Effect: "Allow", Actions: actions, Resources: many{"*"}, managed: true})
	}
	for _, policy := range in.Policies {
		raw := policy.PolicyDocument.Statement
		if len(raw) > 0 && raw[0] == '{' {
			raw = slices.Concat([]byte("["), raw, []byte("]"))
		}
		var list []*statement
		if err := strictly(raw, &list); err != nil {
			return nil, err
		}
		r.statements = append(r.statements, list...)
	}
	for _, s := range r.statements {
		s.usedAction = map[string]bool{}
		for op := range s.Condition {
			if !slices.Contains([]string{"StringEquals", "StringLike", "ArnEquals", "ArnLike"}, plainOperator(op)) {
				return nil, fmt.Errorf("the condition %s is not known here", op)
			}
		}
	}
	return r, nil
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
		if i < 0 || !slices.ContainsFunc(s.Resources, func(res string) bool { return like(res, q.resource) }) || !s.conditions(q.keys) {
			continue
		}
		if s.Effect == "Deny" {
			return false
		}
		s.usedAction[s.Actions[i]] = true
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

// unused lists allowed actions that nothing has used, but for those that
// Lambda itself uses.
func (r *role) unused() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	used := map[string]bool{}
	var all []string
	for _, s := range r.statements {
		for _, a := range s.Actions {
			service, _, _ := strings.Cut(a, ":")
			if s.managed || s.Effect != "Allow" || service == "logs" || service == "xray" {
				continue
			}
			// What stands twice for two resources is told apart by them.
			for _, res := range s.Resources {
				all = append(all, a+" on "+path.Base(res))
			}
			if s.usedAction[a] {
				for _, res := range s.Resources {
					used[a+" on "+path.Base(res)] = true
				}
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
