package settings

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/watch"
)

// full is as many trusts as rules may hold, each smaller and longer than the
// one before it.
func full(day func(int) time.Time) []watch.Trust {
	var out []watch.Trust
	for i := range watch.MaxTrusts {
		out = append(out, watch.Trust{Service: "paypay", UpTo: int64(1000 - i), Until: day(10 + i)})
	}
	return out
}

func TestAddTrust(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	for _, c := range []struct {
		name        string
		before, add []watch.Trust
		want        []watch.Trust
	}{
		{"the first trust", nil, []watch.Trust{{Service: "paypay", UpTo: 5000, Until: day(90)}},
			[]watch.Trust{{Service: "paypay", UpTo: 5000, Until: day(90)}}},
		{"a higher one replaces a smaller one of the same service",
			[]watch.Trust{{Service: "paypay", UpTo: 5000, Until: day(30)}, {Service: "dbarai", UpTo: 1, Until: day(30)}},
			[]watch.Trust{{Service: "paypay", UpTo: 8000, Until: day(90)}},
			[]watch.Trust{{Service: "dbarai", UpTo: 1, Until: day(30)}, {Service: "paypay", UpTo: 8000, Until: day(90), Since: day(30).Add(-watch.TrustFor)}}},
		{"a smaller one that lasts longer leaves the higher one",
			[]watch.Trust{{Service: "paypay", UpTo: 9000, Until: day(30)}},
			[]watch.Trust{{Service: "paypay", UpTo: 100, Until: day(90)}},
			[]watch.Trust{{Service: "paypay", UpTo: 9000, Until: day(30)}, {Service: "paypay", UpTo: 100, Until: day(90)}}},
		{"what is over is dropped", []watch.Trust{{Service: "kyash", UpTo: 9000, Until: now}},
			[]watch.Trust{{Service: "paypay", UpTo: 1, Until: day(90)}}, []watch.Trust{{Service: "paypay", UpTo: 1, Until: day(90)}}},
		{"the same again changes nothing", []watch.Trust{{Service: "paypay", UpTo: 5000, Until: day(90)}},
			[]watch.Trust{{Service: "paypay", UpTo: 5000, Until: day(90)}}, []watch.Trust{{Service: "paypay", UpTo: 5000, Until: day(90)}}},
		{"beyond what rules may hold those go that would end first", full(day), []watch.Trust{{Service: "kyash", UpTo: 1, Until: day(90)}},
			append(full(day)[1:], watch.Trust{Service: "kyash", UpTo: 1, Until: day(90)})},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.before
			for _, a := range c.add {
				got = addTrust(got, a, now)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
