package watch_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

// noon is an ordinary moment: Tuesday 24 November 2026, 12:00 JST.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, watch.JST)

// debit is what the rules are asked about: ¥3,000 by PayPay.
func debit(change ...func(*watch.Facts)) *watch.Facts {
	f := &watch.Facts{Amount: 3000, Service: "paypay", MonthTotal: 3000, OccurredAt: noon}
	for _, c := range change {
		c(f)
	}
	return f
}

func TestRules(t *testing.T) {
	def := watch.DefaultRules
	with := func(change func(*watch.Rules)) watch.Rules {
		r := def()
		change(&r)
		return r
	}
	trust := watch.Trust{Service: "paypay", UpTo: 3000, Until: noon.Add(time.Hour)}
	for name, c := range map[string]struct {
		rules watch.Rules
		facts *watch.Facts
		want  watch.Reason
	}{
		"nothing is told to somebody without rules":         {watch.Rules{}, debit(func(f *watch.Facts) { f.FirstSeen, f.Burst, f.AfterLink, f.Overdrawn = true, true, true, true }), 0},
		"a new link is told by default":                     {def(), &watch.Facts{Link: true, Service: "paypay"}, watch.NewLink},
		"a new link is not told when that is off":           {with(func(r *watch.Rules) { r.NewLink = false }), &watch.Facts{Link: true}, 0},
		"a link has no other reasons":                       {with(func(r *watch.Rules) { r.AnyDebit = 1; r.Overdrawn = true }), &watch.Facts{Link: true, Overdrawn: true, Amount: 5}, watch.NewLink},
		"one yen by a service is told by default":           {def(), debit(func(f *watch.Facts) { f.Amount = 1 }), watch.ServiceDebit},
		"an ordinary debit is silent by default":            {def(), &watch.Facts{Amount: 900000}, 0},
		"below the least amount is silent":                  {with(func(r *watch.Rules) { r.ServiceMin = 3001 }), debit(), 0},
		"at the least amount is told":                       {with(func(r *watch.Rules) { r.ServiceMin = 3000 }), debit(), watch.ServiceDebit},
		"a service's own least amount wins":                 {with(func(r *watch.Rules) { r.ServiceMinFor = map[string]int64{"paypay": 5000} }), debit(), 0},
		"at a service's own least amount is told":           {with(func(r *watch.Rules) { r.ServiceMin, r.ServiceMinFor = 5000, map[string]int64{"paypay": 3000} }), debit(), watch.ServiceDebit},
		"trust goes before a service's own least amount":    {with(func(r *watch.Rules) { r.Trusts, r.ServiceMinFor = []watch.Trust{trust}, map[string]int64{"paypay": 1} }), debit(), 0},
		"another service's least amount is no matter":       {with(func(r *watch.Rules) { r.ServiceMinFor = map[string]int64{"kyash": 5000} }), debit(), watch.ServiceDebit},
		"a service can be switched off":                     {with(func(r *watch.Rules) { r.ServiceMinFor = map[string]int64{"paypay": 0} }), debit(), 0},
		"a first debit of a service says so":                {def(), debit(func(f *watch.Facts) { f.FirstSeen, f.KnownFor = true, watch.FirstAfter }), watch.ServiceDebit | watch.FirstSeen},
		"a first debit before enough is known says less":    {def(), debit(func(f *watch.Facts) { f.FirstSeen, f.KnownFor = true, watch.FirstAfter-1 }), watch.ServiceDebit | watch.FirstWatched},
		"a first debit after long enough without a history": {def(), debit(func(f *watch.Facts) { f.FirstSeen, f.WatchedFor = true, watch.FirstAfterFeed }), watch.ServiceDebit | watch.FirstSeen},
		"a first debit after a season without a history":    {def(), debit(func(f *watch.Facts) { f.FirstSeen, f.WatchedFor = true, 95*24*time.Hour }), watch.ServiceDebit | watch.FirstWatched | watch.FirstLately},
		"a first debit after 30 days without a history":     {def(), debit(func(f *watch.Facts) { f.FirstSeen, f.WatchedFor = true, watch.FirstAfter }), watch.ServiceDebit | watch.FirstWatched | watch.FirstLately},
		"a first debit a moment before that":                {def(), debit(func(f *watch.Facts) { f.FirstSeen, f.WatchedFor = true, watch.FirstAfter-1 }), watch.ServiceDebit | watch.FirstWatched},
		"a first debit is told below the least amount":      {with(func(r *watch.Rules) { r.ServiceMin = 9999 }), debit(func(f *watch.Facts) { f.FirstSeen, f.KnownFor = true, watch.FirstAfter }), watch.FirstSeen},
		"a debit after a new link says so":                  {def(), debit(func(f *watch.Facts) { f.AfterLink = true }), watch.ServiceDebit | watch.AfterNewLink},
		"a burst says so":                                   {def(), debit(func(f *watch.Facts) { f.Burst = true }), watch.ServiceDebit | watch.Burst},
		"a service that overdraws says so":                  {def(), debit(func(f *watch.Facts) { f.Overdrawn = true }), watch.ServiceDebit | watch.Overdrawn},
		"rent that overdraws is silent by default":          {def(), &watch.Facts{Amount: 80000, Overdrawn: true}, 0},
		"rent that overdraws is told if asked for":          {with(func(r *watch.Rules) { r.Overdrawn = true }), &watch.Facts{Amount: 80000, Overdrawn: true}, watch.Overdrawn},
		"any debit of an amount is told if asked for":       {with(func(r *watch.Rules) { r.AnyDebit = 80000 }), &watch.Facts{Amount: 80000}, watch.AnyDebit},
		"any debit below that amount is silent":             {with(func(r *watch.Rules) { r.AnyDebit = 80001 }), &watch.Facts{Amount: 80000}, 0},
		"a word in the descriptor is told":                  {with(func(r *watch.Rules) { r.Keywords = []string{"X", "ヤチン"} }), &watch.Facts{Amount: 1, Keyword: "コウザフリカエヤチン"}, watch.Keyword},
		"a word that is not there is silent":                {with(func(r *watch.Rules) { r.Keywords = []string{"ガス"} }), &watch.Facts{Amount: 1, Keyword: "コウザフリカエヤチン"}, 0},
		"the debit that reaches the monthly total is told":  {with(func(r *watch.Rules) { r.ServiceMin = 0; r.MonthlyTotal = map[string]int64{"paypay": 10000} }), debit(func(f *watch.Facts) { f.MonthTotal = 10000 }), watch.MonthlyTotal},
		"the one before it is silent":                       {with(func(r *watch.Rules) { r.ServiceMin = 0; r.MonthlyTotal = map[string]int64{"paypay": 10000} }), debit(func(f *watch.Facts) { f.MonthTotal = 9999 }), 0},
		"the one after it is silent":                        {with(func(r *watch.Rules) { r.ServiceMin = 0; r.MonthlyTotal = map[string]int64{"paypay": 10000} }), debit(func(f *watch.Facts) { f.MonthTotal = 13000 }), 0},
		"a trusted service is silent":                       {with(func(r *watch.Rules) { r.Trusts = []watch.Trust{trust} }), debit(func(f *watch.Facts) { f.FirstSeen = true }), 0},
		"trust ends above its amount":                       {with(func(r *watch.Rules) { r.Trusts = []watch.Trust{trust} }), debit(func(f *watch.Facts) { f.Amount = 3001 }), watch.ServiceDebit},
		"trust ends at its date":                            {with(func(r *watch.Rules) { trust := trust; trust.Until = noon; r.Trusts = []watch.Trust{trust} }), debit(), watch.ServiceDebit},
		"trust is for one service":                          {with(func(r *watch.Rules) { trust := trust; trust.Service = "kyash"; r.Trusts = []watch.Trust{trust} }), debit(), watch.ServiceDebit},
		"trust does not hide a burst":                       {with(func(r *watch.Rules) { r.Trusts = []watch.Trust{trust} }), debit(func(f *watch.Facts) { f.Burst = true }), watch.Burst},
		"a debit after a link of the owner's own says so":   {def(), debit(func(f *watch.Facts) { f.AfterLink, f.OwnLink = true, true }), watch.ServiceDebit | watch.AfterOwnLink},
		"trust does not hide that either":                   {with(func(r *watch.Rules) { r.Trusts = []watch.Trust{trust} }), debit(func(f *watch.Facts) { f.AfterLink, f.OwnLink = true, true }), watch.AfterOwnLink},
		"nor does it make anything else calm":               {def(), debit(func(f *watch.Facts) { f.AfterLink, f.OwnLink, f.Burst = true, true, true }), watch.ServiceDebit | watch.AfterOwnLink | watch.Burst},
		"trust does not hide a new link":                    {with(func(r *watch.Rules) { r.Trusts = []watch.Trust{trust} }), debit(func(f *watch.Facts) { f.AfterLink = true }), watch.AfterNewLink},
		"an undecided debit is told by default":             {def(), debit(func(f *watch.Facts) { f.Undecided = true }), watch.ServiceDebit},
		"an undecided debit can be left out":                {with(func(r *watch.Rules) { r.IgnoreUndecided = true }), debit(func(f *watch.Facts) { f.Undecided = true }), 0},
		"a pause silences what is not critical":             {with(func(r *watch.Rules) { r.PausedUntil = noon.Add(1) }), debit(), 0},
		"a pause does not silence what is critical":         {with(func(r *watch.Rules) { r.PausedUntil = noon.Add(1) }), debit(func(f *watch.Facts) { f.Burst = true }), watch.ServiceDebit | watch.Burst},
		"a pause that is over silences nothing":             {with(func(r *watch.Rules) { r.PausedUntil = noon }), debit(), watch.ServiceDebit},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.rules.Evaluate(c.facts, noon); got != c.want {
				t.Errorf("reasons %q, want %q", got, c.want)
			}
		})
	}
}

