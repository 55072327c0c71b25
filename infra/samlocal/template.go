package samlocal

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"kozamori/internal/testkit/emulator"
)

// Account is the AWS account that everything seems to be in.
const Account = "123456789012"

// Template is a CloudFormation template without anything of SAM's.
type Template struct {
	Parameters map[string]struct {
		Type           string
		Default        any
		AllowedValues  []any
		AllowedPattern string
	}
	Rules map[string]struct {
		Assertions []struct {
			Assert            any
			AssertDescription string
		}
	}
	Mappings   map[string]map[string]map[string]any
	Conditions map[string]any
	Resources  map[string]*Resource
	Outputs    map[string]struct {
		Condition string
		Value     any
	}
}

// Resource is a resource of a template.
type Resource struct {
	Type                string
	Condition           string
	DeletionPolicy      string
	UpdateReplacePolicy string
	Properties          map[string]any
	Metadata            map[string]any
}

//go:embed translate.py
var translator []byte

// Translate runs SAM's translator on a template, with a Python that has it.
func Translate(ctx context.Context, python, template string) ([]byte, error) {
	script, err := os.CreateTemp("", "translate-*.py")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(script.Name()) }()
	if _, err := script.Write(translator); err != nil {
		return nil, err
	}
	if err := script.Close(); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, python, script.Name(), template)
	cmd.Env = append(os.Environ(), "AWS_DEFAULT_REGION="+emulator.Region)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("samlocal: %s cannot be translated: %w\n%s", filepath.Base(template), err, &problems)
	}
	return out, nil
}

// Parse reads a translated template.
func Parse(doc []byte) (*Template, error) {
	var t Template
	if err := json.Unmarshal(doc, &t); err != nil {
		return nil, fmt.Errorf("samlocal: not a template: %w", err)
	}
	return &t, nil
}

// resolver replaces a template's functions by their values.
type resolver struct {
	*Template
	stack  string
	values map[string]string    // parameters
	under  []string             // resources that are being named, against circles
	inner  map[string]*Resource // of stacks within, once resources has run
	looks  []looks              // what looks at metrics, once resources has run
}

func newResolver(t *Template, stack string, values map[string]string) (*resolver, error) {
	r := &resolver{Template: t, stack: stack, values: map[string]string{}, inner: map[string]*Resource{}}
	for name, p := range t.Parameters {
		v, ok := values[name]
		if !ok {
			if p.Default == nil {
				return nil, fmt.Errorf("samlocal: the parameter %s has no default and was given no value", name)
			}
			v = text(p.Default)
		}
		allowed := len(p.AllowedValues) == 0
		for _, a := range p.AllowedValues {
			allowed = allowed || text(a) == v
		}
		if !allowed {
			return nil, fmt.Errorf("samlocal: %q is no value of the parameter %s", v, name)
		}
		pattern, err := regexp.Compile("^(?:" + p.AllowedPattern + ")$")
		if err != nil {
			return nil, fmt.Errorf("samlocal: the parameter %s: %w", name, err)
		}
		if p.AllowedPattern != "" && !pattern.MatchString(v) {
			return nil, fmt.Errorf("samlocal: %q is no value of the parameter %s", v, name)
		}
		r.values[name] = v
	}
	for name := range values {
		if _, ok := t.Parameters[name]; !ok {
			return nil, fmt.Errorf("samlocal: the template has no parameter %s", name)
		}
	}
	for name, rule := range t.Rules {
		for _, a := range rule.Assertions {
			switch holds, err := r.holds(a.Assert); {
			case err != nil:
				return nil, fmt.Errorf("samlocal: the rule %s: %w", name, err)
			case !holds:
				return nil, fmt.Errorf("samlocal: the rule %s: %s", name, a.AssertDescription)
			}
		}
	}
	for name, res := range t.Resources {
		if res.Condition != "" {
			keep, err := r.condition(res.Condition)
			if err != nil {
				return nil, fmt.Errorf("samlocal: %s: %w", name, err)
			}
			if !keep {
				delete(t.Resources, name)
			}
		}
	}
	return r, nil
}

// Resolve is what a stack of this template would have, by logical names, with
// everything in it resolved. What is in a stack within has that one's name and
// a dot before its own.
func (t *Template) Resolve(stack string, parameters map[string]string) (map[string]*Resource, error) {
	r, err := newResolver(t, stack, parameters)
	if err != nil {
		return nil, err
	}
	out, err := r.resources()
	maps.Copy(out, r.inner)
	return out, err
}

// text is a scalar of JSON as CloudFormation turns it into a string.
func text(v any) string {
	if f, ok := v.(float64); ok {
		b, _ := json.Marshal(f)
		return string(b)
	}
	return fmt.Sprint(v)
}

type noValue struct{}

