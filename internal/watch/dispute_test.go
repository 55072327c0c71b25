package watch

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestADisputeStandsWhileTheAnswerDoes(t *testing.T) {
	d := &Dispute{}
	for name, c := range map[string]struct {
		d    *Dispute
		a    *Answer
		want bool
	}{
		"not mine": {d, &Answer{Value: NotMine}, true}, "mine": {d, &Answer{Value: Mine}, false},
		"no answer": {d, nil, false}, "no dispute": {nil, &Answer{Value: NotMine}, false},
	} {
		if got := c.d.Stands(&Record{Answer: c.a}); got != c.want {
			t.Errorf("%s: stands %v", name, got)
		}
	}
}

func TestTheBankIsToldTheOldestChangeThatItHasNotTaken(t *testing.T) {
	d := &Dispute{Changes: []DisputeChange{
		{Seq: 1, TellBank: true, ToldAt: noon}, {Seq: 2}, {Seq: 3, TellBank: true, GaveUpAt: noon}, {Seq: 4, TellBank: true}, {Seq: 5, TellBank: true}}}
	for _, want := range []int{4, 5} {
		c, ok := d.Untold()
		if !ok || c.Seq != want {
			t.Fatalf("change %v (%v), want %d", c, ok, want)
		}
		c.ToldAt = noon
	}
	if c, ok := d.Untold(); ok || c != nil {
		t.Errorf("there is still %v", c)
	}
}

// disputed is a dispute as an answer "not mine" makes it, and its record.
func disputed() (*Dispute, *Record) {
	yen := int64(7)
	r := NewRecord("r", AccountKey{Bank: "0125", Ref: "a"}, Entry{Event: "e0", Kind: Debit, Status: Pending, At: noon, ReceivedAt: noon, Amount: 5000,
		Balance: &yen, Descriptor: "ﾄﾞｺﾓ", Service: "docomo", Confidence: Seen})
	r.Txn = "t"
	d := &Dispute{ID: "d", Record: "r", Kind: Debit, Txn: "t", Status: DisputeOpened}
	d.Note(r)
	d.Changes = []DisputeChange{{Seq: 1, Status: DisputeOpened, At: noon, TellBank: true, Shows: r.Shows("w")}}
	return d, r
}

func TestADisputeNotesTheFactsOfItsTransaction(t *testing.T) {
	d, r := disputed()
	want := Dispute{ID: "d", Record: "r", Kind: Debit, Txn: "t", Status: DisputeOpened, Amount: 5000, Service: "docomo", Descriptor: "ﾄﾞｺﾓ",
		OccurredAt: noon, History: r.Story(), Changes: d.Changes}
	want.History[0].Txn = "t" // the id that it bore
	if diff := cmp.Diff(&want, d); diff != "" {
		t.Error(diff)
	}
}

func TestTheBankHearsWhatBecomesOfADisputedTransaction(t *testing.T) {
	later := noon.Add(time.Hour)
	for name, c := range map[string]struct {
		change func(*Record)
		told   bool
	}{
		"nothing":                   {func(*Record) {}, false},
		"another balance":           {func(r *Record) { r.Balance = nil }, false},
		"other words":               {func(r *Record) { r.Descriptor, r.Confidence = "X", Guessed }, false},
		"it was raised":             {func(r *Record) { r.Amount++ }, true},
		"it was corrected down":     {func(r *Record) { r.Amount-- }, true},
		"some came back":            {func(r *Record) { r.Returned = 1 }, true},
		"all came back":             {func(r *Record) { r.UndoneAt = later }, true},
		"it was presented again":    {func(r *Record) { r.Again = 1 }, true},
		"it is of another service":  {func(r *Record) { r.Service = "paypay" }, true},
		"it is posted, as it stood": {func(r *Record) { r.Status = Posted }, true},
	} {
		t.Run(name, func(t *testing.T) {
			d, r := disputed()
			c.change(r)
			if told := d.Update(r, later); told != c.told {
				t.Fatalf("told %v", told)
			}
			if !c.told {
				if len(d.Changes) != 1 {
					t.Errorf("changes %+v", d.Changes)
				}
				return
			}
			want := DisputeChange{Seq: 2, Status: DisputeUpdated, At: later, TellBank: true, Shows: r.Shows("")}
			if diff := cmp.Diff(want, d.Changes[len(d.Changes)-1]); diff != "" {
				t.Error(diff)
			}
			if d.Amount != r.Amount || d.Service != r.Service {
				t.Errorf("the dispute says %d of %s", d.Amount, d.Service)
			}
			if d.Update(r, later.Add(1)) || len(d.Changes) != 2 {
				t.Error("it is told twice")
			}
		})
	}
}

