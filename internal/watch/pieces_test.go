package watch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/quote"
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
	big.Members = make([]Member, MaxReported-4)
	if !r.Take([]*Record{r, o, p}, []*Record{big}) || big.With != "r" {
		t.Error("as many as a report holds are not taken in")
	}
	var many []*Record
	for range maxTogether - 1 {
		many = append(many, alerted("m", 100, noon, ServiceDebit))
	}
	if lead := alerted("lead", 100, noon, ServiceDebit); !lead.Take([]*Record{lead}, many) || len(lead.Pieces) != maxTogether-1 {
		t.Errorf("of %d incidents that are reported together there are %d pieces", maxTogether, len(lead.Pieces))
	}
	if lead := alerted("lead", 100, noon, ServiceDebit); lead.Take([]*Record{lead, r}, many) || len(lead.Pieces) != 0 {
		t.Errorf("more than %d incidents are reported together", maxTogether)
	}
	long, other := alerted("long", 100, noon, ServiceDebit), alerted("other", 100, noon, ServiceDebit)
	long.Descriptor = quote.Text(strings.Repeat("x", maxTogetherTexts-long.texts()+len(long.Descriptor)-other.texts()))
	if !other.Take([]*Record{other}, []*Record{long}) {
		t.Error("as much text as a report holds is not taken in")
	}
	long.Descriptor += "x"
	if other.Take([]*Record{other}, []*Record{long}) {
		t.Error("more text than a report holds is taken in")
	}
}
