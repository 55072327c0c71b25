package watch

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	slowHistories = flag.Int("slow-histories", 1_000, "how many random histories are compared with the slow model")
	slowFrom      = flag.Int("slow-from", 0, "the first seed of those histories")
)

// slowStory is what a bank may say under an id, within seven weeks or an hour.
func slowStory(r *rand.Rand, id int) []Entry {
	steps, from := []time.Duration{7 * time.Hour, 20 * time.Minute, 31 * time.Hour, 60 * time.Hour, 2 * time.Minute}, noon
	step := steps[r.IntN(len(steps))]
	if step == 2*time.Minute { // about midnight
		from = noon.Add(11*time.Hour + 40*time.Minute)
	}
	out := randomStory(r)
	renames, takes := r.IntN(3) == 0, []string{"", "t1", "t2"}[r.IntN(3)]
	days, bookings := r.IntN(3) == 0, r.IntN(4) == 0 // a bank that knows days alone; one that posts by them
	for i := range out {
		e := &out[i]
		e.Event = fmt.Sprint("e", id, ".", i)
		e.At = from.Add(time.Duration(r.IntN(20)) * step)
		e.ReceivedAt = e.At.Add(time.Duration(r.IntN(3)) * time.Second)
		e.Replaces = e.Kind == Debit && r.IntN(12) == 0
		if e.Replaces || !e.opens() && r.IntN(3) == 0 {
			e.Txn = []string{"", "t1", "t2"}[r.IntN(3)]
		}
		if e.Replaces { // a pending one, or a posting; and the reverse of what another says
			e.Of = []string{"", "", "t1", "t2"}[r.IntN(4)]
		}
		if renames && e.Kind == Debit { // ids that replace each other, two that replace one, and each of them used again
			e.Txn, e.Replaces, e.Of = []string{"", "t1", "t2"}[r.IntN(3)], r.IntN(5) < 2, ""
			if e.Replaces {
				e.Of = []string{"", "", "t1", "t2"}[r.IntN(4)]
			}
		}
		if midnight := time.Date(e.At.Year(), e.At.Month(), e.At.Day(), 0, 0, 0, 0, JST); days || bookings && e.Status == Posted {
			e.At, e.DateOnly = midnight, days || r.IntN(2) == 0
			if bookings && r.IntN(3) == 0 {
				e.At = e.At.AddDate(0, 0, -1)
			}
		}
		if days {
			e.Amount = min(e.Amount, 500)
			if r.IntN(3) == 0 { // the file of the night
				e.ReceivedAt = e.At.Add(26 * time.Hour).Add(time.Duration(r.IntN(3)) * time.Second)
			}
		}
		if e.Kind == DebitReversed && r.IntN(4) == 0 { // of the authorisation alone
			e.Status = Pending
		}
		if e.Status == Posted && r.IntN(4) == 0 { // what is left of an authorisation of which some was released
			e.Amount = restOf(r, out, e.Amount)
		}
		if !e.opens() {
			e.Service = []string{"", "", "docomo", "paypay"}[r.IntN(4)]
		}
		if e.Service == "" && r.IntN(4) == 0 { // a name that the catalogue does not know
			if e.Word = []string{"nune", "nunu"}[r.IntN(2)]; e.Kind == Debit {
				e.Service = Unlisted
			}
		}
		if i > 0 && r.IntN(6) == 0 { // said again, perhaps under another id, perhaps later
			*e = out[r.IntN(i)]
			if r.IntN(2) == 0 {
				e.Event = fmt.Sprint("e", id, ".", i)
				e.ReceivedAt = e.ReceivedAt.Add(time.Duration(r.IntN(3)) * time.Hour)
				if e.Kind == Debit && !e.Replaces && r.IntN(3) == 0 { // and that it takes another's place
					if e.Replaces, e.Of = true, takes; days { // each time another's
						e.Of = []string{"", "t1", "t2"}[r.IntN(3)]
					}
				}
			}
		}
	}
	return out
}

// account plays detect and notify for one watcher: each entry is put among
// those of its id, and what is new is told and taken at once.
type slowAccount struct {
	ids     [2][]*Record
	act     Activity
	watcher Watcher
	told    []string
	n       int
	mine    map[string]*Record // by record, as it was shown when "mine" was said
}