func TestTheBankHearsOfEachFurtherDebitOnce(t *testing.T) {
	d, _ := disputed()
	for i, id := range []string{"x", "y", "x", "y"} {
		r := &Record{ID: id, Txn: "t" + id, Kind: Debit, Amount: 77, Service: "docomo", Descriptor: "Y", OccurredAt: noon.Add(1)}
		at := noon.Add(time.Duration(i) * time.Minute)
		if told := d.Another(r, at); told != (i < 2) {
			t.Errorf("%s, told %v", id, told)
		}
		if i >= 2 {
			continue
		}
		want := DisputeChange{Seq: i + 2, Status: DisputeUpdated, At: at, TellBank: true,
			Further: &Further{Record: id, Txn: "t" + id, Kind: Debit, Amount: 77, Service: "docomo", Descriptor: "Y", OccurredAt: noon.Add(1)}}
		if diff := cmp.Diff(want, d.Changes[len(d.Changes)-1]); diff != "" {
			t.Error(diff)
		}
	}
	if len(d.Changes) != 3 {
		t.Errorf("%d changes", len(d.Changes))
	}
}

func TestAChangeIsDueAsSoonAsTheEarliest(t *testing.T) {
	later := noon.Add(time.Hour)
	for name, c := range map[string]struct{ due, want time.Time }{
		"nothing was due":       {time.Time{}, later.Add(LostAfter)},
		"something later":       {later.Add(LostAfter + 1), later.Add(LostAfter)},
		"something earlier":     {noon, noon},
		"something at one time": {later.Add(LostAfter), later.Add(LostAfter)},
	} {
		d, r := disputed()
		d.Due = c.due
		r.Amount = 1
		if d.Update(r, later); !d.Due.Equal(c.want) {
			t.Errorf("%s: due at %s, want %s", name, d.Due, c.want)
		}
	}
}

func TestWhatWasTakenBackIsToldNoMore(t *testing.T) {
	d, r := disputed()
	d.Status, r.Amount = DisputeWithdrawn, 9
	d.Update(r, noon)
	d.Another(&Record{ID: "x"}, noon)
	if len(d.Changes) != 1 || !d.Due.IsZero() {
		t.Errorf("changes %+v, due %s", d.Changes, d.Due)
	}
	if d.Amount != 9 {
		t.Error("the dispute itself does not say what became of it")
	}
}

func TestTheChangesOfADisputeAreNumberedAndBounded(t *testing.T) {
	d, r := disputed()
	d.Changes[0].Seq = 41
	for i := range 500 {
		r.Amount = int64(i + 1)
		d.Update(r, noon.Add(time.Duration(i)*time.Second))
	}
	if len(d.Changes) != 350 {
		t.Errorf("%d changes, want 350", len(d.Changes))
	}
	for i, c := range d.Changes {
		if want := 541 - (350 - 1 - i); i > 0 && c.Seq != want || i == 0 && c.Seq != 41 {
			t.Fatalf("change %d has the number %d: the oldest updates go, not the opening", i, c.Seq)
		}
	}
	if d.Amount != 500 {
		t.Errorf("the dispute says %d yen, not the latest", d.Amount)
	}
	first := &Dispute{Status: DisputeOpened}
	if first.Update(&Record{Amount: 1}, noon); len(first.Changes) != 1 || first.Changes[0].Seq != 1 {
		t.Errorf("the first change of all is %+v", first.Changes)
	}
}

