package samlocal

import "fmt"

// roles are the template's, by their ARNs.
func (s *Stack) roles() (map[string]*role, error) {
	policies := map[string]document{}
	if err := s.each("AWS::IAM::ManagedPolicy", func(_, ref string, p map[string]any) error {
		var in struct{ PolicyDocument document }
		err := into(p, &in)
		policies[ref] = in.PolicyDocument
		return err
	}); err != nil {
		return nil, err
	}
	roles := map[string]*role{}
	return roles, s.each("AWS::IAM::Role", func(logical, _ string, p map[string]any) error {
		a, err := s.resolver.attribute(logical, "Arn")
		if err != nil {
			return err
		}
		roles[text(a)], err = parseRole(p, policies)
		return err
	})
}

// must is an error unless the role may do what Lambda itself asks of it.
func (r *role) must(requests ...request) error {
	for _, q := range requests {
		if !r.allows(q) {
			return fmt.Errorf("may not %s on %s, which Lambda asks of it", q.action, q.resource)
		}
	}
	return nil
}

// mayWrite is an error unless Lambda may write a function's log and traces by
// its role, into a group of the template's: no role may make one.
func (s *Stack) mayWrite(r *role, function, group string, traces bool) error {
	known := false
	if err := s.each("AWS::Logs::LogGroup", func(_, name string, _ map[string]any) error {
		known = known || name == group
		return nil
	}); err != nil {
		return err
	}
	if !known {
		return fmt.Errorf("logs into %q, which is no log group of the template", group)
	}
	stream := arn + "logs:" + place + ":log-group:" + group + ":log-stream:2026/11/24/" + function + "[$LATEST]0"
	asks := []request{{"logs:CreateLogStream", stream, nil}, {"logs:PutLogEvents", stream, nil}}
	if traces {
		asks = append(asks, request{"xray:PutTraceSegments", "*", nil}, request{"xray:PutTelemetryRecords", "*", nil})
	}
	return r.must(asks...)
}
