package wording

import (
	"fmt"
	"testing"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/testkit/presstest"
	"kozamori/internal/watch"
)

// What a message asks its reader to press is on it, or on the alert that it names. A
// mail has its links alone.
func TestWhatAMessageAsksToPressIsThere(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		var alert []string
		for _, b := range Alert(alertFacts(lang, debit(), watch.ServiceDebit)).Buttons {
			alert = append(alert, b.Label)
		}
		for _, of := range []struct {
			mail   bool
			before []string // that its reader has in sight
			all    map[string]message.Message
		}{{false, alert, messages(lang)}, {false, nil, incidents(lang)}, {false, nil, chatMessages(lang)}, {true, nil, enrolMails(lang)}, {true, nil, loweredMails(lang)}, {true, nil, luringMails(lang)}} {
			for name, m := range of.all {
				var labels []string
				for _, x := range append([]message.Message{m}, m.Cards...) {
					for _, b := range append(x.Buttons, x.Choices...) {
						if !of.mail || b.URL != "" {
							labels = append(labels, b.Label)
						}
					}
				}
				texts := append(m.Paragraphs(), m.Foot, m.Title)
				for _, s := range m.Steps {
					texts = append(texts, s.Text)
				}
				for _, f := range m.Facts {
					texts = append(texts, f.Value)
				}
				for _, lost := range presstest.Missing(texts, labels, of.before) {
					t.Errorf("%s in %s asks to press what is not there: %s", name, lang, lost)
				}
			}
		}
	}
}

// Accounts come and go between an alert and its answer: what a receipt asks to press
// stands on the alert as it was told.
func TestAReceiptNamesTheButtonOfItsAlert(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, guardian := range []bool{false, true} {
			for _, then := range []bool{false, true} {
				alert := alertFacts(lang, debit(), watch.ServiceDebit)
				alert.Guardian, alert.Delivery.Several = guardian, then
				asks := watch.Delivery{ID: "alert-w1-line", Kind: watch.TellAlert, Watcher: "w1", Channel: watch.LINE, State: watch.Accepted, Several: then}
				var labels []string
				for _, b := range Alert(alert).Buttons {
					labels = append(labels, b.Label)
				}
				for _, now := range []bool{false, true} {
					f := answerFacts(lang)
					f.Guardian, f.Several, f.BankName = guardian, now, alert.BankName
					f.Record = debit()
					f.Record.Deliveries = []watch.Delivery{asks}
					for name, m := range map[string]message.Message{"mine": MineThanks(f), "trusted": Trusted(f), "taken back by another": AnswerTakenBack(f)} {
						if lost := presstest.Missing(m.Text, nil, labels); len(lost) > 0 {
							t.Errorf("%s, %s, of several then %v and now %v: %v is none of %v", name, lang, then, now, lost, labels)
						}
					}
				}
			}
		}
	}
}

// loweredMails are the mails about a change that lowers protection, or takes that back.
func loweredMails(lang watch.Lang) map[string]message.Message {
	out := map[string]message.Message{}
	for _, kind := range []watch.StepKind{watch.StepSettings, watch.StepRestored, watch.StepMine} {
		for _, reader := range []string{"w1", "w2"} {
			for _, role := range []watch.Role{watch.Owner, watch.Guardian} {
				f := loweredFacts(lang, kind, reader)
				f.ByMail, f.Line.Reader.Role = true, role
				out[string(kind)+" to "+reader+", "+string(role)] = Lowered(f)
			}
		}
	}
	for _, reader := range []string{"w1", "w2"} {
		out["somebody left, to "+reader] = leftNews(lang, reader, true)
	}
	return out
}

// luringMails are alerts by mail of which a stranger wrote what stands on the page only.
func luringMails(lang watch.Lang) map[string]message.Message {
	out := map[string]message.Message{}
	for _, answer := range []bool{false, true} {
		r := debit()
		r.Descriptor = "PAYPAY evil.example/x"
		f := alertFacts(lang, r, watch.ServiceDebit)
		f.CanAnswer, f.OnPage = answer, true
		out[fmt.Sprintf("a luring alert, to be answered: %v", answer)] = Alert(f)
	}
	return out
}

// Who has several accounts reads labels with the account behind them.
func TestWhatAMessageAsksToPressIsThereOnSeveralAccounts(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, guardian := range []bool{false, true} {
			alert := alertFacts(lang, debit(), watch.ServiceDebit)
			alert.Guardian, alert.Delivery.Several = guardian, true
			var before []string
			for _, b := range Alert(alert).Buttons {
				before = append(before, b.Label)
			}
			total := watch.TotalOf([]*watch.Record{debit()}, nil)
			answer := AnswerFacts{Lang: lang, Record: debit(), Watcher: "w1", Guardian: guardian, ServiceName: "PayPay", BankName: alert.BankName, Several: true, Covers: &total}
			report := disputeFacts(lang)
			report.Guardian, report.Several = guardian, true
			rest := report
			rest.Recognised, rest.Silenced = &total, &total
			incident := IncidentFacts{Parts: []AlertFacts{alert, alert}}
			for name, m := range map[string]message.Message{
				"thanks": MineThanks(answer), "taken back": AnswerTakenBack(answer), "opened": DisputeOpened(rest), "already": DisputeAlready(rest), "withdrawn": DisputeWithdrawn(report), "undo": ConfirmUndo(report),
				"one":     AskIncident(incident),
				"several": AskIncidents(incident, button.Press{Verb: button.NotMine, Record: "r1", Watcher: "w1"}),
			} {
				var labels []string
				for _, b := range append(m.Buttons, m.Choices...) {
					labels = append(labels, b.Label)
				}
				for _, lost := range presstest.Missing(append(m.Paragraphs(), m.Foot, m.Title), labels, before) {
					t.Errorf("%s in %s (guardian: %v) asks to press what is not there: %s of %q", name, lang, guardian, lost, labels)
				}
			}
		}
	}
}