func TestWhatABankWasToldLast(t *testing.T) {
	d, _ := disputed()
	two := &Shown{Amount: 2}
	d.Changes = append(d.Changes, DisputeChange{Shows: two}, DisputeChange{Status: DisputeFrozen})
	if d.Shown() != two {
		t.Errorf("%+v, want what the latest change that says anything says", d.Shown())
	}
	// Disputes of before changes said it.
	for kind, status := range map[Kind]Status{Debit: Posted, LinkRegistered: ""} {
		d.Changes, d.Kind = nil, kind
		want := &Shown{Amount: 5000, Service: "docomo", Descriptor: "ﾄﾞｺﾓ", OccurredAt: noon, Status: status}
		if diff := cmp.Diff(want, d.Shown()); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}

func TestAServiceOfWhatJoinedADisputeIsReported(t *testing.T) {
	first, joins := noon, noon.Add(48*time.Hour)
	d := &Dispute{ID: "d1", Record: "r1", Service: "docomo", Status: DisputeOpened, AnsweredAt: first}
	a := &Activity{}
	a.ReportMore(d)
	if len(a.Reported) != 0 {
		t.Fatalf("what is not open is reported: %v", a.Reported)
	}
	a.Report(d, true)
	a.Report(&Dispute{ID: "d2", Record: "r2", Service: "paypay", AnsweredAt: first.Add(time.Hour)}, true)
	was := a.Reported
	d.Another(&Record{ID: "l", Txn: "l", Kind: LinkRegistered, Service: "kyash", OccurredAt: joins}, joins)
	for range 2 { // the second time there is nothing new
		a.ReportMore(d)
	}
	want := []Reported{{Dispute: "d1", Service: "docomo", At: first, Lead: "r1"}, {Dispute: "d1", Service: "kyash", At: first, Lead: "r1"},
		{Dispute: "d2", Service: "paypay", At: first.Add(time.Hour), Lead: "r2"}}
	if diff := cmp.Diff(want, a.Reported); diff != "" {
		t.Error(diff)
	}
	if was[1].Dispute != "d2" {
		t.Error("what was read before is changed")
	}
	if !a.AfterReport(&Facts{Service: "kyash"}, joins, joins) {
		t.Error("its debits do not come after the report")
	}
}

func TestAnActivityNamesTheOpenDisputesOfAService(t *testing.T) {
	a := &Activity{}
	open := func(id, service string, at time.Time) {
		a.Report(&Dispute{ID: id, Service: service, AnsweredAt: at}, true)
	}
	check := func(what, service string, now time.Time, want string) {
		t.Helper()
		if got, ok := a.ReportedOf(service, now); got != want || ok != (want != "") {
			t.Errorf("%s: %q (%v), want %q", what, got, ok, want)
		}
	}
	check("nothing reported", "docomo", noon, "")
	open("d1", "docomo", noon)
	open("d0", "", noon) // a debit of an unknown service
	check("at the end of its time", "docomo", noon.Add(ReportedFor), "d1")
	check("after it", "docomo", noon.Add(ReportedFor+1), "")
	check("another service", "paypay", noon, "")
	check("no service", "", noon, "")
	open("d2", "docomo", noon.Add(time.Hour))
	check("the latest", "docomo", noon.Add(time.Hour), "d2")
	open("d1", "docomo", noon.Add(2*time.Hour))
	check("one that is said again", "docomo", noon.Add(2*time.Hour), "d1")
	if len(a.Reported) != 2 {
		t.Errorf("%d are named, want two", len(a.Reported))
	}
	was := a.Reported
	a.Report(&Dispute{ID: "d1", Service: "docomo"}, false)
	check("closed", "docomo", noon.Add(2*time.Hour), "d2")
	if was[1].Dispute != "d1" {
		t.Error("what was read before is changed")
	}
	for i := range 30 {
		open(fmt.Sprint("many", i), "kyash", noon)
	}
	if len(a.Reported) != 20 || a.Reported[0].Dispute != "many10" || a.Reported[19].Dispute != "many29" {
		t.Errorf("%d are named, from %s on", len(a.Reported), a.Reported[0].Dispute)
	}
}

// incidentDispute is a dispute about r and about two debits more.
func incidentDispute() (d *Dispute, parts []*Record) {
	d, r := disputed()
	a := &Record{ID: "a", Txn: "ta", Kind: Debit, Amount: 10, Service: "docomo", OccurredAt: noon, ReceivedAt: noon}
	b := &Record{ID: "b", Txn: "tb", Kind: LinkRegistered, Service: "docomo", OccurredAt: noon, ReceivedAt: noon.Add(1)}
	d.Cover([]*Record{r, a, b}, 1)
	return d, []*Record{r, a, b}
}

// standing lists the further transactions that a dispute is about.
func standing(d *Dispute) (out []string) {
	for _, a := range d.Also {
		if a.Left == 0 {
			out = append(out, a.Record)
		}
	}
	return out
}

func TestADisputeIsAboutWhatThePersonSaid(t *testing.T) {
	d, parts := incidentDispute()
	want := []Disputed{{Record: "a", Txn: "ta", Kind: Debit, ReceivedAt: noon, Seq: 1, Was: *parts[1].Shows("")},
		{Record: "b", Txn: "tb", Kind: LinkRegistered, ReceivedAt: noon.Add(1), Seq: 1, Was: *parts[2].Shows("")}}
	if diff := cmp.Diff(want, d.Also); diff != "" {
		t.Error(diff)
	}
	for i, c := range []struct {
		parts []*Record
		want  []string
		left  []int // at which change each went, in the order of Also
	}{
		{parts, []string{"a", "b"}, []int{0, 0}},
		{parts[:2], []string{"a"}, []int{0, 12}},
		{parts[:1], nil, []int{13, 12}},                                  // what left before left then
		{[]*Record{parts[0], parts[2]}, []string{"b"}, []int{13, 12, 0}}, // and joins again with an entry of its own
	} {
		d.Cover(c.parts, 11+i)
		var left []int
		for _, a := range d.Also {
			left = append(left, a.Left)
		}
		if diff := cmp.Diff(c.want, standing(d)); diff != "" || !cmp.Equal(c.left, left) {
			t.Errorf("step %d: left at %v, want %v; it is about\n%s", i, left, c.left, diff)
		}
	}
}

func TestATransactionThatWasAnotherOneLeavesTheDispute(t *testing.T) {
	d, _ := incidentDispute()
	was := d.Also
	if d.Leave("r", noon) || d.Leave("x", noon) || len(d.Changes) != 1 {
		t.Errorf("what is not among the further ones leaves: %+v", d.Changes)
	}
	if !d.Leave("a", noon) || len(d.Changes) != 2 || d.Also[0].Left != 2 || !d.Changes[1].TellBank || d.Changes[1].Status != DisputeUpdated || d.Changes[1].Shows == nil {
		t.Errorf("the bank is told %+v", d.Changes[1:])
	}
	if was[0].Left != 0 {
		t.Error("what was read before is changed")
	}
	if d.Leave("a", noon) || len(d.Changes) != 2 {
		t.Error("it leaves twice")
	}
}

func TestWhatTheBankKnewOfEachTransactionAtEachChange(t *testing.T) {
	d, parts := incidentDispute()
	parts[1].Amount = 20
	d.Update(parts[1], noon) // change 2
	parts[0].Amount = 6000
	d.Update(parts[0], noon) // change 3
	late := &Record{ID: "late", Kind: Debit, Amount: 7, OccurredAt: noon}
	d.Another(late, noon) // change 4
	for name, c := range map[string]struct {
		record string
		seq    int
		yen    int64 // -1 if it is not there
	}{
		"the first, at first": {"r", 1, 5000}, "the first, before it changed": {"r", 2, 5000}, "the first, since": {"r", 3, 6000},
		"a further one, at first": {"a", 1, 10}, "a further one, since it changed": {"a", 2, 20}, "long since": {"a", 4, 20},
		"one that came later, before": {"late", 3, -1}, "one that came later": {"late", 4, 7}, "one that is none": {"x", 4, -1},
	} {
		s, ok := d.TransactionAt(c.record, c.seq)
		if ok != (c.yen >= 0) || ok && s.Amount != c.yen {
			t.Errorf("%s: %+v (%v)", name, s, ok)
		}
	}
	if s, ok := d.Transaction("a"); !ok || s.Amount != 20 {
		t.Errorf("now it is %+v", s)
	}
	d.First = "a" // the person said that the alert with which it began was theirs
	if d.Leads() != "a" {
		t.Errorf("it leads to %s", d.Leads())
	}
}
