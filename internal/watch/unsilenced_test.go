package watch

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// What a trust had kept from a person is told after all, once, and is asked about apart.
func TestWhatATrustHadKeptIsToldAfterAll(t *testing.T) {
	t.Parallel()
	silent := func(id string) *Record {
		r := alerted(id, 100, noon, ServiceDebit)
		r.Notices = nil
		r.Unsilence("w", ServiceDebit, "d")
		return r
	}
	r := alerted("r", 100, noon, ServiceDebit)
	r.Notices[0].Called = CallReported
	before := r.Notices
	r.Unsilence("w", AnyDebit, "d")
	if n, _ := r.Notice("w"); len(r.Notices) != 1 || n.Reasons.Reason != AnyDebit || !n.Silenced || n.Related != "d" || n.Called != CallReported || before[0].Silenced {
		t.Errorf("who was called is told as %+v", r.Notices)
	}
	r.Unsilence("v", ServiceDebit, "")
	if n, ok := r.Notice("v"); !ok || len(r.Notices) != 2 || n.Reasons.Reason != ServiceDebit || !n.Silenced || n.Related != "" {
		t.Errorf("who was not told is told as %+v", r.Notices)
	}

	undone := silent("u")
	undone.UndoneAt = noon.Add(time.Hour)
	mixed := silent("m") // with one that people were told of at once
	mixed.Join(alerted("n", 100, noon, ServiceDebit))
	two := silent("t")
	two.Join(silent("t2"))
	answered := Group{Record: &Record{Answer: &Answer{Value: Mine}}, Pieces: []*Record{silent("a")}}
	open := func(pieces ...*Record) Group { return Group{Record: pieces[0], Pieces: pieces} }
	for name, c := range map[string]struct {
		groups []Group
		want   string
		lead   string
	}{
		"none":                       {nil, "", ""},
		"one":                        {[]Group{open(silent("s"))}, "s", "s"},
		"all of an incident":         {[]Group{open(two)}, "t t2", "t"},
		"told of at once":            {[]Group{open(alerted("x", 1, noon, ServiceDebit))}, "", ""},
		"what came back":             {[]Group{open(undone)}, "", ""},
		"what came back, and pieces": {[]Group{open(undone, silent("s"), silent("q"))}, "s q", "s"},
		"an incident of both":        {[]Group{open(mixed)}, "", ""},
		"one with an answer":         {[]Group{answered, open(silent("s"))}, "s", "s"},
	} {
		parts, lead := SilencedFor("w", c.groups)
		if ids(parts) != c.want || lead != c.lead {
			t.Errorf("%s: %q in %q, want %q in %q", name, ids(parts), lead, c.want, c.lead)
		}
		if parts, lead = SilencedFor("other", c.groups); len(parts) > 0 || lead != "" {
			t.Errorf("%s: another person is asked about %q", name, ids(parts))
		}
	}
}

// A trust that takes the place of another is as old as that, and keeps what a newer
// version keeps with it.
func TestATrustGoesOnFromTheOneBefore(t *testing.T) {
	t.Parallel()
	until := noon.Add(TrustFor)
	newer := jsontext.Value(`{"x":1}`)
	for name, c := range map[string]struct{ is, was, want Trust }{
		"an older one":            {Trust{Since: noon}, Trust{Since: noon.Add(-1), Unknown: newer}, Trust{Since: noon.Add(-1), Unknown: newer}},
		"a later one":             {Trust{Since: noon}, Trust{Since: noon.Add(1)}, Trust{Since: noon}},
		"of which the end is":     {Trust{Since: noon.Add(1)}, Trust{Until: until}, Trust{Since: noon}},
		"what it keeps by itself": {Trust{Since: noon, Unknown: jsontext.Value(`{"y":2}`)}, Trust{Since: noon, Unknown: newer}, Trust{Since: noon, Unknown: jsontext.Value(`{"y":2}`)}},
	} {
		got := c.is
		if got.GoesOnFrom(c.was); !got.Since.Equal(c.want.Since) || string(got.Unknown) != string(c.want.Unknown) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