// answer says "mine" to the last that was told of a record, as chat takes it: not
// if more was taken since.
func (a *slowAccount) answer(r *Record) {
	saw := knows(r)
	if saw == nil || saw.Returned > 0 || !r.Complete || !r.UndoneAt.IsZero() || !saw.Shows("w").Covers(r) {
		return
	}
	r.Answer = &Answer{Value: Mine, Watcher: "w", At: noon}
	if shown := saw.Shows("w"); shown.Exceeds(r) {
		r.Answer.Showed(r, r.ID, shown)
	}
	if a.mine == nil {
		a.mine = map[string]*Record{}
	}
	a.mine[r.ID] = saw.Clone()
}

// stands tells whether what was called the person's own still covers a debit of
// which nothing came back: it depends on what was shown, and not on what the debit
// came to meanwhile.
func (a *slowAccount) stands(r *Record) (want, known bool) {
	saw := a.mine[r.ID]
	if saw == nil || saw.Returned > 0 || !r.Complete || slices.ContainsFunc(r.Story(), func(e Entry) bool { return !e.opens() }) {
		return false, false
	}
	return r.Amount <= saw.Amount && (r.Service == saw.Service || r.Service == ""), true
}

func (a *slowAccount) add(t *testing.T, id int, e Entry) {
	was := map[string]*Record{}
	for _, r := range a.ids[id] {
		was[r.ID] = r.Clone()
	}
	var changed []*Record
	var fresh [][]Entry
	if a.ids[id] == nil {
		fresh = [][]Entry{{e}}
	} else {
		var err error
		if changed, fresh, err = Add(a.ids[id], e); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range fresh {
		a.n++
		r := &Record{ID: fmt.Sprint("r", a.n)}
		r.Tell(f)
		a.ids[id] = append(a.ids[id], r)
		changed = append(changed, r)
	}
	for _, r := range MarkPresented(a.ids[id]) {
		if !slices.Contains(changed, r) {
			changed = append(changed, r)
		}
	}
	for _, r := range changed {
		if was[r.ID] != nil {
			r.KeepPart(was[r.ID])
		}
		a.act.Replace(was[r.ID], r)
	}
	for _, r := range changed {
		if _, ok := r.Notice("w"); !ok && r.Complete && (r.Service != "" || r.Kind == LinkRegistered) {
			r.Notices = append(r.Notices, Notice{Watcher: "w", Reasons: Because(ServiceDebit)})
		}
		a.tell(t, r)
	}
}

// tell sends what is new of a record, and LINE takes it. That a debit was taken again
// is told of what was taken after that which the watcher knows.
func (a *slowAccount) tell(t *testing.T, r *Record) {
	if !r.Complete {
		return
	}
	defer func(was *Record) {
		is := knows(r)
		if was == nil || is == was || is.Again <= was.Again || is.Amount != was.Amount || is.Returned != was.Returned || is.Service != was.Service ||
			is.MayStand() != was.MayStand() || is.MayBack != was.MayBack || is.UndoneAt.IsZero() != was.UndoneAt.IsZero() {
			return
		}
		if first := slowRead(r.Story()).first; !first.DateOnly && !was.DateOnly && !first.At.After(was.OccurredAt) {
			t.Errorf("told that it was taken again, which was known: %s, now %s", saysRecord(was), saysRecord(r))
		}
	}(knows(r))
	for range 3 {
		d, fresh := r.Bring(&a.watcher, LINE, noon)
		if !fresh {
			return
		}
		r.Renew(d)
		if d.State == Cancelled {
			continue
		}
		d.State = Accepted
		for _, s := range r.SaidBy(d) {
			x := r.As(s.Is)
			changeIsTrue(t, r, s.Was)
			a.told = append(a.told, fmt.Sprintf("%s %s %d back %d again %d %s undone %v may stand %v", r.ID, d.Kind, x.Amount, x.Returned, x.Again, x.Service, !x.UndoneAt.IsZero(), x.MayStand()))
		}
	}
}

// knows is the last that the watcher was told of a record.
func knows(r *Record) *Record {
	var last *Record
	for i := range r.Deliveries {
		if d := &r.Deliveries[i]; d.State == Accepted {
			for _, s := range r.SaidBy(d) {
				last = r.As(s.Is)
			}
		}
	}
	return last
}

// In whatever order a bank says it, and however often: what is on record, the
// account's activity and what the person was told at last are those of the slow
// model; what is repeated tells nothing.
func TestTheSlowModelSaysTheSame(t *testing.T) {
	for seed := *slowFrom; seed < *slowFrom+*slowHistories; seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 12))
		type said struct {
			id int
			Entry
		}
		var order []said
		var want []slowDebit
		var stories [2][]Entry
		for id := range 2 {
			story := slowStory(r, id)
			switch r.IntN(12) {
			case 0, 1, 2:
				story = arrivals(r)
				for i := range story {
					story[i].ReceivedAt = noon.Add(time.Duration(r.IntN(20)) * 20 * time.Minute)
				}
			case 3:
				story = takenPlace(r)
			case 4:
				story = oneSeries(r)
			}
			for i := range story {
				if e := &story[i]; !strings.HasPrefix(e.Event, fmt.Sprint("e", id, ".")) {
					e.Event = fmt.Sprint("e", id, ".", i)
				}
			}
			for _, e := range story {
				order = append(order, said{id, e})
			}
			stories[id] = story
			want = append(want, slowDivide(story)...)
		}
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		once, twice := &slowAccount{watcher: Watcher{ID: "w"}}, &slowAccount{watcher: Watcher{ID: "w"}}
		for i, s := range order {
			once.add(t, s.id, s.Entry)
			twice.add(t, s.id, s.Entry)
			if j := r.IntN(2 * (i + 1)); j <= i {
				twice.add(t, order[j].id, order[j].Entry)
			}
			if n := len(once.ids[s.id]); r.IntN(3) == 0 {
				j := r.IntN(n)
				once.answer(once.ids[s.id][j])
				twice.answer(twice.ids[s.id][j])
			}
		}
		fail := func(what, got, want string) {
			t.Helper()
			var b strings.Builder
			for _, s := range order {
				fmt.Fprintf(&b, "\n %s %s %s %d %q %s received %s replaces %v of %q as %q day %v word %q", s.Event, s.Kind, s.Status, s.Amount, s.Service, s.At.Format("01-02.15:04"), s.ReceivedAt.Format("02.15:04:05"), s.Replaces, s.Of, s.Txn, s.DateOnly, s.Word)
			}
			t.Fatalf("seed %d:%s\n%s\n got %s\nwant %s", seed, b.String(), what, got, want)
		}
		if got, want := strings.Join(twice.told, "\n"), strings.Join(once.told, "\n"); got != want {
			fail("told when events are repeated, and when not", got, want)
		}
		var is, model []string
		called := saidThrice(stories)
		all := slices.Concat(once.ids[0], once.ids[1])
		for _, x := range all {
			if x.Complete {
				is = append(is, called(saysRecord(x)))
			}
		}
		for _, d := range want {
			model = append(model, called(d.text()))
		}
		slices.Sort(is)
		slices.Sort(model)
		if got, want := strings.Join(is, "\n"), strings.Join(model, "\n"); got != want {
			fail("on record", got, want)
		}
		if got, want := saysActivity(&once.act, all), slowActivity(want); got != want {
			fail("activity", got, want)
		}
		for _, x := range all {
			if want, known := once.stands(x); known && x.Answered() != want {
				fail("whether the answer to "+x.ID+", given for "+saysRecord(once.mine[x.ID])+", stands for "+saysRecord(x), fmt.Sprint(x.Answered()), fmt.Sprint(want))
			}
			if _, told := x.Notice("w"); !told || !x.Complete {
				continue
			}
			last := knows(x)
			if last == nil {
				if x.UndoneAt.IsZero() {
					fail("told of "+x.ID, "nothing", saysRecord(x))
				}
				continue
			}
			back, rest := last.Returned, false
			if last.Status == Pending && x.Status == Posted { // what was released did not come back
				back, rest = back-last.Freed, x.Returned >= back-last.Freed && last.UndoneAt.IsZero() && last.Amount-last.Returned >= x.Amount-x.Returned
			}
			if last.Amount < x.Amount || last.Again < x.Again && (x.DateOnly || last.DateOnly || x.OccurredAt.After(last.OccurredAt)) || x.Service != "" && last.Service != x.Service || last.UndoneAt.IsZero() != x.UndoneAt.IsZero() ||
				last.MayStand() != x.MayStand() && last.Amount-last.Returned == x.Amount-x.Returned && (x.Returned > 0 || !x.UndoneAt.IsZero()) || // else less was taken, which is not told
				x.UndoneAt.IsZero() && last.Amount-last.Returned > x.Amount-x.Returned && back < x.Returned || x.UndoneAt.IsZero() && last.Returned > x.Returned && !rest {
				fail("known of "+x.ID+" at last", saysRecord(last), saysRecord(x))
			}
			if may := x.MayBeIt && x.UndoneAt.IsZero(); last.UndoneAt.IsZero() && (last.MayBack < x.MayBack || last.MayBeIt != may) && (may || last.MayBack > 0 || x.Kind == LinkRegistered) && x.UndoneAt.IsZero() {
				fail("known of what may have come back of "+x.ID+" at last", saysRecord(last), saysRecord(x))
			}
			if sure := last.Again == x.Again && x.Again > 0 && !last.MayBeAgain && x.MayBeAgain; x.UndoneAt.IsZero() && (sure ||
				last.Service == x.Service && last.Confidence != Undecided && x.Confidence == Undecided) {
				fail("known as certain of "+x.ID+" at last", saysRecord(last), saysRecord(x))
			}
		}
	}
}

