package watch

import (
	"fmt"
	"testing"
	"time"
)

func TestAFullIncidentGoesOnUnderItsNumber(t *testing.T) {
	root := alerted("r", 100, noon, ServiceDebit)
	root.Answer, root.Dispute = &Answer{Value: NotMine, Watcher: "w", Via: ViaPage, At: noon, Except: []string{"x"}, Unseen: []string{"y"}}, "d"
	for i := range MaxPieces {
		o := alerted(fmt.Sprint("p", i), 100, noon.Add(time.Hour), ServiceDebit)
		if !root.GoOn(o) || o.StoryID() != "r" || o.CaseID() != "r" || o.IncidentID() != o.ID {
			t.Errorf("piece %d is %s of %s, number %s", i, o.IncidentID(), o.StoryID(), o.CaseID())
		}
		if a := o.Answer; a == nil || a.Value != NotMine || a.Watcher != "w" || !a.At.Equal(noon) || len(a.Except)+len(a.Unseen) > 0 || o.Dispute != "d" {
			t.Errorf("what was reported stands for it as %+v of %q", o.Answer, o.Dispute)
		}
	}
	if o := alerted("late", 100, noon, ServiceDebit); root.GoOn(o) || o.Continues != "" || o.Answer != nil || len(root.Pieces) != MaxPieces {
		t.Errorf("there is room for more than %d pieces", MaxPieces)
	}
	plain, own := alerted("q", 100, noon, ServiceDebit), alerted("o", 100, noon, ServiceDebit)
	if plain.Answer = (&Answer{Value: Mine}); !plain.GoOn(own) || own.Answer != nil {
		t.Error("what was said to be the owner's stands for what follows")
	}
}

func TestIncidentsThatAreReportedTogetherKeepTheirNumbers(t *testing.T) {
	r, o, p := alerted("r", 100, noon, ServiceDebit), alerted("o", 100, noon, ServiceDebit), alerted("p", 100, noon, ServiceDebit)
	o.GoOn(p)
	if !r.Take([]*Record{r}, []*Record{o, p}) {
		t.Fatal("three transactions are too many")
	}
	if o.StoryID() != "r" || p.StoryID() != "r" || o.CaseID() != "o" || p.CaseID() != "o" || len(o.Pieces) != 0 || fmt.Sprint(r.Pieces) != "[o p]" {
		t.Errorf("%s and %s are of %s, with numbers %s and %s", o.ID, p.ID, o.StoryID(), o.CaseID(), p.CaseID())
	}
	big := alerted("big", 100, noon, ServiceDebit)
	big.Members = make([]Member, MaxReported-3)
	if r.Take([]*Record{r, o, p}, []*Record{big}) || big.With != "" {
		t.Error("more than a report holds are taken in")
	}
}
