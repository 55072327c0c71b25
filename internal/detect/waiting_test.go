package detect_test

import (
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

// rules changes what the owner wants to be told.
func (h *house) rules(change func(*watch.Rules)) {
	h.Change(h.key, func(a *watch.Account) { change(&a.Watchers[0].Rules) })
}

// plain are rules that say nothing of a debit but that a service took it, unless
// several come together or after a new link.
func plain() watch.Rules {
	return watch.Rules{NewLink: true, ServiceMin: 1, AfterNewLink: true, Burst: true}
}

// states lists the deliveries of a record: "alert held, alert cancelled".
func states(r *watch.Record) (out []string) {
	for _, d := range r.Deliveries {
		out = append(out, string(d.Kind)+" "+string(d.State))
	}
	return out
}

// What waits for the end of quiet hours says then what is true; it is not sent
// if nothing is left to say.
func TestWhatWaitsForTheMorningWaitsOnce(t *testing.T) {
	quiet := &watch.Quiet{From: 14 * 60, To: 15 * 60} // it is 14:06 in Japan
	end := time.Date(2020, 10, 3, 6, 0, 0, 0, time.UTC)
	first := say("debit", "a", "t", time.Minute, 3000, pending)
	for name, c := range map[string]struct {
		then jsontext.Value
		want []string
	}{
		"nothing new":         {first, []string{"alert held"}},
		"it is posted":        {say("debit", "b", "t", time.Minute, 3000, ""), []string{"alert held"}},
		"it is raised":        {say("debit", "b", "t", time.Minute, 7000, ""), []string{"alert held"}},
		"some of it is back":  {say("debit.reversed", "b", "t", 0, 1000, ""), []string{"alert held"}},
		"all of it is undone": {say("debit.reversed", "b", "t", 0, 0, ""), []string{"alert cancelled"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.rules(func(r *watch.Rules) { *r = plain(); r.Quiet = quiet })
			h.send(t, first)
			h.send(t, c.then)
			rs := h.history(t)
			if len(rs) != 1 {
				t.Fatalf("%d records", len(rs))
			}
			if got := states(rs[0]); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
			if due := rs[0].Due; due.IsZero() != (c.want[0] == "alert cancelled") || !due.IsZero() && !due.Equal(end) {
				t.Errorf("due at %s", due)
			}
			if jobs := h.deliveries(t); len(jobs) != 0 {
				t.Errorf("in quiet hours %v is queued", jobs)
			}
		})
	}
}

// An undoing that comes before what it undoes is kept until that comes, though
// neither comes twice.
func TestAnUndoingThatComesFirstIsNotForgotten(t *testing.T) {
	for name, c := range map[string]struct {
		first, then jsontext.Value
		kind        watch.Kind
		told        string
	}{
		"a debit that had come back":       {say("debit.reversed", "b", "t", time.Minute, 0, ""), say("debit", "a", "t", 2*time.Minute, 3000, ""), watch.Debit, "alert 3000"},
		"a debit of which a part was back": {say("debit.reversed", "b", "t", time.Minute, 500, ""), say("debit", "a", "t", 2*time.Minute, 3000, ""), watch.Debit, "alert 3000 back 500"},
		"a link that had been removed":     {say("charge_link.removed", "b", "t", time.Minute, 0, `,"service":"paypay"`), say("charge_link.registered", "a", "t", 2*time.Minute, 0, `,"service":"paypay"`), watch.LinkRegistered, "alert 0"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.send(t, c.first)
			if rs := h.history(t); len(rs) != 0 && (rs[0].Complete || rs[0].IsAlert()) || len(h.deliveries(t)) != 0 {
				t.Fatalf("the undoing alone is told: %+v", rs)
			}
			h.send(t, c.then)
			rs := h.history(t)
			if len(rs) != 1 || !rs[0].Complete || rs[0].Kind != c.kind || told(rs[0], rs) != c.told {
				t.Fatalf("%d records, the newest %+v, told %q", len(rs), rs[0], told(rs[0], rs))
			}
			if undone := rs[0].Returned == 0; undone == rs[0].UndoneAt.IsZero() {
				t.Errorf("undone at %s, %d came back", rs[0].UndoneAt, rs[0].Returned)
			}
		})
	}
}

// Words are looked for in the text as the catalogue folds it, for each of
// those who have any.
func TestAWordIsFoundHoweverTheBankWritesIt(t *testing.T) {
	for text, want := range map[string]bool{"ﾔﾁﾝ 10ｶﾞﾂ": true, "ヤチン": true, "ｶﾞｽ": false} {
		h := newHouse(t)
		h.Change(h.key, func(a *watch.Account) {
			g := a.Watchers[0]
			g.ID, g.Rules = "w2", watch.Rules{Keywords: []string{"ヤチン"}}
			a.Watchers = append(a.Watchers, g)
		})
		h.send(t, say("debit", "a", "t", time.Minute, 80000, `,"descriptor":"`+text+`"`))
		rs := h.history(t)
		if (len(rs) == 1) != want {
			t.Errorf("%q: %d records, want one: %v", text, len(rs), want)
			continue
		}
		if want && (len(rs[0].Notices) != 1 || rs[0].Notices[0].Watcher != "w2" || rs[0].Notices[0].Reasons != watch.Because(watch.Keyword)) {
			t.Errorf("%q: %+v", text, rs[0].Notices)
		}
	}
}
