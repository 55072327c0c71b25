package detect_test

import (
	"testing"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// However a debit was recognised, and whatever the person set, what comes right
// after a new link or after "not mine" rings, and at once.
func TestNoSettingSilencesWhatFollowsALinkOrAReport(t *testing.T) {
	readings := map[string]struct {
		descriptor, extra string
		service           string
		sure              watch.Confidence
	}{
		"seen":                      {"ドコモコウザ", "", "docomo", watch.Seen},
		"seen elsewhere":            {"PAYPAY", "", "paypay", watch.Elsewhere},
		"guessed":                   {"KYASH", "", "kyash", watch.Guessed},
		"cut":                       {"口座振替ﾋﾞﾘﾝｸﾞｼｽ", "", "payb", watch.Cut},
		"a card's bill, perhaps":    {"PAYPAYｶ", "", "paypay", watch.Undecided},
		"next to an unknown word":   {"PAYPAYｸﾞﾙﾒ", "", "paypay", watch.Undecided},
		"named by the bank":         {"PAYPAYｶ", `,"service":"paypay"`, "paypay", watch.Named},
		"a service that it invents": {"ﾇﾈﾍﾟｲ", `,"service":"nunepay"`, watch.Unlisted, watch.Named},
	}
	settings := map[string]func(*watch.Rules){
		"the defaults": func(*watch.Rules) {},
		"bills left out": func(r *watch.Rules) {
			r.IgnoreUndecided = true
		},
		"the least that can be told": func(r *watch.Rules) {
			*r = watch.Rules{IgnoreUndecided: true, AfterNewLink: true, PausedUntil: received.Add(time.Hour), Quiet: &watch.Quiet{From: 0, To: 24*60 - 1}}
			for _, id := range []string{"docomo", "paypay", "kyash", "payb"} {
				r.Trusts = append(r.Trusts, watch.Trust{Service: id, UpTo: watch.MaxYen, Until: received.Add(time.Hour)})
			}
		},
	}
	for reading, c := range readings {
		h := newHouse(t)
		h.send(t, debit("acc_1", "1", 30, 1000, c.descriptor, c.extra))
		if got := h.history(t); len(got) != 1 || got[0].Service != c.service || got[0].Confidence != c.sure {
			t.Fatalf("%s: read as %+v", reading, got)
		}
		for setting, set := range settings {
			for what, why := range map[string]watch.Reason{
				"link": watch.AfterNewLink, "report": watch.AfterDispute, "report on another account": watch.AfterDispute,
			} {
				h := newHouse(t)
				h.Change(h.key, func(a *watch.Account) { set(&a.Watchers[0].Rules) })
				switch what {
				case "link":
					h.send(t, linked("acc_1", "l", 1, c.service))
				case "report on another account":
					h.Change(h.key, func(a *watch.Account) { a.Watchers[0].ReportedAt = received })
				default:
					act, err := h.store.Activity(t.Context(), h.key)
					if err != nil {
						t.Fatal(err)
					}
					act.Report(&watch.Dispute{ID: "d1", Service: c.service, AnsweredAt: received}, true)
					h.Put(store.PutActivity(h.key, act))
				}
				h.send(t, debit("acc_1", "1", 30, 1000, c.descriptor, c.extra))
				for _, r := range h.history(t) {
					if r.Kind == watch.Debit && (len(r.Notices) != 1 || !r.Notices[0].Reasons.Has(why) || !r.Critical()) {
						t.Errorf("%s, with %s, after a %s: told %+v", reading, setting, what, r.Notices)
					}
				}
				if n := len(h.history(t)); n < 1 || why == watch.AfterNewLink && n != 2 {
					t.Errorf("%s, with %s, after a %s: %d records", reading, setting, what, n)
				}
			}
		}
	}
}
