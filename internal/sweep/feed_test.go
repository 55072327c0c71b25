package sweep_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/feed"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// bankFeed is a bank that is heard as a test says, and swept each minute.
type bankFeed struct {
	*house
	tally *store.Tallier
	told  []string // of the health's news
	alarm int      // sweeps in which the bank was silent as a whole
}

func newBankFeed(t *testing.T) *bankFeed {
	b := &bankFeed{house: newHouse(t), tally: store.NewTallier()}
	b.Set(time.Date(2026, 6, 1, 0, 0, 0, 0, watch.JST)) // a Monday, no holiday until 20 July
	b.Put(store.PutBank(&store.Bank{Code: "0125", Callback: "https://bank.example/kozamori"}))
	return b
}

func (b *bankFeed) change(set func(*store.Feed)) {
	b.T.Helper()
	f, err := b.Store.Feed(b.T.Context(), "0125")
	if err != nil {
		b.T.Fatal(err)
	}
	set(f)
	b.Put(store.PutFeed(f))
}

// hears notes events of kinds, as ingest does.
func (b *bankFeed) hears(kinds ...watch.Kind) {
	b.T.Helper()
	var h store.Hour
	for _, k := range kinds {
		h.Accept(k, time.Second)
	}
	b.tally.Accepted("0125", &h, b.Now())
	if err := b.tally.SaveHours(b.T.Context(), b.Store, b.Now()); err != nil {
		b.T.Fatal(err)
	}
	b.change(func(f *store.Feed) {
		f.LastEvent = b.Now().Truncate(time.Minute)
		for _, k := range kinds {
			f.Heard(k, f.LastEvent)
		}
	})
}

// looks sweeps, and notes what is new of the feed.
func (b *bankFeed) looks() {
	b.T.Helper()
	rep, err := b.stage.Sweep(b.T.Context())
	if err != nil {
		b.T.Fatal(err)
	}
	b.alarm += rep.Silent
	h, err := b.Store.FeedHealth(b.T.Context(), "0125")
	if err != nil {
		b.T.Fatal(err)
	}
	for _, n := range h.News[len(b.told):] {
		b.told = append(b.told, strings.TrimSpace(fmt.Sprintf("%s %s %s", n.At.In(watch.JST).Format("2 15:04"), n.Type, n.Kind)))
	}
}

func (b *bankFeed) expect(want ...string) {
	b.T.Helper()
	if !slices.Equal(b.told, want) {
		b.T.Errorf("told  %q\nwant %q", b.told, want)
	}
}

// A bank has nothing to set: what is usual is learnt, and a silence by day is known
// within half an hour.
func TestASilenceIsFoundByWhatIsUsualOfTheBank(t *testing.T) {
	t.Parallel()
	b := newBankFeed(t)
	hour := func(minutes ...int) {
		begins := b.Now()
		for _, m := range minutes {
			b.Set(begins.Add(time.Duration(m) * time.Minute))
			b.hears(watch.Debit)
		}
		b.Set(begins.Add(time.Hour))
	}
	all := make([]int, 60)
	for i := range all {
		all[i] = i
	}
	for b.Now().Before(time.Date(2026, 6, 9, 12, 0, 0, 0, watch.JST)) { // eight days and a morning
		h := b.Now().In(watch.JST).Hour()
		if h == 0 || h == 9 { // hours are kept for longer than that, and learnt when it sweeps
			b.looks()
		}
		if h >= 8 && h < 20 {
			hour(all...)
		} else {
			hour(7)
		}
	}
	b.expect()
	for range 90 {
		b.Add(time.Minute)
		b.looks()
	}
	b.expect("9 12:19 feed.silent")
	h, err := b.Store.FeedHealth(t.Context(), "0125")
	f, err2 := b.Store.Feed(t.Context(), "0125")
	if err != nil || err2 != nil || !h.Silent[0].Since.Equal(f.LastEvent) || !f.SilentSince.Equal(f.LastEvent) || b.alarm != 72 {
		t.Errorf("%+v %+v %v %v; %d", h, f, err, err2, b.alarm)
	}
	jobs := 0
	for msgs := b.Receive(queue.Bank); len(msgs) > 0; msgs = b.Receive(queue.Bank) {
		for _, m := range msgs {
			var j watch.Job
			if err := json.Unmarshal(m.Body, &j); err != nil || j.Feed != "0125" {
				t.Errorf("%s %v", m.Body, err)
			}
			jobs++
		}
		if err := b.Queue.Delete(t.Context(), queue.Bank, msgs...); err != nil {
			t.Fatal(err)
		}
	}
	if jobs < 2 || jobs > 90/5+2 {
		t.Errorf("%d jobs for the bank", jobs)
	}
	b.hears(watch.Debit)
	b.Add(time.Minute)
	b.looks()
	b.expect("9 12:19 feed.silent", "9 13:31 feed.back")
}

