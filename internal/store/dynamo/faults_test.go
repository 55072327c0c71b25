package dynamo_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/store"
	"kozamori/internal/store/dynamo"
	"kozamori/internal/testkit/emulator"
)

// proxy stands between the table and DynamoDB.
type proxy struct {
	mu    sync.Mutex
	calls map[string]int
	// before may answer a request itself; after may change an answer, or lose
	// it with an error. n counts the calls of this operation, from 1.
	before func(operation string, n int) *http.Response
	after  func(operation string, n int, body []byte) ([]byte, error)
}

func (p *proxy) RoundTrip(r *http.Request) (*http.Response, error) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	p.mu.Lock()
	if p.calls == nil {
		p.calls = map[string]int{}
	}
	p.calls[operation]++
	n := p.calls[operation]
	p.mu.Unlock()
	if p.before != nil {
		if res := p.before(operation, n); res != nil {
			return res, nil
		}
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || p.after == nil {
		return res, err
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		return nil, err
	}
	if body, err = p.after(operation, n, body); err != nil {
		return nil, err
	}
	res.Header.Del("X-Amz-Crc32")
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return res, nil
}

func refusal(status int, kind string, reasons ...string) *http.Response {
	v := map[string]any{"__type": "com.amazonaws.dynamodb.v20120810#" + kind, "message": "by the test"}
	for _, r := range reasons {
		list, _ := v["CancellationReasons"].([]map[string]string)
		v["CancellationReasons"] = append(list, map[string]string{"Code": r})
	}
	b, _ := json.Marshal(v)
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(bytes.NewReader(b))}
}

// lostAnswer is what a dead connection looks like after the work was done.
type lostAnswer struct{}

func (lostAnswer) Error() string   { return "the answer is lost" }
func (lostAnswer) Timeout() bool   { return true }
func (lostAnswer) Temporary() bool { return true }

func fixed() time.Time { return time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC) }

func put(sk, body string, c store.Condition) store.Write {
	return store.Write{Item: store.Item{Key: store.Key{PK: "P", SK: sk}, Body: []byte(body)}, If: c}
}

func through(p *proxy) func(*dynamo.Config) {
	return func(c *dynamo.Config) { c.HTTP = &http.Client{Transport: p} }
}

