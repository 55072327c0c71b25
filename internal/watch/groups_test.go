package watch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// piece is a record with a member, told and perhaps answered.
func piece(id string, at time.Duration, a *Answer) *Record {
	r := alerted(id, 100, noon.Add(at), ServiceDebit)
	r.Members = []Member{{Record: id + "2", Txn: "t-" + id + "2", Kind: Debit, Is: Shown{Amount: 7}}}
	r.Deliveries = []Delivery{
		{ID: "alert-w", Kind: TellAlert, Watcher: "w", State: Accepted, Shows: &Shown{Amount: 100}},
		{ID: "more-w", Kind: TellMore, Watcher: "w", State: Accepted, Says: []Said{{Record: id + "2"}}},
		{ID: "dispute-w", Kind: TellDispute, Watcher: "w", State: Accepted},
	}
	r.Answer = a
	if a != nil && a.Value == NotMine {
		r.Dispute = "d"
	}
	return r
}

// Pieces of an incident are one group if they stand alike: not answered, said to
// be the person's own, or in one report. What waits for an answer comes first.
func TestPiecesThatStandAlikeAreOneGroup(t *testing.T) {
	own, not := &Answer{Value: Mine, At: noon}, &Answer{Value: NotMine, At: noon}
	other := piece("f", 0, not)
	other.Dispute = "e"
	over := piece("g", 0, nil)
	over.UndoneAt, over.Members = noon, nil
	for name, c := range map[string]struct {
		pieces []*Record
		want   string
	}{
		"none":                              {nil, ""},
		"one":                               {[]*Record{piece("a", 0, nil)}, "a"},
		"two that wait":                     {[]*Record{piece("a", 0, nil), piece("b", 1, nil)}, "a+b"},
		"the first and the last wait":       {[]*Record{piece("a", 0, nil), piece("b", 1, own), piece("c", 2, nil)}, "a+c b"},
		"the last waits":                    {[]*Record{piece("a", 0, own), piece("b", 1, own), piece("c", 2, nil)}, "c a+b"},
		"each stands otherwise":             {[]*Record{piece("a", 0, not), piece("b", 1, own), piece("c", 2, nil)}, "c a b"},
		"two reports":                       {[]*Record{piece("a", 0, not), other, piece("c", 2, not)}, "a+c f"},
		"what came back waits for no one":   {[]*Record{over, piece("a", 0, own), piece("c", 2, not)}, "g a c"},
		"what came back, and what does not": {[]*Record{over, piece("c", 2, nil)}, "g+c"},
	} {
		var got []string
		for _, g := range GroupsOf(c.pieces) {
			got = append(got, strings.ReplaceAll(ids(g.Pieces), " ", "+"))
			if g.Record.ID != g.Pieces[0].ID || len(g.Record.Parts()) != len(Whole(g.Pieces).Parts()) {
				t.Errorf("%s: a group is shown as %s", name, g.Record.ID)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Several pieces as one have the parts, the messages and the answers of all, and
// leave each piece as it is.
func TestSeveralPiecesAreShownAsOne(t *testing.T) {
	a := piece("a", 0, &Answer{Value: Mine, Watcher: "w", At: noon, Shows: &Shown{Amount: 1}, Says: []Said{{Record: "a2"}}, Except: []string{"a2"}, Unseen: []string{"u"}, Grew: []string{"g"}})
	b := piece("b", time.Hour, &Answer{Value: Mine, Watcher: "v", At: noon.Add(time.Hour), Shows: &Shown{Amount: 2}, Says: []Said{{Record: "b2"}}, Except: []string{"b"}, Unseen: []string{"b"}, Grew: []string{"b2"}})
	c := piece("c", 2*time.Hour, nil)
	a.Notices = append(a.Notices, Notice{Watcher: "x", Called: "called-first"})
	b.Notices = append(b.Notices, Notice{Watcher: "x", Called: "called-later", Asked: noon}, Notice{Watcher: "y", Called: "c", Asked: noon})
	c.Notices[0].Called, c.Notices[0].Asked, c.Complete = "c2", noon, false
	if Whole([]*Record{a}) != a {
		t.Error("one piece is not itself")
	}
	was := a.Clone()
	w := Whole([]*Record{a, b, c})
	if got := ids(w.Parts()); got != "a2 b2 c2 a b" { // in the order of time; c is void
		t.Errorf("its parts are %s", got)
	}
	var told []string
	for i := range w.Deliveries {
		d := &w.Deliveries[i]
		said := ""
		for _, s := range w.SaidBy(d) {
			said += " " + s.Record
			if s.Is != nil {
				said += fmt.Sprint(" ", s.Is.Amount)
			}
		}
		told = append(told, d.ID+": "+string(d.Kind)+said)
	}
	want := []string{"alert-w: alert a 100", "more-w: more a2", "dispute-w: dispute",
		"b alert-w: more b 100", "b more-w: more b2", "b dispute-w: dispute", "c alert-w: more c 100", "c more-w: more c2", "c dispute-w: dispute"}
	if !slices.Equal(told, want) {
		t.Errorf("its messages are %q", told)
	}
	var notices []string
	for _, n := range w.Notices {
		notices = append(notices, fmt.Sprint(n.Watcher, " ", n.Called, " ", n.Asked.Equal(noon)))
	}
	if got := strings.Join(notices, ", "); got != "w c2 true, x called-first false, y c true" {
		t.Errorf("its notices are %s", got)
	}
	o := w.Answer
	if o.Watcher != "v" || !o.At.Equal(b.Answer.At) || o.Shows == nil || o.Shows.Amount != 1 ||
		fmt.Sprint(o.Except, o.Unseen, o.Grew) != "[a2 b] [u b] [g b2]" || len(o.Says) != 3 || o.Says[0].Record != "a2" || o.Says[1].Record != "b2" || o.Says[2].Record != "b" || o.Says[2].Is.Amount != 2 {
		t.Errorf("its answer is %+v", o)
	}
	if len(a.Members) != len(was.Members) || len(a.Deliveries) != len(was.Deliveries) || a.Answer.Watcher != "w" || b.Answer.Shows == nil || b.Deliveries[0].Kind != TellAlert {
		t.Error("the pieces are not left as they are")
	}
	// The latest answer is the one, in whatever order the pieces stand.
	if x := Whole([]*Record{piece("p", 0, &Answer{Watcher: "new", At: noon.Add(1)}), piece("q", 0, &Answer{Watcher: "old", At: noon})}); x.Answer.Watcher != "new" {
		t.Errorf("the answer is that of %s", x.Answer.Watcher)
	}
	b.Continues = "a"
	if got := CaseIDs([]*Record{a, b, c}); fmt.Sprint(got) != "[a c]" {
		t.Errorf("its numbers are %v", got)
	}
}