// With heartbeats it is three minutes, in the night too, unless the bank has said so.
func TestABankWithHeartbeatsIsMissedAtOnce(t *testing.T) {
	t.Parallel()
	b := newBankFeed(t)
	beat := func(within time.Duration) {
		b.change(func(f *store.Feed) { f.Beat, f.NextBeat = b.Now(), b.Now().Add(within) })
	}
	b.hears(watch.Debit)
	beat(time.Minute)
	for range 5 {
		b.Add(time.Minute)
		b.looks()
	}
	b.expect("1 00:02 feed.silent")
	beat(time.Minute)
	b.looks()
	b.expect("1 00:02 feed.silent", "1 00:05 feed.back")
	b.change(func(f *store.Feed) {
		f.Pauses = []feed.Pause{{From: b.Now(), To: b.Now().Add(time.Hour)}}
	})
	for range 79 {
		b.Add(time.Minute)
		b.looks()
	}
	b.expect("1 00:02 feed.silent", "1 00:05 feed.back")
	b.Add(time.Minute)
	b.looks()
	b.expect("1 00:02 feed.silent", "1 00:05 feed.back", "1 01:25 feed.silent")
}

// The bank's own counts tell of a kind that does not come while others do.
func TestAKindThatTheBankCountsAndDoesNotSendIsSilent(t *testing.T) {
	t.Parallel()
	b := newBankFeed(t)
	b.hears(watch.Debit, watch.LinkRegistered)
	b.Add(10 * time.Minute)
	b.change(func(f *store.Feed) { f.Counted(watch.LinkRegistered, b.Now().Add(-time.Minute), b.Now()) })
	marked := func() (links, debits, all time.Time) {
		f, err := b.Store.Feed(t.Context(), "0125")
		if err != nil {
			t.Fatal(err)
		}
		return f.SilentOf(watch.LinkRegistered), f.SilentOf(watch.Debit), f.SilentSince
	}
	heard := b.Now().Add(-10 * time.Minute)
	for range 4 {
		b.hears(watch.Debit)
		b.looks()
		b.Add(time.Minute)
	}
	if links, debits, all := marked(); !links.Equal(heard) || !debits.IsZero() || !all.IsZero() {
		t.Errorf("people are shown that links are silent since %v, debits since %v, all since %v", links, debits, all)
	}
	b.hears(watch.LinkRegistered)
	if links, _, _ := marked(); !links.IsZero() {
		t.Errorf("a link has come, and people are shown that none has since %v", links)
	}
	b.looks()
	b.expect("1 00:11 feed.silent charge_link.registered", "1 00:14 feed.back charge_link.registered")
	if links, _, _ := marked(); !links.IsZero() {
		t.Errorf("links are silent since %v after they came back", links)
	}
}

func TestAGapIsToldAndThatItWasFilled(t *testing.T) {
	t.Parallel()
	b := newBankFeed(t)
	takes := func(numbers ...int64) {
		for _, n := range numbers {
			b.Put(store.PutNumber("0125", feed.Number{Feed: "core", Sequence: n, At: b.Now().UTC()}))
		}
		b.change(func(f *store.Feed) { f.Numbered = b.Now().Truncate(time.Minute) })
	}
	takes(1, 2, 4, 3, 6)
	b.Add(time.Minute)
	b.looks()
	b.expect("1 00:01 feed.gap")
	b.Add(time.Hour)
	b.looks()
	takes(5)
	b.Add(time.Minute)
	b.looks()
	b.expect("1 00:01 feed.gap", "1 01:02 feed.gap_filled")
	h, err := b.Store.FeedHealth(t.Context(), "0125")
	if err != nil || len(h.Streams) != 1 || h.Streams[0].Highest != 6 || len(h.Streams[0].Gaps) != 0 || h.News[0].From != 5 || h.News[0].To != 5 {
		t.Errorf("%+v %v", h, err)
	}
}

// A bank whose health cannot be read keeps what is due from nobody.
func TestWhatIsDueGoesOutWhileFeedsCannotBeJudged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Put(store.PutBank(&store.Bank{Code: "0125"}), store.PutFeed(&store.Feed{Bank: "0125", LastEvent: begin}))
	h.alert(watch.LINE, begin.Add(watch.LostAfter), nil)
	h.Add(2 * watch.LostAfter)
	h.Put(store.Write{Item: store.Item{Key: store.Key{PK: "B#0125", SK: "FEED#HEALTH"}, Body: []byte(`{"news":7}`)}, If: store.Any})
	rep, err := h.stage.Sweep(t.Context())
	if err == nil || rep.Requeued != 1 {
		t.Errorf("%+v %v", rep, err)
	}
}
