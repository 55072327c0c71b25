package watch

import (
	"fmt"
	"testing"
	"time"
)

// pieces are an incident in three pieces of two alerts each.
func piecesOf(t *testing.T) []*Record {
	t.Helper()
	root := alerted("r", 100, noon, ServiceDebit)
	out := []*Record{root}
	for i := range 2 {
		o := alerted(fmt.Sprint("p", i), 1000, noon.Add(time.Duration(i+1)*time.Hour), Burst)
		if !root.GoOn(o) {
			t.Fatal("no room")
		}
		out = append(out, o)
	}
	for i, l := range out {
		l.Join(alerted(fmt.Sprint("m", i), 10, noon.Add(time.Duration(i)*time.Hour+1), Overdrawn))
	}
	return out
}

func TestTheWholeOfAnIncidentHasAllOfItsPieces(t *testing.T) {
	pieces := piecesOf(t)
	for i, l := range pieces {
		if d, ok := l.Bring(&Watcher{ID: "w", Channels: []Channel{{Kind: LINE}}}, LINE, noon.Add(time.Duration(i)*time.Hour)); ok {
			d.State, d.AcceptedAt = Accepted, noon.Add(time.Duration(i)*time.Hour)
		}
	}
	w := Whole(pieces)
	if got := ids(w.Parts()); got != "r m0 p0 m1 p1 m2" {
		t.Errorf("its parts are %s", got)
	}
	if total := TotalOf(w.Parts(), nil); total.Debits != 6 || total.Yen != 2130 {
		t.Errorf("it comes to %+v", total)
	}
	for _, p := range w.Parts() {
		if told := w.ToldOf(p.ID, "w"); told.IsZero() || w.ReasonsFor(p, "w").Reason == 0 {
			t.Errorf("of %s it was told at %v, for %v", p.ID, told, w.ReasonsFor(p, "w"))
		}
	}
	seen := map[string]bool{}
	for i := range w.Deliveries {
		if d := &w.Deliveries[i]; seen[d.ID] || w.FirstOver(d) != (i == 0) {
			t.Errorf("%s is there twice, or is a first message that it is not", d.ID)
		}
		seen[w.Deliveries[i].ID] = true
	}
	if w.CaseID() != "r" || len(pieces[0].Members) != 1 || len(pieces[0].Deliveries) != 1 {
		t.Errorf("the number is %s, and the first piece has %d members now", w.CaseID(), len(pieces[0].Members))
	}
	if one := Whole(pieces[:1]); one != pieces[0] {
		t.Error("one piece is not itself")
	}
	other := alerted("o", 1, noon, ServiceDebit)
	if got := fmt.Sprint(CaseIDs(append(pieces, other))); got != "[r o]" {
		t.Errorf("their numbers are %s", got)
	}
}

func TestPiecesAreSortedByHowTheyStand(t *testing.T) {
	mine := func(r *Record) { r.Answer = &Answer{Value: Mine, Watcher: "w", At: noon} }
	not := func(dispute string, except ...string) func(*Record) {
		return func(r *Record) {
			r.Answer, r.Dispute = &Answer{Value: NotMine, Watcher: "w", At: noon, Except: except}, dispute
		}
	}
	outgrown := func(r *Record) { // "mine" was said of less
		mine(r)
		r.Answer.Shows = &Shown{Amount: r.Amount - 1, Service: r.Service}
	}
	undone := func(r *Record) {
		r.UndoneAt = noon
		r.Members[0].Is.UndoneAt = noon
	}
	open := func(*Record) {}
	for name, c := range map[string]struct {
		of   [3]func(*Record)
		want string
	}{
		"all wait":                        {[3]func(*Record){open, open, open}, "r p0 p1"},
		"one was theirs":                  {[3]func(*Record){mine, open, open}, "p0 p1 / r"},
		"all were theirs":                 {[3]func(*Record){mine, mine, mine}, "r p0 p1"},
		"one has grown since":             {[3]func(*Record){mine, outgrown, open}, "p0 p1 / r"},
		"one report of all":               {[3]func(*Record){not("d"), not("d", "p0"), not("d")}, "r p0 p1"},
		"two reports":                     {[3]func(*Record){not("d"), not("e"), not("d")}, "r p1 / p0"},
		"reported, theirs and waiting":    {[3]func(*Record){not("d"), mine, open}, "p1 / r / p0"},
		"what is undone waits for no one": {[3]func(*Record){undone, mine, undone}, "r p1 / p0"},
	} {
		pieces := piecesOf(t)
		for i, set := range c.of {
			set(pieces[i])
		}
		got := ""
		for i, g := range GroupsOf(pieces) {
			if i > 0 {
				got += " / "
			}
			got += ids(g.Pieces)
			if g.Record.Answered() != g.Pieces[0].Answered() && name != "one has grown since" {
				t.Errorf("%s: the group of %s is answered: %v", name, ids(g.Pieces), g.Record.Answered())
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	pieces := piecesOf(t)
	not("d", "m0")(pieces[0])
	not("d", "p0", "m1")(pieces[1])
	pieces[1].Answer.Unseen, pieces[1].Answer.Grew, pieces[1].Answer.At = []string{"m1"}, []string{"p0"}, noon.Add(1)
	w := Whole(pieces[:2])
	if got := ids(w.Recognised()); got != "m0 p0 m1" || len(w.Answer.Unseen) != 1 || len(w.Answer.Grew) != 1 || !w.Answer.At.Equal(noon.Add(1)) {
		t.Errorf("recognised are %s; the answer is %+v", got, w.Answer)
	}
	pieces = piecesOf(t)
	mine(pieces[0])
	outgrown(pieces[1])
	if w := Whole(pieces[:2]); w.Answered() || len(w.Answer.Says) != 1 || w.Answer.Says[0].Record != "p0" {
		t.Errorf("an answer that no longer covers one piece covers the whole: %+v", w.Answer)
	}
	if pieces[1].Answer.Shows == nil || len(pieces[1].Answer.Says) > 0 {
		t.Error("the piece's own answer is changed")
	}
}