// An entry of which only a repetition says that it takes another's place leaves
// the record that it was in.
func TestAnEntryThatMovesIsInOneRecord(t *testing.T) {
	day := 24 * time.Hour
	first := Entry{Event: "a", Kind: Debit, Status: Pending, At: noon, ReceivedAt: noon, Amount: 100000, Service: "docomo"}
	stage := Entry{Event: "b", Kind: Debit, Status: Pending, At: noon.Add(15 * day), ReceivedAt: noon.Add(15 * day), Amount: 100000, Service: "docomo"}
	posted := Entry{Event: "c", Kind: Debit, Status: Posted, At: stage.At, ReceivedAt: stage.At.Add(time.Second), Amount: 100000}
	again := stage
	again.Event, again.ReceivedAt, again.Replaces = "d", stage.At.Add(time.Minute), true
	a := &slowAccount{watcher: Watcher{ID: "w"}}
	for _, e := range []Entry{stage, first, posted, again} {
		a.add(t, 0, e)
	}
	n := map[string]int{}
	for _, r := range a.ids[0] {
		for _, e := range r.Story() {
			n[e.Event]++
		}
	}
	if n["a"] != 1 || n["b"] != 1 || n["c"] != 1 || len(n) != 3 {
		t.Errorf("in how many records each entry is: %v", n)
	}
	if got := a.act.Services["docomo"].Debits; got != 1 {
		t.Errorf("%d debits of docomo, want 1", got)
	}
}