func TestNearTheMostThatAServiceTakes(t *testing.T) {
	rules := watch.Rules{NearLimit: true}
	for name, c := range map[string]struct {
		once, month, amount, total int64
		trusted                    bool
		want                       watch.Reason
	}{
		"at nine tenths of what is taken at once": {100000, 0, 90000, 90000, false, watch.NearLimit},
		"below them":                                     {100000, 0, 89999, 89999, false, 0},
		"the whole of it":                                {100000, 0, 100000, 100000, false, watch.NearLimit},
		"a part of a yen more is asked for":              {11, 0, 9, 9, false, 0},
		"and that is enough":                             {11, 0, 10, 10, false, watch.NearLimit},
		"nothing is known of the service":                {0, 0, 900000, 900000, false, 0},
		"an amount that the owner trusts":                {100000, 0, 90000, 90000, true, 0},
		"the debit that comes near the month's limit":    {0, 300000, 90000, 270000, false, watch.NearLimit},
		"the one before":                                 {0, 300000, 90000, 269999, false, 0},
		"the ones after":                                 {0, 300000, 10000, 280000, false, 0},
		"a month of debits that the owner trusts singly": {100000, 300000, 90000, 270000, true, watch.NearLimit},
	} {
		t.Run(name, func(t *testing.T) {
			r := rules
			if c.trusted {
				r.Trusts = []watch.Trust{{Service: "paypay", UpTo: c.amount, Until: noon.Add(1)}}
			}
			f := &watch.Facts{Service: "paypay", Amount: c.amount, MonthTotal: c.total, MostOnce: c.once, MostMonth: c.month, OccurredAt: noon}
			if got := r.Evaluate(f, noon); got != c.want {
				t.Errorf("reasons %q, want %q", got, c.want)
			}
			r.NearLimit = false
			if got := r.Evaluate(f, noon); got != 0 {
				t.Errorf("switched off, it tells %q", got)
			}
			first := *f
			first.FirstSeen = true
			r = watch.DefaultRules()
			if why := r.Evaluate(f, noon); why.Critical() {
				t.Error("it is critical")
			}
			if why := r.Evaluate(&first, noon); why.Critical() != (c.want == watch.NearLimit || c.trusted) {
				t.Errorf("the first since it is watched is critical: %v", why.Critical())
			}
			first.KnownFor = watch.FirstAfter
			if why := r.Evaluate(&first, noon); !why.Critical() {
				t.Error("a stranger's first such debit is not critical")
			}
		})
	}
}

