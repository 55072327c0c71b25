package samlocal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// anyValue stands for the value of a dimension by which an alarm groups.
const anyValue = "*"

// Metric is a metric of CloudWatch. A reader that names another set of
// dimensions than the one that it is written with sees nothing.
type Metric struct {
	Namespace, Name string
	Dimensions      map[string]string
}

func (m Metric) String() string {
	var dims []string
	for _, k := range slices.Sorted(maps.Keys(m.Dimensions)) {
		dims = append(dims, k+"="+m.Dimensions[k])
	}
	return m.Namespace + " " + m.Name + " {" + strings.Join(dims, ", ") + "}"
}

// covers tells whether who looks at m sees o.
func (m Metric) covers(o Metric) bool {
	return m.Namespace == o.Namespace && m.Name == o.Name && maps.EqualFunc(m.Dimensions, o.Dimensions, func(want, has string) bool {
		return want == anyValue || want == has
	})
}

// emitted are the metrics of AWS that our alarms or dashboard look at or could,
// by namespace and by the names of their dimensions, as AWS documents them; and
// the type of resource that the first dimension names.
var emitted = map[string][]struct {
	dimension, of string
	names         []string
}{
	"AWS/SQS": {{"QueueName", "AWS::SQS::Queue", []string{"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible",
		"ApproximateNumberOfMessagesDelayed", "NumberOfMessagesSent", "NumberOfMessagesReceived", "NumberOfMessagesDeleted", "NumberOfEmptyReceives", "SentMessageSize"}}},
	"AWS/Lambda": {{"FunctionName", "AWS::Lambda::Function", []string{"Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions",
		"AsyncEventsReceived", "AsyncEventAge", "AsyncEventsDropped", "DestinationDeliveryFailures", "DeadLetterErrors"}}},
	"AWS/ApiGateway": {{"ApiId", "AWS::ApiGatewayV2::Api", []string{"4xx", "5xx", "Count", "Latency", "IntegrationLatency", "DataProcessed"}}}, // an HTTP API's
	"AWS/DynamoDB":   {{"TableName", "AWS::DynamoDB::Table", []string{"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents", "TimeToLiveDeletedItemCount", "TransactionConflict", "ConditionalCheckFailedRequests"}}},
	"AWS/SES":        {{"", "", []string{"Reputation.BounceRate", "Reputation.ComplaintRate", "Send", "Delivery", "Bounce", "Complaint", "Reject"}}}, // of the account
}

// Unmeasured says what is wrong with the alarms and dashboards of a template,
// and of the stacks within it, as this stack would have it: each metric that
// they look at must be one that AWS emits for a resource of this stack, or one
// that its functions have written since they were started.
func (s *Stack) Unmeasured(t *Template) error {
	r, err := newResolver(t, s.config.Name, s.config.Parameters)
	if err != nil {
		return err
	}
	if _, err := r.resources(); err != nil {
		return err
	}
	own := s.Written()
	var wrong []error
	var seen []Metric
	for _, looks := range r.looks {
		for _, m := range looks.at {
			seen = append(seen, m)
			if err := s.measured(m, own); err != nil {
				wrong = append(wrong, fmt.Errorf("%s: %w", looks.name, err))
			}
		}
	}
	for _, m := range own {
		if !slices.ContainsFunc(seen, func(s Metric) bool { return s.covers(m) }) {
			wrong = append(wrong, fmt.Errorf("no alarm or dashboard uses %v, which functions write", m))
		}
	}
	return errors.Join(wrong...)
}