func stored(t *testing.T, tab *dynamo.Table) map[string]string {
	t.Helper()
	page, err := tab.Query(ctx, store.Query{PK: "P", Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, it := range page.Items {
		out[it.SK] = fmt.Sprintf("%s v%d", it.Body, it.Version)
	}
	return out
}

func TestWritesThatDynamoDBTurnsAway(t *testing.T) {
	t.Parallel()
	endpoint := emulator.DynamoDB(t)
	for _, c := range []struct {
		name      string
		refuse    func(n int) *http.Response
		single    bool
		conflict  bool
		failed    []int
		someError bool
		calls     int
	}{
		{name: "a conflict with another transaction is tried again", calls: 4, refuse: func(n int) *http.Response {
			if n > 3 {
				return nil
			}
			return refusal(400, "TransactionCanceledException", "None", "TransactionConflict")
		}},
		{name: "conflicts without end are a conflict", calls: 8, conflict: true, refuse: func(int) *http.Response {
			return refusal(400, "TransactionCanceledException", "TransactionConflict", "None")
		}},
		{name: "a condition that failed together with a conflict is a condition that failed", calls: 1, failed: []int{1}, refuse: func(int) *http.Response {
			return refusal(400, "TransactionCanceledException", "TransactionConflict", "ConditionalCheckFailed")
		}},
		{name: "a throttled transaction is tried again", calls: 3, refuse: func(n int) *http.Response {
			if n > 2 {
				return nil
			}
			return refusal(400, "TransactionCanceledException", "ThrottlingError", "None")
		}},
		{name: "a transaction that is not valid is not tried again", calls: 1, someError: true, refuse: func(int) *http.Response {
			return refusal(400, "TransactionCanceledException", "ValidationError", "ConditionalCheckFailed")
		}},
		{name: "a throttled call is tried again", calls: 3, refuse: func(n int) *http.Response {
			if n > 2 {
				return nil
			}
			return refusal(400, "ThrottlingException")
		}},
		{name: "a single write that meets a transaction is tried again", single: true, calls: 2, refuse: func(n int) *http.Response {
			if n > 1 {
				return nil
			}
			return refusal(400, "TransactionConflictException")
		}},
		{name: "a single write that is throttled is tried again", single: true, calls: 3, refuse: func(n int) *http.Response {
			if n > 2 {
				return nil
			}
			return refusal(400, "ProvisionedThroughputExceededException")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			operation, ws := "TransactWriteItems", []store.Write{put("1", `1`, store.Absent), put("2", `1`, store.Absent)}
			if c.single {
				operation, ws = "PutItem", ws[:1]
			}
			p := &proxy{before: func(op string, n int) *http.Response {
				if op != operation {
					return nil
				}
				return c.refuse(n)
			}}
			tab := open(t, endpoint, fixed, through(p))
			err := tab.Write(ctx, ws...)
			lost, isLost := store.AsCondition(err)
			switch {
			case c.failed != nil:
				if !isLost || !cmp.Equal(lost.Failed, c.failed) {
					t.Errorf("error %v, want failed conditions %v", err, c.failed)
				}
			case isLost || errors.Is(err, store.ErrConflict) != c.conflict || (err != nil) != (c.conflict || c.someError):
				t.Errorf("error %v", err)
			}
			if p.calls[operation] != c.calls {
				t.Errorf("%d calls, want %d", p.calls[operation], c.calls)
			}
			want := map[string]string{}
			if err == nil {
				for _, w := range ws {
					want[w.Item.SK] = "1 v1"
				}
			}
			if diff := cmp.Diff(want, stored(t, tab)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Two who write to one account at once would otherwise meet again at once.
func TestAWriteThatMeetsOthersWaitsBeforeItTriesAgain(t *testing.T) {
	t.Parallel()
	aws := emulator.AWS(t)
	synctest.Test(t, func(t *testing.T) {
		var gaps []time.Duration
		last := time.Now()
		p := &proxy{before: func(_ string, n int) *http.Response {
			if n > 1 {
				gaps = append(gaps, time.Since(last))
			}
			last = time.Now()
			return refusal(http.StatusBadRequest, "TransactionCanceledException", "TransactionConflict", "None")
		}}
		table := dynamo.New(dynamo.Config{AWS: aws, Endpoint: "http://dynamodb.invalid", Table: "t", HTTP: &http.Client{Transport: p}})
		err := table.Write(t.Context(), put("a", "1", store.Any), put("b", "1", store.Any))
		if err == nil || len(gaps) < 3 {
			t.Fatalf("%d tries more: %v", len(gaps), err)
		}
		sum := time.Duration(0)
		for _, g := range gaps {
			sum += g
		}
		if sum < 50*time.Millisecond || sum > 8*time.Second {
			t.Errorf("the pauses are %v", gaps)
		}
	})
}

func TestWritesWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	endpoint := emulator.DynamoDB(t)
	lose := func(between func()) *proxy {
		return &proxy{after: func(op string, n int, body []byte) ([]byte, error) {
			if op == "Query" || op == "BatchGetItem" || n > 1 {
				return body, nil
			}
			if between != nil {
				between()
			}
			return nil, lostAnswer{}
		}}
	}
	for _, c := range []struct {
		name    string
		write   []store.Write
		between []store.Write // by somebody else, after it happened
		unknown bool
		want    map[string]string
	}{
		{name: "a put finds its own mark", write: []store.Write{put("0", `2`, store.At(1))}, want: map[string]string{"0": "2 v2"}},
		{name: "a put over nothing finds its own mark", write: []store.Write{put("1", `2`, store.Absent)}, want: map[string]string{"0": "1 v1", "1": "2 v1"}},
		{name: "a put that somebody wrote over cannot know", unknown: true, write: []store.Write{put("0", `2`, store.At(1))},
			between: []store.Write{put("0", `3`, store.At(2))}, want: map[string]string{"0": "3 v3"}},
		{name: "a delete at a version cannot know", unknown: true,
			write: []store.Write{{Item: store.Item{Key: store.Key{PK: "P", SK: "0"}}, If: store.At(1), Delete: true}}, want: map[string]string{}},
		{name: "a delete without condition is done", write: []store.Write{{Item: store.Item{Key: store.Key{PK: "P", SK: "0"}}, If: store.Any, Delete: true}}, want: map[string]string{}},
		{name: "a transaction has a token", write: []store.Write{put("0", `2`, store.At(1)), put("1", `2`, store.Absent)}, want: map[string]string{"0": "2 v2", "1": "2 v1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var other *dynamo.Table
			p := lose(func() {
				if err := other.Write(ctx, c.between...); err != nil {
					t.Error(err)
				}
			})
			tab := open(t, endpoint, fixed, func(cfg *dynamo.Config) {
				other = dynamo.New(*cfg)
				through(p)(cfg)
			})
			if err := other.Write(ctx, put("0", `1`, store.Absent)); err != nil {
				t.Fatal(err)
			}
			err := tab.Write(ctx, c.write...)
			if _, lost := store.AsCondition(err); lost || (err != nil) != c.unknown {
				t.Errorf("error %v, want unknown %v", err, c.unknown)
			}
			if diff := cmp.Diff(c.want, stored(t, other)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestKeysThatABusyDynamoDBLeavesOutAreAskedForAgain(t *testing.T) {
	t.Parallel()
	endpoint := emulator.DynamoDB(t)
	asked := 0
	never := false
	p := &proxy{}
	p.after = func(op string, _ int, body []byte) ([]byte, error) {
		if op != "BatchGetItem" {
			return body, nil
		}
		// Of each answer only the first half is passed on.
		var v struct {
			Responses       map[string][]map[string]any
			UnprocessedKeys map[string]any
		}
		if err := json.Unmarshal(body, &v); err != nil {
			return nil, err
		}
		asked++
		for table, items := range v.Responses {
			keep := (len(items) + 1) / 2
			if never {
				keep = 0
			}
			var keys []map[string]any
			for _, it := range items[keep:] {
				keys = append(keys, map[string]any{"PK": it["PK"], "SK": it["SK"]})
			}
			v.Responses[table] = items[:keep]
			if keys != nil {
				v.UnprocessedKeys = map[string]any{table: map[string]any{"Keys": keys, "ConsistentRead": true}}
			}
		}
		return json.Marshal(v)
	}
	tab := open(t, endpoint, fixed, through(p))
	var ws []store.Write
	var keys []store.Key
	for i := range 50 {
		ws = append(ws, put(fmt.Sprint(i), `1`, store.Absent))
		keys = append(keys, ws[i].Item.Key)
	}
	if err := tab.Write(ctx, ws...); err != nil {
		t.Fatal(err)
	}
	got, err := tab.Get(ctx, keys...)
	if err != nil || len(got) != 50 || asked < 5 {
		t.Errorf("%d items in %d calls, %v", len(got), asked, err)
	}
	asked, never = 0, true
	if got, err := tab.Get(ctx, keys...); err == nil || asked != 8 {
		t.Errorf("when nothing is ever answered: %d items in %d calls, %v", len(got), asked, err)
	}
}

func TestWhatAnEventCosts(t *testing.T) {
	t.Parallel()
	endpoint := emulator.DynamoDB(t)
	units := map[string]float64{}
	tab := open(t, endpoint, fixed, func(c *dynamo.Config) {
		c.Consumed = func(operation string, n float64) { units[operation] += n }
	})
	record := put("R", `{"a":1}`, store.Absent)
	record.Item.History, record.Item.Due = store.Key{PK: "A", SK: "1"}, store.Key{PK: "DUE#1", SK: "1"}
	if err := tab.Write(ctx, record, put("ACTIVITY", `{}`, store.Absent)); err != nil {
		t.Fatal(err)
	}
	if _, err := tab.Get(ctx, record.Item.Key, store.Key{PK: "P", SK: "ACTIVITY"}, store.Key{PK: "P", SK: "PROFILE"}); err != nil {
		t.Fatal(err)
	}
	// Two items twice (a transaction), and twice again for two index entries;
	// three consistent reads, one of nothing.
	if units["TransactWriteItems"] < 4 || units["TransactWriteItems"] > 8 || units["BatchGetItem"] != 3 {
		t.Errorf("units %v", units)
	}
}

func TestACursorDoesNotNameTheAccount(t *testing.T) {
	t.Parallel()
	tab := open(t, emulator.DynamoDB(t), fixed)
	for i := range 3 {
		w := put(fmt.Sprint(i), `1`, store.Absent)
		w.Item.Key = store.Key{PK: fmt.Sprintf("R#%d", i), SK: "R"}
		w.Item.History = store.Key{PK: "A#0125#acc_secret", SK: fmt.Sprint(i)}
		if err := tab.Write(ctx, w); err != nil {
			t.Fatal(err)
		}
	}
	page, err := tab.Query(ctx, store.Query{Index: store.History, PK: "A#0125#acc_secret", Limit: 1})
	if err != nil || page.Cursor == "" {
		t.Fatal(page, err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(page.Cursor)
	if err != nil || bytes.Contains(raw, []byte("acc_secret")) {
		t.Errorf("cursor %q, %v", raw, err)
	}
}