func TestCriticalReasons(t *testing.T) {
	for why, want := range map[watch.Reason]bool{
		watch.NewLink: true, watch.FirstSeen: true, watch.AfterNewLink: true, watch.Burst: true,
		watch.ServiceDebit: false, watch.MonthlyTotal: false, watch.NearLimit: false, watch.AnyDebit: false, watch.Keyword: false,
		watch.Overdrawn: false, watch.Overdrawn | watch.ServiceDebit: true, watch.Overdrawn | watch.AnyDebit: false,
	} {
		if why.Critical() != want {
			t.Errorf("%s critical is %v", why, !want)
		}
	}
}

func TestQuietHours(t *testing.T) {
	at := func(h, m int) time.Time { return time.Date(2026, 11, 24, h, m, 0, 0, watch.JST) }
	night := &watch.Quiet{From: 22 * 60, To: 7 * 60}
	nap := &watch.Quiet{From: 13 * 60, To: 14 * 60}
	for name, c := range map[string]struct {
		quiet *watch.Quiet
		at    time.Time
		why   watch.Reason
		want  time.Time
	}{
		"without quiet hours a person is told at once": {nil, at(3, 0), watch.ServiceDebit, at(3, 0)},
		"in the evening it waits for the morning":      {night, at(23, 30), watch.ServiceDebit, at(31, 0)},
		"after midnight it waits for the same morning": {night, at(3, 0), watch.ServiceDebit, at(7, 0)},
		"the first minute is quiet":                    {night, at(22, 0), watch.ServiceDebit, at(31, 0)},
		"the last minute is not":                       {night, at(7, 0), watch.ServiceDebit, at(7, 0)},
		"in the day a person is told at once":          {night, at(12, 0), watch.ServiceDebit, at(12, 0)},
		"quiet hours within a day work":                {nap, at(13, 59), watch.ServiceDebit, at(14, 0)},
		"what is critical never waits":                 {night, at(3, 0), watch.ServiceDebit | watch.FirstSeen, at(3, 0)},
		"another zone's clock means the same moment":   {night, at(3, 0).UTC(), watch.ServiceDebit, at(7, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			r := watch.Rules{Quiet: c.quiet}
			if got := r.HoldUntil(c.why, c.at); !got.Equal(c.want) {
				t.Errorf("told at %v, want %v", got, c.want)
			}
		})
	}
}