func (s *Stack) measured(m Metric, own []Metric) error {
	if slices.ContainsFunc(own, m.covers) {
		return nil
	}
	kinds, ok := emitted[m.Namespace]
	if !ok {
		return fmt.Errorf("no function has written %v", m)
	}
	for _, k := range kinds {
		if !slices.Contains(k.names, m.Name) {
			continue
		}
		if k.dimension == "" && len(m.Dimensions) == 0 {
			return nil
		}
		named, ok := m.Dimensions[k.dimension]
		if !ok || len(m.Dimensions) != 1 {
			continue
		}
		there := false
		_ = s.each(k.of, func(_, ref string, _ map[string]any) error {
			there = there || ref[strings.LastIndex(ref, "/")+1:] == named // a queue's Ref is its address
			return nil
		})
		if there {
			return nil
		}
		return fmt.Errorf("%v is of nothing in this stack", m)
	}
	return fmt.Errorf("AWS emits no %v", m)
}

// Written are the metrics that functions have written in CloudWatch's embedded
// format, each once.
func (s *Stack) Written() []Metric {
	out := map[string]Metric{}
	for _, f := range s.functions {
		f.log.mu.Lock()
		for name, c := range f.log.metrics {
			out[name] = c.Metric
		}
		f.log.mu.Unlock()
	}
	return slices.Collect(maps.Values(out))
}

// counted is a metric and the sum of what was written of it.
type counted struct {
	Metric
	sum float64
}

