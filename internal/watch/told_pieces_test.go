package watch

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/quote"
)

// A message of a piece waits for one of the piece before it that tells of what happened
// before, unless that waits for the morning.
func TestAPieceIsToldAfterTheOneBefore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before *Delivery
		want   bool
	}{
		"nothing waits":          {nil, false},
		"told already":           {&Delivery{State: Accepted, CreatedAt: noon}, false},
		"made before":            {&Delivery{State: Queued, CreatedAt: noon.Add(-1)}, true},
		"made at once":           {&Delivery{State: Queued, CreatedAt: noon}, true},
		"made later":             {&Delivery{State: Queued, CreatedAt: noon.Add(1)}, false},
		"it waits for morning":   {&Delivery{State: Held, CreatedAt: noon.Add(-1)}, false},
		"of another person":      {&Delivery{State: Queued, CreatedAt: noon.Add(-1), Watcher: "v"}, false},
		"over another channel":   {&Delivery{State: Queued, CreatedAt: noon.Add(-1), Channel: Email}, false},
		"it was given up before": {&Delivery{State: Undelivered, CreatedAt: noon.Add(-1)}, false},
	} {
		r := alerted("r", 100, noon, ServiceDebit)
		if c.before != nil {
			d := *c.before
			d.ID, d.Kind = "x", TellAlert
			if d.Watcher == "" {
				d.Watcher = "w"
			}
			if d.Channel == "" {
				d.Channel = LINE
			}
			r.Deliveries = append(r.Deliveries, d)
		}
		d := &Delivery{Watcher: "w", Channel: LINE, CreatedAt: noon}
		if got := d.Behind(r); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	root := alerted("r", 100, noon, ServiceDebit)
	root.Pieces = []string{"p", "q"}
	for piece, want := range map[string]string{"p": "r", "q": "p", "r": "", "x": ""} {
		if got := root.Before(piece); got != want {
			t.Errorf("before %s comes %q, want %q", piece, got, want)
		}
	}
}

// An incident goes on in another piece once it has as many alerts, messages or texts as
// one item holds, or is as long.
func TestWhenAPieceIsFull(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		grow func(r *Record, n int)
		most int // with which it is full
	}{
		"alerts":   {func(r *Record, n int) { r.Members = make([]Member, n) }, MaxMembers},
		"messages": {func(r *Record, n int) { r.Deliveries = make([]Delivery, n) }, maxTellings},
		"texts":    {func(r *Record, n int) { r.Txn, r.Descriptor = "t", quote.Text(strings.Repeat("x", n-1)) }, maxTexts},
		"texts of a further one": {func(r *Record, n int) {
			r.Txn, r.Descriptor, r.Members = "", "", []Member{{Txn: "t", Is: Shown{Descriptor: quote.Text(strings.Repeat("x", n-1))}}}
		}, maxTexts},
	} {
		for n, want := range map[int]bool{c.most - 1: false, c.most: true} {
			r := alerted("r", 100, noon, ServiceDebit)
			if c.grow(r, n); r.Full() != want {
				t.Errorf("%s: with %d it is full: %v", name, n, !want)
			}
		}
	}
	r := alerted("r", 100, noon, ServiceDebit)
	for n := 0; !r.Full(); n++ {
		if r.Notices = append(r.Notices, Notice{}); n > 1000 {
			t.Fatal("a thousand people fill no piece")
		}
	}
	if r.bytes() < maxBytes || len(r.Members)+len(r.Deliveries) > 0 {
		t.Errorf("it is full with %d bytes", r.bytes())
	}
}