func TestReasonsSurviveStorage(t *testing.T) {
	for r := watch.Reason(0); r < 1<<len((^watch.Reason(0)).Names()); r++ {
		b, err := codec.Marshal(watch.Because(r))
		if err != nil {
			t.Fatal(err)
		}
		var back watch.Reasons
		if err := codec.Unmarshal(b, &back); err != nil || back != watch.Because(r) {
			t.Fatalf("%s came back as %v (%v)", b, back, err)
		}
	}
}

func TestReasonsOfANewerProgramAreGivenBack(t *testing.T) {
	for stored, want := range map[string]struct {
		text  string
		known watch.Reason
	}{
		"first_seen,storm":               {"first_seen,storm", watch.FirstSeen},
		"flood,first_seen,storm,flood":   {"first_seen,flood,storm", watch.FirstSeen},
		"flood":                          {"flood", 0},
		"":                               {"", 0},
		",":                              {"", 0},
		"keyword,service_debit,new_link": {"new_link,service_debit,keyword", watch.NewLink | watch.ServiceDebit | watch.Keyword},
	} {
		var n watch.Notice
		if err := codec.Unmarshal([]byte(`{"watcher":"w","reasons":"`+stored+`"}`), &n); err != nil {
			t.Fatal(err)
		}
		b, err := codec.Marshal(n)
		if wrote := `{"watcher":"w","reasons":"` + want.text + `"}`; err != nil || string(b) != wrote {
			t.Errorf("%q is written as %s (%v), want %s", stored, b, err, wrote)
		}
		if n.Reasons.Reason != want.known || !n.Reasons.Has(want.known) || n.Critical(&watch.Record{}) != want.known.Critical() {
			t.Errorf("%q means %s here, want %s", stored, n.Reasons.Reason, want.known)
		}
		if names := strings.Join(n.Reasons.Names(), ","); names != want.text {
			t.Errorf("%q has the names %s", stored, names)
		}
	}
}

