package app_test

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/app"
	"kozamori/internal/notify"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// modelSent is a message as it was worded when a channel was first asked to take it.
type modelSent struct {
	record, delivery string
	key              string
	words            string
}

// keeps notes how a delivery is worded that is about to be handed over, and compares
// it with what it was if it was before.
func (m *model) keeps(lead *watch.Record, d *watch.Delivery) {
	words, ok := m.words(lead, d)
	if !ok {
		return
	}
	key := keyOf(lead, d)
	if was, again := m.handed[key]; again {
		m.sameWords(was, words)
		return
	}
	m.handed[key] = modelSent{lead.ID, d.ID, key, words}
}

func (m *model) sameWords(was modelSent, words string) {
	if was.words == words || m.has.newer != nil || m.named.editions != nil { // which change everything: see sameBytes
		return
	}
	m.errorf("%s of %s would be sent again with other words at %v: %s", was.delivery, was.record, m.Now(), cmp.Diff(indented(was.words), indented(words)))
	was.words = words
	m.handed[was.key] = was // once
}

func indented(s string) (v any) {
	if json.Unmarshal([]byte(s), &v) != nil {
		return s
	}
	return v
}

// words are those of a delivery, as it would be sent now.
func (m *model) words(lead *watch.Record, d *watch.Delivery) (string, bool) {
	ctx := context.Background()
	a, err := m.store.Account(ctx, lead.Account)
	if err != nil {
		m.t.Fatal(err)
	}
	w, ok := a.Watcher(d.Watcher)
	if !ok {
		return "", false
	}
	own := *w
	own.Several = d.Several
	ch, err := app.Channels().Get(d.Channel)
	if err != nil {
		m.t.Fatal(err)
	}
	msg, err := m.composer().Message(ctx, lead, d, &own, &ch)
	if err != nil {
		return "", false // it is not sent again
	}
	b, err := json.Marshal(msg)
	if err != nil {
		m.t.Fatal(err)
	}
	return string(b), true
}

func (m *model) composer() *notify.Composer {
	keys, err := token.NewKeys(token.Key{ID: "a", Secret: make([]byte, token.MinKey)})
	if err != nil {
		m.t.Fatal(err)
	}
	return &notify.Composer{Store: m.store, Names: app.NewNames(m.store, m.Now), Tokens: keys, BaseURL: "https://kozamori.example"}
}

// checkAgain words each message again that a channel was asked to take, as long as it
// might be tried: what has happened since changes none of them.
func (m *model) checkAgain() {
	for _, ref := range modelAccounts {
		for _, r := range m.records(ref) {
			for i := range r.Deliveries {
				d := &r.Deliveries[i]
				if d.Channel == watch.Bank || m.Now().Sub(d.CreatedAt) > 20*time.Hour {
					continue
				}
				if was, ok := m.handed[keyOf(r, d)]; ok {
					if words, ok := m.words(r, d); ok {
						m.sameWords(was, words)
					}
				}
			}
		}
	}
}

func keyOf(r *watch.Record, d *watch.Delivery) string {
	if d.Channel == watch.LINE {
		return d.RetryKey(r.ID)
	}
	return d.FeedbackKey(r.ID) + " " + strconv.Itoa(d.Take)
}

// mailed notes that a mail is handed over, by the key of its delivery.
func (m *model) mailed(key string, body []byte) {
	if r, d := m.sent(func(r *watch.Record, d *watch.Delivery) bool {
		return d.Channel == watch.Email && d.FeedbackKey(r.ID) == key
	}); d != nil {
		m.keeps(r, d)
		m.sameBytes(keyOf(r, d), body)
	}
	if _, again := m.first[key]; !again {
		m.first[key] = m.Now()
	}
}

// checkLate compares, where nothing failed, when something was recorded with
// when it was told.
func (m *model) checkLate(lead *watch.Record, w *watch.Watcher, t told) {
	if m.has != (troubles{}) || w.Role != watch.Owner {
		return
	}
	for _, s := range lead.SaidBy(t.d) {
		p, ok := lead.Part(s.Record)
		if p.Amount == 1 || m.began(p) == 1 {
			continue // it was silent until a report, or until more was taken
		}
		if ok && s.Was == nil && t.d.Channel == watch.LINE && t.at.Sub(p.RecordedAt) > 6*time.Second {
			m.errorf("%s hears of %s after %v", w.ID, p.Txn, t.at.Sub(p.RecordedAt))
		}
	}
}