// value resolves everything in v. What it does not know is an error.
func (r *resolver) value(v any) (any, error) {
	switch v := v.(type) {
	case []any:
		out := []any{}
		for _, x := range v {
			x, err := r.value(x)
			if err != nil {
				return nil, err
			}
			if x != (noValue{}) {
				out = append(out, x)
			}
		}
		return out, nil
	case map[string]any:
		if len(v) == 1 {
			for name, arg := range v {
				if name == "Ref" || strings.HasPrefix(name, "Fn::") {
					out, err := r.function(name, arg)
					if err != nil {
						return nil, fmt.Errorf("%s: %w", name, err)
					}
					return out, nil
				}
			}
		}
		out := map[string]any{}
		for k, x := range v {
			x, err := r.value(x)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", k, err)
			}
			if x != (noValue{}) {
				out[k] = x
			}
		}
		return out, nil
	}
	return v, nil
}

func (r *resolver) function(name string, arg any) (any, error) {
	if name == "Fn::If" { // the branch not taken need not resolve
		list, ok := arg.([]any)
		if !ok || len(list) != 3 {
			return nil, errors.New("not a condition and two values")
		}
		yes, err := r.condition(text(list[0]))
		if err != nil {
			return nil, err
		}
		if yes {
			return r.value(list[1])
		}
		return r.value(list[2])
	}
	if name == "Fn::Sub" {
		return r.sub(arg)
	}
	arg, err := r.value(arg)
	if err != nil {
		return nil, err
	}
	list, _ := arg.([]any)
	switch {
	case name == "Ref":
		return r.ref(text(arg))
	case name == "Fn::GetAtt" && len(list) == 2:
		return r.attribute(text(list[0]), text(list[1]))
	case name == "Fn::GetAtt":
		resource, attribute, _ := strings.Cut(text(arg), ".")
		return r.attribute(resource, attribute)
	case name == "Fn::Join" && len(list) == 2:
		parts := []string{}
		items, ok := list[1].([]any)
		if !ok {
			return nil, errors.New("not a list")
		}
		for _, x := range items {
			parts = append(parts, text(x))
		}
		return strings.Join(parts, text(list[0])), nil
	case name == "Fn::Split" && len(list) == 2:
		out := []any{}
		for _, s := range strings.Split(text(list[1]), text(list[0])) {
			out = append(out, s)
		}
		return out, nil
	case name == "Fn::Select" && len(list) == 2:
		items, _ := list[1].([]any)
		var i int
		if _, err := fmt.Sscan(text(list[0]), &i); err != nil || i < 0 || i >= len(items) {
			return nil, errors.New("no such item")
		}
		return items[i], nil
	case name == "Fn::FindInMap" && len(list) == 3:
		if found, ok := r.Mappings[text(list[0])][text(list[1])][text(list[2])]; ok {
			return found, nil
		}
		return nil, fmt.Errorf("nothing at %v", list)
	}
	return nil, errors.New("not known here, or not with such arguments")
}

func (r *resolver) sub(arg any) (any, error) {
	format, vars := arg, map[string]any{}
	if list, ok := arg.([]any); ok && len(list) == 2 {
		format = list[0]
		vars, _ = list[1].(map[string]any)
	}
	rest, ok := format.(string)
	if !ok {
		return nil, errors.New("not a text")
	}
	var out strings.Builder
	for {
		before, after, found := strings.Cut(rest, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, after, closed := strings.Cut(after, "}")
		if !closed {
			return nil, fmt.Errorf("%q does not end", format)
		}
		rest = after
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			out.WriteString("${" + literal + "}")
			continue
		}
		var v any
		var err error
		resource, attribute, dotted := strings.Cut(name, ".")
		if given, ok := vars[name]; ok {
			v, err = r.value(given)
		} else if dotted {
			v, err = r.attribute(resource, attribute)
		} else {
			v, err = r.ref(name)
		}
		if err != nil {
			return nil, err
		}
		out.WriteString(text(v))
	}
}

// condition tells whether a named condition holds.
func (r *resolver) condition(name string) (bool, error) {
	c, ok := r.Conditions[name]
	if !ok {
		return false, fmt.Errorf("no condition %s", name)
	}
	return r.holds(c)
}

func (r *resolver) holds(v any) (bool, error) {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return false, errors.New("not a condition")
	}
	for name, arg := range m {
		if name == "Condition" {
			return r.condition(text(arg))
		}
		list, ok := arg.([]any)
		if !ok {
			return false, fmt.Errorf("%s of no list", name)
		}
		switch name {
		case "Fn::Equals":
			both, err := r.value(list)
			if err != nil {
				return false, err
			}
			list = both.([]any)
			return len(list) == 2 && text(list[0]) == text(list[1]), nil
		case "Fn::Not", "Fn::And", "Fn::Or":
			for _, x := range list {
				yes, err := r.holds(x)
				if err != nil {
					return false, err
				}
				if name == "Fn::Not" {
					return !yes, nil
				}
				if yes == (name == "Fn::Or") {
					return yes, nil
				}
			}
			return name == "Fn::And", nil
		}
		return false, fmt.Errorf("%s is not known here", name)
	}
	return false, nil
}