// rec is a complete debit of a service; minutes after noon.
func rec(id, service string, minutes int, yen int64) *watch.Record {
	return &watch.Record{ID: id, Kind: watch.Debit, Service: service, Amount: yen, Complete: true,
		OccurredAt: noon.Add(time.Duration(minutes) * time.Minute)}
}

func link(id, service string, minutes int) *watch.Record {
	r := rec(id, service, minutes, 0)
	r.Kind = watch.LinkRegistered
	return r
}

func TestFacts(t *testing.T) {
	for name, c := range map[string]struct {
		before []*watch.Record
		now    *watch.Record
		want   watch.Facts
	}{
		"the first debit of a service is new to the account": {nil, rec("1", "docomo", 0, 100000),
			watch.Facts{FirstSeen: true, MonthTotal: 100000}},
		"the second is not": {[]*watch.Record{rec("1", "docomo", 0, 100000)}, rec("2", "docomo", 1, 90000),
			watch.Facts{MonthTotal: 190000}},
		"another service is": {[]*watch.Record{rec("1", "docomo", 0, 100000)}, rec("2", "paypay", 1, 5),
			watch.Facts{FirstSeen: true, MonthTotal: 5}},
		"three within the hour are a burst": {[]*watch.Record{rec("1", "docomo", 0, 1), rec("2", "paypay", 30, 1)}, rec("3", "docomo", 60, 1),
			watch.Facts{Burst: true, MonthTotal: 2}},
		"three over more than an hour are none": {[]*watch.Record{rec("1", "docomo", 0, 1), rec("2", "docomo", 30, 1)}, rec("3", "docomo", 61, 1),
			watch.Facts{MonthTotal: 3}},
		"a late event can be the middle of a burst": {[]*watch.Record{rec("1", "docomo", 0, 1), rec("3", "docomo", 60, 1)}, rec("2", "docomo", 30, 1),
			watch.Facts{Burst: true, MonthTotal: 3}},
		"two on each side, none within one hour, are none": {[]*watch.Record{rec("1", "docomo", 0, 1), rec("3", "docomo", 100, 1)}, rec("2", "docomo", 50, 1),
			watch.Facts{MonthTotal: 3}},
		"a debit an hour after a link of its service": {[]*watch.Record{link("l", "paypay", 0)}, rec("1", "paypay", 60, 1),
			watch.Facts{AfterLink: true, MonthTotal: 1}},
		"a debit 72 hours after it": {[]*watch.Record{link("l", "paypay", 0)}, rec("1", "paypay", 72*60, 1),
			watch.Facts{AfterLink: true, MonthTotal: 1}},
		"a debit later than that": {[]*watch.Record{link("l", "paypay", 0)}, rec("1", "paypay", 72*60+1, 1),
			watch.Facts{MonthTotal: 1}},
		"a debit before the link": {[]*watch.Record{link("l", "paypay", 0)}, rec("1", "paypay", -1, 1),
			watch.Facts{MonthTotal: 1}},
		"a debit after a link of another service": {[]*watch.Record{link("l", "paypay", 0)}, rec("1", "docomo", 60, 1),
			watch.Facts{FirstSeen: true, MonthTotal: 1}},
		"a debit after a link of an unknown service": {[]*watch.Record{link("l", "", 0)}, rec("1", "docomo", 60, 1),
			watch.Facts{FirstSeen: true, AfterLink: true, MonthTotal: 1}},
		"the month ends at midnight in Japan": {[]*watch.Record{rec("1", "docomo", -60*24*40, 7), rec("2", "docomo", 6*24*60+11*60+59, 50)}, rec("3", "docomo", 6*24*60+12*60, 3),
			watch.Facts{MonthTotal: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			var a watch.Activity
			for _, r := range c.before {
				a.Apply(r)
			}
			c.want.Service, c.want.Amount, c.want.OccurredAt = c.now.Service, c.now.Amount, c.now.OccurredAt
			if diff := cmp.Diff(c.want, a.Facts(c.now)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestActivityForgetsWhatWasUndone(t *testing.T) {
	var a watch.Activity
	for i, id := range []string{"1", "2", "3"} {
		a.Apply(rec(id, "docomo", i, 1000))
	}
	undo := func(r *watch.Record) {
		undone := *r
		undone.UndoneAt = noon
		a.Replace(r, &undone)
	}
	undo(rec("2", "docomo", 1, 1000))
	f := a.Facts(rec("4", "docomo", 100, 1))
	if f.MonthTotal != 2001 {
		t.Errorf("the month's total is %d, want 2001", f.MonthTotal)
	}
	if f := a.Facts(rec("4", "docomo", 2, 1)); !f.Burst {
		t.Error("the two that stand and this one are a burst")
	}
	undo(rec("3", "docomo", 2, 1000))
	if f := a.Facts(rec("4", "docomo", 2, 1)); f.Burst || f.FirstSeen {
		t.Errorf("facts %+v: only one stands, and the service has touched the account", f)
	}
	late := rec("5", "paypay", 0, 9)
	late.UndoneAt = noon
	a.Apply(late)
	if s := a.Services["paypay"]; s == nil || s.Debits != 1 || s.Months != nil || len(a.Recent) != 1 {
		t.Errorf("a debit that was undone before it came is %+v, want one that took nothing", s)
	}
}

func TestActivityAmendsAPostedAmount(t *testing.T) {
	var a watch.Activity
	a.Apply(rec("1", "docomo", 0, 1000))
	a.Replace(rec("1", "docomo", 0, 1000), rec("1", "docomo", 0, 1500))
	s := a.Services["docomo"]
	if s.Months["2026-11"] != 1500 || s.LastAmount != 1500 || a.Recent[0].Amount != 1500 || s.Debits != 1 {
		t.Errorf("activity %+v %+v", s, a.Recent)
	}
}

func TestAnActivityFinerThanItsRecordsStillKnowsThem(t *testing.T) {
	fine := func(r *watch.Record) *watch.Record {
		r.OccurredAt = r.OccurredAt.Add(123456 * time.Microsecond)
		return r
	}
	stored := func(r *watch.Record) *watch.Record {
		r.OccurredAt = r.OccurredAt.Add(123 * time.Millisecond)
		return r
	}
	var a watch.Activity
	a.Apply(fine(rec("1", "docomo", 0, 5000)))
	a.Replace(stored(rec("1", "docomo", 0, 5000)), stored(rec("1", "docomo", 0, 7000)))
	if got := a.Services["docomo"].LastAmount; got != 7000 {
		t.Errorf("the last amount is %d, want 7000", got)
	}
	a.Apply(fine(link("2", "paypay", 0)))
	if f := a.Facts(stored(rec("3", "paypay", 0, 1))); !f.AfterLink {
		t.Error("a debit in the millisecond of its link is not after it")
	}
}

func TestActivityStaysSmall(t *testing.T) {
	var a watch.Activity
	for i := range 3000 {
		a.Apply(rec(watch.Derive("r", time.Duration(i).String()), "docomo", i*60*24, 10))
		a.Apply(link(watch.Derive("l", time.Duration(i).String()), "docomo", i*60*24))
	}
	b, err := codec.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > 12<<10 {
		t.Errorf("an account's activity takes %d bytes", len(b))
	}
}

func TestRecordIDs(t *testing.T) {
	e := watch.Event{Bank: "0125", AccountRef: "a", TransactionID: "t", Kind: watch.Debit}
	with := func(change func(*watch.Event)) string { o := e; change(&o); return o.RecordID() }
	same := map[string]string{
		"a reversal": with(func(o *watch.Event) { o.Kind = watch.DebitReversed }),
		"a resend":   with(func(o *watch.Event) { o.ID = "other"; o.Status = watch.Posted; o.Amount = 9 }),
	}
	for what, id := range same {
		if id != e.RecordID() {
			t.Errorf("%s has a record of its own", what)
		}
	}
	for what, id := range map[string]string{
		"another transaction":           with(func(o *watch.Event) { o.TransactionID = "u" }),
		"another account":               with(func(o *watch.Event) { o.AccountRef = "b" }),
		"another bank":                  with(func(o *watch.Event) { o.Bank = "0168" }),
		"a link with a debit's id":      with(func(o *watch.Event) { o.Kind = watch.LinkRegistered }),
		"parts that only look the same": with(func(o *watch.Event) { o.AccountRef, o.TransactionID = "a\x00t", "" }),
	} {
		if id == e.RecordID() {
			t.Errorf("%s shares the record", what)
		}
	}
}