func saysRecord(r *Record) string {
	undone := ""
	if !r.UndoneAt.IsZero() {
		undone = r.UndoneAt.Format("02.15:04")
	} else if r.Returned > 0 {
		undone = fmt.Sprint("back ", r.Returned)
	}
	known := ""
	if _, received, _ := r.news(); !r.Inherits {
		known = " known " + received.Format("02.15:04:05")
	}
	if r.Freed > 0 {
		known += fmt.Sprint(" freed ", r.Freed)
	}
	return fmt.Sprintf("%s %s %d %s %q again %d %v %s%s", r.OccurredAt.Format("01-02.15:04"), r.Status, r.Amount, undone, r.Service, r.Again, r.AfterReturn, r.Event, known+map[bool]string{true: " unsure"}[r.Unsure]+map[bool]string{true: fmt.Sprint(" may be it ", r.MayBack)}[r.MayBeIt]+map[bool]string{true: " misnamed"}[r.Misnamed]+map[bool]string{true: " early"}[r.Early]+map[bool]string{true: " doubtful"}[r.Confidence == Undecided]+map[bool]string{true: " may be again"}[r.MayBeAgain])
}

func saysActivity(a *Activity, records []*Record) string {
	var out []string
	var newest time.Time
	for id, s := range a.Services {
		if s.LastAt.After(newest) {
			newest = s.LastAt
		}
		months := s.Months
		if months == nil {
			months = map[string]int64{}
		}
		out = append(out, fmt.Sprintf("%q %s to %s, %d debits %v, %d links", id, s.FirstAt.In(JST).Format("01-02.15:04"), s.LastAt.In(JST).Format("01-02.15:04"), s.Debits, months, len(s.Links)))
	}
	for _, r := range records {
		if r.Complete && r.Kind == Debit && r.Service != "" && !r.Gone() && newest.Sub(r.OccurredAt) <= 7*24*time.Hour && a.burst(r) {
			out = append(out, "burst at "+r.OccurredAt.Format("01-02.15:04"))
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "\n")
}