// Who was just told of something as standing that is undone hears of it at once; who
// was not waits as before.
func TestWhatWasSaidWrongIsPutRightAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		said   *Shown // as the message showed it; nil is as it is
		undone bool
		of     string
		want   bool
	}{
		"it stands":                  {&Shown{Amount: 100}, false, "r", false},
		"it is undone":               {&Shown{Amount: 100}, true, "r", true},
		"it was said to be undone":   {&Shown{Amount: 100, UndoneAt: noon}, true, "r", false},
		"it was said as it is":       {nil, true, "r", false},
		"it was of another incident": {&Shown{Amount: 100}, true, "x", false},
	} {
		r := alerted("r", 100, noon, ServiceDebit)
		if c.undone {
			r.UndoneAt = noon
		}
		r.Deliveries = []Delivery{{ID: "a", Kind: TellMore, Watcher: "w", Channel: LINE, State: Accepted, Says: []Said{{Record: c.of, Is: c.said}}}}
		morning := noon.Add(9 * time.Hour)
		next := &Delivery{State: Held, CreatedAt: noon, After: morning, Due: morning}
		r.Correct(&r.Deliveries[0], next)
		if at := next.State == Queued && next.After.IsZero() && next.Due.Equal(noon.Add(LostAfter)); at != c.want {
			t.Errorf("%s: what follows is %s, after %s", name, next.State, next.After)
		}
		if !c.want && (next.State != Held || !next.Due.Equal(morning)) {
			t.Errorf("%s: what follows is %s, due at %s", name, next.State, next.Due)
		}
	}
}

// A message of an answer speaks of all parts, and of the answer as it was.
func TestAMessageOfAnAnswerSpeaksOfAll(t *testing.T) {
	t.Parallel()
	r := toldOfOne(t, "r", 100, noon)
	r.Answer = &Answer{Value: Mine, Watcher: "w"}
	d := &Delivery{Says: []Said{{Record: "old"}}}
	r.SayAnswer(d)
	r.Answer.Watcher = "v"
	if len(d.Says) != 2 || d.Says[0].Record != "r" || d.Says[1].Record != "r+" || d.Answer == nil || d.Answer.Watcher != "w" {
		t.Errorf("it says %+v of %+v", d.Answer, d.Says)
	}
}

// A record is called by its id, or by that which took its place if all was said of it
// under that.
func TestWhatARecordIsCalled(t *testing.T) {
	t.Parallel()
	key := AccountKey{Bank: "0125", Ref: "a"}
	own := Event{Bank: key.Bank, AccountRef: key.Ref, TransactionID: "t", Kind: Debit}
	entry := func(kind Kind, txn string) Entry { return Entry{Kind: kind, Txn: txn} }
	for name, c := range map[string]struct {
		id      string
		entries []Entry
		want    string
	}{
		"nothing was said":             {own.RecordID(), nil, "t"},
		"by its own":                   {own.RecordID(), []Entry{entry(Debit, "u"), entry(Debit, "")}, "t"},
		"by another":                   {own.RecordID(), []Entry{entry(Debit, "u")}, "u"},
		"by two others":                {own.RecordID(), []Entry{entry(Debit, "u"), entry(Debit, "v")}, "u"},
		"a return, and a debit":        {own.RecordID(), []Entry{entry(DebitReversed, ""), entry(Debit, "u")}, "u"},
		"a return":                     {own.RecordID(), []Entry{entry(DebitReversed, "u")}, "t"},
		"by another, of a further one": {"twin", []Entry{entry(Debit, "u")}, "t"},
	} {
		r := &Record{ID: c.id, OnAccount: On(key), Txn: "t", Kind: Debit, Entries: c.entries}
		if got := r.Name(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	root, first, twin := &Record{Txn: "root"}, &Record{ID: own.RecordID(), OnAccount: On(key), Txn: "t", Kind: Debit}, &Record{ID: "twin", OnAccount: On(key), Txn: "t", Kind: Debit}
	for want, got := range map[string]string{"said": twin.IDOf(&Entry{Txn: "said"}, root), "t": first.IDOf(&Entry{}, root), "root": twin.IDOf(&Entry{}, root)} {
		if got != want {
			t.Errorf("the bank called it %s, and it is %s", want, got)
		}
	}
}