// Ringing lists the alarms of a template that would ring for the sums that functions
// have written since they were started, if that was one period: of an alarm that groups,
// with the value that rings behind a space, "Alarms.KeyWrong 0125".
func (s *Stack) Ringing(t *Template) ([]string, error) {
	r, err := newResolver(t, s.config.Name, s.config.Parameters)
	if err != nil {
		return nil, err
	}
	if _, err := r.resources(); err != nil {
		return nil, err
	}
	sums := map[string]counted{}
	for _, f := range s.functions {
		f.log.mu.Lock()
		for name, c := range f.log.metrics {
			sums[name] = counted{c.Metric, sums[name].sum + c.sum}
		}
		f.log.mu.Unlock()
	}
	var out []string
	for _, l := range r.looks {
		for _, m := range l.at {
			for _, c := range sums {
				if !l.sums || !m.covers(c.Metric) || c.sum <= l.over {
					continue
				}
				by := ""
				for name, v := range m.Dimensions {
					if v == anyValue {
						by = " " + c.Dimensions[name]
					}
				}
				out = append(out, l.name+by)
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// embedded reads the metrics of a line of a log, if it is in the embedded
// format. What CloudWatch would leave out is left out.
func embedded(line []byte) []counted {
	if !bytes.Contains(line, []byte(`"_aws"`)) {
		return nil
	}
	var root map[string]any
	var in struct {
		AWS struct {
			Timestamp         int64
			CloudWatchMetrics []struct {
				Namespace  string
				Dimensions [][]string
				Metrics    []struct{ Name, Unit string }
			}
		} `json:"_aws"`
	}
	if json.Unmarshal(line, &root) != nil || json.Unmarshal(line, &in) != nil || in.AWS.Timestamp == 0 {
		return nil
	}
	var out []counted
	for _, d := range in.AWS.CloudWatchMetrics {
		for _, set := range d.Dimensions {
			dims := map[string]string{}
			for _, k := range set {
				if v, ok := root[k].(string); ok {
					dims[k] = v
				}
			}
			for _, m := range d.Metrics {
				if v, ok := root[m.Name].(float64); ok && len(dims) == len(set) {
					out = append(out, counted{Metric{d.Namespace, m.Name, dims}, v})
				}
			}
		}
	}
	return out
}

// looks is something that looks at metrics.
type looks struct {
	name string
	at   []Metric
	sums bool    // it is an alarm that rings for a sum over a threshold
	over float64 // the threshold
}

// look reads what a resolved alarm or dashboard looks at.
func look(name string, res *Resource) (*looks, error) {
	switch res.Type {
	case "AWS::CloudWatch::Alarm":
		var in struct {
			Namespace, MetricName, Statistic, ExtendedStatistic string
			Dimensions                                          []struct{ Name, Value string }
			Metrics                                             []struct {
				ID, Expression string
				Period         float64
				ReturnData     bool
			}
			Threshold          float64
			ComparisonOperator string
		}
		if err := into(res.Properties, &in); err != nil {
			return nil, err
		}
		over := in.ComparisonOperator == "GreaterThanThreshold"
		if len(in.Metrics) == 1 && in.Metrics[0].ID != "" && in.Metrics[0].Period > 0 && in.Metrics[0].ReturnData &&
			in.MetricName+in.Namespace+in.Statistic+in.ExtendedStatistic == "" && in.Dimensions == nil {
			m, err := grouped(in.Metrics[0].Expression)
			return &looks{name, []Metric{m}, over && strings.HasPrefix(in.Metrics[0].Expression, "SELECT SUM("), in.Threshold}, err
		}
		if in.MetricName == "" || in.Metrics != nil || (in.Statistic == "") == (in.ExtendedStatistic == "") {
			return nil, errors.New("an alarm of one metric and one statistic, or of one query, is known here")
		}
		m := Metric{in.Namespace, in.MetricName, map[string]string{}}
		for _, d := range in.Dimensions {
			m.Dimensions[d.Name] = d.Value
		}
		return &looks{name, []Metric{m}, over && in.Statistic == "Sum", in.Threshold}, nil
	case "AWS::CloudWatch::Dashboard":
		at, err := widgets(text(res.Properties["DashboardBody"]))
		return &looks{name: name, at: at}, err
	}
	return nil, nil
}

// perSeries is the query of Metrics Insights that an alarm of several series
// may have, which GROUP BY and ORDER BY make it: of one metric, in one stack.
var perSeries = regexp.MustCompile(`^SELECT (?:SUM|MAX|MIN|AVG|COUNT)\((\w+)\) FROM SCHEMA\((\w+), (\w+), (\w+)\) WHERE (\w+) = '([^']+)' GROUP BY (\w+) ORDER BY (?:SUM|MAX|MIN|AVG|COUNT)\(\) DESC$`)

// grouped reads such a query. The two dimensions of its schema are the one that
// it selects and the one that it groups by.
func grouped(query string) (Metric, error) {
	q := perSeries.FindStringSubmatch(query)
	if q == nil || !(q[3] == q[5] && q[4] == q[7] || q[3] == q[7] && q[4] == q[5]) {
		return Metric{}, fmt.Errorf("the query %q is not known here", query)
	}
	return Metric{q[2], q[1], map[string]string{q[5]: q[6], q[7]: anyValue}}, nil
}

// widgets reads the metrics of a dashboard's widgets, where "." is what stood
// there in the line before, and "..." all of it but what follows.
func widgets(body string) ([]Metric, error) {
	var in struct {
		Widgets []struct {
			Type       string
			Properties struct {
				Title, Region string
				Metrics       [][]any
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		return nil, fmt.Errorf("its body is not JSON: %w", err)
	}
	var out []Metric
	for _, w := range in.Widgets {
		if w.Type == "text" {
			continue
		}
		if w.Type != "metric" || len(w.Properties.Metrics) == 0 || w.Properties.Region == "" {
			return nil, fmt.Errorf("the widget %q is no metric of a region", w.Properties.Title)
		}
		var before []string
		for _, line := range w.Properties.Metrics {
			var now []string
			for _, v := range line {
				if s, ok := v.(string); ok {
					now = append(now, s)
				}
			}
			if len(now) > 0 && now[0] == "..." && len(before) >= len(now)-1 {
				now = slices.Concat(before[:len(before)-len(now)+1], now[1:])
			}
			for i := range now {
				if now[i] == "." && i < len(before) {
					now[i] = before[i]
				}
			}
			if len(now) < 2 || len(now)%2 != 0 || slices.Contains(now, ".") || slices.Contains(now, "...") {
				return nil, fmt.Errorf("the widget %q has no metric in %v", w.Properties.Title, line)
			}
			m := Metric{now[0], now[1], map[string]string{}}
			for i := 2; i < len(now); i += 2 {
				m.Dimensions[now[i]] = now[i+1]
			}
			out, before = append(out, m), now
		}
	}
	return out, nil
}
