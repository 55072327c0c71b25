package wording

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// coverCase is an incident, and how a receipt about all of it names it.
type coverCase struct {
	name       string
	parts      []*watch.Record // the first is the lead
	except     []string
	ja, en     string
	jaHid, eHd string // without amounts; empty if nothing is said
}

func coverCases() []coverCase {
	part := func(id string, yen int64, change ...func(*watch.Record)) *watch.Record {
		r := debit()
		r.ID, r.Txn, r.Amount, r.Service = id, id, yen, "docomo"
		r.OccurredAt = r.OccurredAt.Add(time.Duration(len(id)) * time.Second)
		for _, c := range change {
			c(r)
		}
		return r
	}
	link := func(r *watch.Record) { r.Kind, r.Amount = watch.LinkRegistered, 0 }
	undone := func(r *watch.Record) { r.UndoneAt = r.OccurredAt.Add(time.Minute) }
	kyash := func(r *watch.Record) { r.Service = "kyash" }
	some := func(r *watch.Record) { r.Returned = 5000 }
	return []coverCase{
		{"one debit", []*watch.Record{part("a", 30000)}, nil, "30,000円", "¥30,000", "", ""},
		{"one that was undone", []*watch.Record{part("a", 30000, undone)}, nil, "30,000円", "¥30,000", "", ""},
		{"a link", []*watch.Record{part("a", 0, link)}, nil, "", "", "", ""},
		{"four debits", []*watch.Record{part("a", 100000), part("b", 90000), part("c", 90000), part("d", 20000)}, nil,
			"4件・合計300,000円", "4 debits, ¥300,000 in all", "引き落とし4件", "4 debits"},
		{"a link and a debit", []*watch.Record{part("a", 0, link), part("b", 7000)}, nil,
			"引き落とし7,000円、口座の登録1件", "a debit of ¥7,000, charge links: 1", "引き落とし1件、口座の登録1件", "1 debit, charge links: 1"},
		{"two links", []*watch.Record{part("a", 0, link), part("b", 0, link, kyash)}, nil,
			"口座の登録2件", "charge links: 2", "口座の登録2件", "charge links: 2"},
		{"two services", []*watch.Record{part("a", 1000), part("b", 2000, kyash)}, nil,
			"2件・合計3,000円", "2 debits, ¥3,000 in all", "引き落とし2件", "2 debits"},
		{"one of three was undone", []*watch.Record{part("a", 1000), part("b", 2000, undone), part("c", 4000)}, nil,
			"2件・合計5,000円、取り消し済みの引き落とし1件", "2 debits, ¥5,000 in all, reversed debits: 1", "引き落とし2件、取り消し済みの引き落とし1件", "2 debits, reversed debits: 1"},
		{"some of it came back", []*watch.Record{part("a", 10000, some), part("b", 2000)}, nil,
			"2件・合計7,000円", "2 debits, ¥7,000 in all", "引き落とし2件", "2 debits"},
		{"one was recognised", []*watch.Record{part("a", 1000), part("b", 2000), part("c", 4000)}, []string{"b"},
			"2件・合計5,000円", "2 debits, ¥5,000 in all", "引き落とし2件", "2 debits"},
		{"the first was recognised", []*watch.Record{part("a", 1000), part("b", 2000)}, []string{"a"}, "2,000円", "¥2,000", "", ""},
	}
}

// Each message that follows an answer or a report names all that it was about,
// in both languages, and no amount to who sees none.
func TestWhatFollowsAnAnswerNamesAllThatItIsAbout(t *testing.T) {
	t.Parallel()
	serviceOf := func(id string) (string, Contact) { return "<" + id + ">", Contact{Phone: "0120-" + id} }
	for _, c := range coverCases() {
		for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
			for _, hide := range []bool{false, true} {
				d, total := reportOf(c), watch.TotalOf(c.parts, c.except)
				f := disputeFacts(lang)
				f.Dispute, f.HideAmount, f.ServiceOf = d, hide, serviceOf
				a := answerFacts(lang)
				a.Record, a.Covers, a.HideAmount, a.ServiceOf, a.Reference = c.parts[0], &total, hide, serviceOf, d.Reference
				withdrawn := f
				withdrawn.Change = d.Changes[0]
				status := f
				status.Change = watch.DisputeChange{Seq: 1, Status: watch.DisputeFrozen}
				all := map[string]message.Message{"opened": DisputeOpened(f), "already": DisputeAlready(f), "withdrawn": DisputeWithdrawn(withdrawn), "undo?": ConfirmUndo(f),
					"too late": UndoTooLate(f), "status": DisputeStatus(status), "other": AnswerByOther(a), "taken back": AnswerTakenBack(a)}
				if len(c.except) == 0 {
					all["mine"], all["answered"], all["trusted"] = MineThanks(a), AlreadyAnswered(a), Trusted(a)
				}
				want := map[bool]map[watch.Lang]string{false: {watch.Japanese: c.ja, watch.English: c.en}, true: {watch.Japanese: c.jaHid, watch.English: c.eHd}}[hide][lang]
				for name, m := range all {
					got := ""
					for _, x := range m.Facts {
						if x.Label == tCoverWhat.in(lang) || x.Label == tFactAmount.in(lang) {
							got += x.Value
						}
					}
					if got != want {
						t.Errorf("%s, %s, %s, hidden %v: says %q, want %q", c.name, name, lang, hide, got, want)
					}
					says := fmt.Sprint(m)
					if len(total.Of) > 1 && !(strings.Contains(says, "<docomo>") && strings.Contains(says, "<kyash>")) {
						t.Errorf("%s, %s, %s: does not name both services: %s", c.name, name, lang, says)
					}
					if hide && strings.ContainsAny(says, "円¥") && name != "trusted" {
						t.Errorf("%s, %s, %s: says an amount to who sees none: %s", c.name, name, lang, says)
					}
				}
				for _, id := range total.Of {
					if len(total.Of) > 1 && !strings.Contains(fmt.Sprint(DisputeOpened(f).Steps), "0120-"+id) {
						t.Errorf("%s: %s is not to be called: %v", c.name, id, DisputeOpened(f).Steps)
					}
				}
			}
		}
	}
}

// reportOf is the report of an incident.
func reportOf(c coverCase) *watch.Dispute {
	d := disputeFacts(watch.Japanese).Dispute
	var covered []*watch.Record
	for _, p := range c.parts {
		if len(c.except) == 0 || p.ID != c.except[0] {
			covered = append(covered, p)
		}
	}
	first := covered[0]
	before := d.Opening()
	d.Record, d.Kind, d.Txn = c.parts[0].ID, first.Kind, first.Txn
	if first.ID != d.Record {
		d.First = first.ID
	}
	d.Note(first)
	d.Changes = []watch.DisputeChange{{Seq: 1, Status: watch.DisputeOpened, Shows: first.Shows("")}}
	d.Open(covered[1:], before)
	return d
}
