package samlocal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// proxy stands in front of the emulators. It knows who calls by their access
// key, lets them do what their role allows, and counts.
type proxy struct {
	roles  map[string]*role // by access key
	dynamo http.Handler
	moto   http.Handler
	mail   http.Handler

	mu       sync.Mutex
	problems []string
	down     map[string]bool // services, or "function service"
	meter    Meter
}

// Meter counts calls and the capacity that they used.
type Meter struct {
	Calls map[string]int     // "dynamodb BatchGetItem"
	Units map[string]float64 // "read" and "write", of DynamoDB
}

func newProxy(dynamo, moto string, mail http.Handler) (*proxy, error) {
	p := &proxy{roles: map[string]*role{}, mail: mail, down: map[string]bool{}}
	for endpoint, to := range map[string]*http.Handler{dynamo: &p.dynamo, moto: &p.moto} {
		u, err := url.Parse(endpoint)
		if err != nil {
			return nil, err
		}
		*to = &httputil.ReverseProxy{
			Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(u); r.Out.Host = r.In.Host },
			ModifyResponse: p.measure,
			ErrorHandler:   func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
		}
	}
	return p, nil
}

var credential = regexp.MustCompile(`Credential=([^/]+)/`)

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the caller is gone
	}
	who := ""
	if m := credential.FindStringSubmatch(r.Header.Get("Authorization")); m != nil {
		who = m[1]
	}
	var c call
	if of := bucketOf(r); of != "" {
		c = readsObject(r, of)
		w = &missing{ResponseWriter: w, may: func() bool {
			r := p.roleOf(who)
			return r != nil && r.allows(request{"s3:ListBucket", arn + "s3:::" + of, nil})
		}, lacks: func() {
			p.problem("%s may not s3:ListBucket on %s, and is not told that an object is not there", who, of)
		}}
	} else {
		c, err = asked(r.Header.Get("X-Amz-Target"), r.Method, r.URL.Path, body)
	}
	if err != nil {
		p.problem("%s: %v", who, err)
		refuse(w, http.StatusBadRequest, "ValidationException", "not known here")
		return
	}
	for _, q := range c.needs {
		if r := p.roleOf(who); r == nil || !r.allows(q) {
			p.problem("%s may not %s on %s", who, q.action, q.resource)
			refuse(w, http.StatusBadRequest, "AccessDeniedException", "no policy allows it")
			return
		}
	}
	p.mu.Lock()
	p.meter.add(c.service+" "+c.operation, 1)
	down := p.down[c.service] || p.down[who+" "+c.service]
	p.mu.Unlock()
	if down {
		refuse(w, http.StatusInternalServerError, "InternalServerError", "down")
		return
	}
	to := p.moto
	switch c.service {
	case "ses":
		to = p.mail
	case "dynamodb":
		to = p.dynamo
		body = withUnits(body)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Del("Content-Length")
	to.ServeHTTP(w, r)
}

// enact gives a function its role; functions that are there already may be
// calling.
func (p *proxy) enact(who string, r *role) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.roles[who] = r
}

func (p *proxy) roleOf(who string) *role {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.roles[who]
}

// withUnits asks DynamoDB to say what a call used.
func withUnits(body []byte) []byte {
	if !bytes.HasPrefix(body, []byte("{")) {
		return body
	}
	const none = `"ReturnConsumedCapacity":"NONE"`
	if bytes.Contains(body, []byte(none)) {
		return bytes.Replace(body, []byte(none), []byte(`"ReturnConsumedCapacity":"TOTAL"`), 1)
	}
	return append([]byte(`{"ReturnConsumedCapacity":"TOTAL",`), body[1:]...)
}

// measure reads what a call of DynamoDB used.
func (p *proxy) measure(res *http.Response) error {
	target := res.Request.Header.Get("X-Amz-Target")
	if !strings.HasPrefix(target, "DynamoDB") || res.StatusCode != http.StatusOK {
		return nil
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		return err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	type used struct{ CapacityUnits float64 }
	var one struct{ ConsumedCapacity used }
	var many struct{ ConsumedCapacity []used }
	if json.Unmarshal(body, &many) != nil && json.Unmarshal(body, &one) == nil {
		many.ConsumedCapacity = []used{one.ConsumedCapacity}
	}
	kind := "write"
	if strings.HasSuffix(target, "BatchGetItem") || strings.HasSuffix(target, "Query") || strings.HasSuffix(target, ".GetItem") {
		kind = "read"
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.meter.Units == nil {
		p.meter.Units = map[string]float64{}
	}
	for _, u := range many.ConsumedCapacity {
		p.meter.Units[kind] += u.CapacityUnits
	}
	return nil
}

func (m *Meter) add(what string, n int) {
	if m.Calls == nil {
		m.Calls = map[string]int{}
	}
	m.Calls[what] += n
}

func (p *proxy) count(what string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.meter.add(what, n)
}

// take returns what was counted and starts again from zero.
func (p *proxy) take() Meter {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.meter
	p.meter = Meter{}
	return Meter{maps.Clone(m.Calls), maps.Clone(m.Units)}
}

func (p *proxy) problem(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	what := fmt.Sprintf(format, args...)
	for _, known := range p.problems {
		if known == what {
			return
		}
	}
	p.problems = append(p.problems, what)
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	body, _ := json.Marshal(map[string]string{"__type": kind, "message": message})
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amzn-ErrorType", kind)
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
