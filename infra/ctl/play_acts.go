package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"kozamori/internal/watch"
)

// joins makes a person who watches the play's account over LINE alone.
func (p *player) joins(ctx context.Context) error {
	var made struct{ ID string }
	if err := p.ask(ctx, http.MethodPost, "/sim/line/users", map[string]any{"name": "見本 " + p.ref[len(p.ref)-4:], "lang": "ja"}, &made); err != nil {
		return err
	}
	p.user = made.ID
	if err := p.does(ctx, "follow", nil); err != nil {
		return err
	}
	var issued struct{ Code string }
	body, err := json.Marshal(map[string]string{"account_ref": p.ref, "account_mask": "普通 ***0000"})
	if err != nil {
		return err
	}
	if err := p.calls(ctx, http.MethodPost, "/codes", body, &issued); err != nil {
		return err
	}
	if err := p.does(ctx, "say", map[string]string{"text": issued.Code}); err != nil {
		return err
	}
	return p.until(ctx, "a watcher of the account", func() (bool, error) {
		var who struct{ Watchers []any }
		err := p.calls(ctx, http.MethodGet, "/accounts/"+p.ref+"/watchers", nil, &who)
		return len(who.Watchers) > 0, err
	})
}

// does has the person do something in the chat.
func (p *player) does(ctx context.Context, what string, with any) error {
	if with == nil {
		with = struct{}{}
	}
	return p.ask(ctx, http.MethodPost, "/sim/line/users/"+p.user+"/"+what, with, nil)
}

// button finds a button by what it does, in what the person was sent last.
var button = regexp.MustCompile(`"data":"(a=(\w+)[^"]*)"`)

// presses has the person press the newest button that does something.
func (p *player) presses(ctx context.Context, what string) error {
	data := ""
	if err := p.until(ctx, "the button "+what, func() (bool, error) {
		var sent struct{ Messages []json.RawMessage }
		if err := p.ask(ctx, http.MethodGet, "/sim/line/messages", nil, &sent); err != nil {
			return false, err
		}
		for _, m := range sent.Messages {
			if !strings.Contains(string(m), p.user) {
				continue
			}
			for _, b := range button.FindAllStringSubmatch(string(m), -1) {
				if b[2] == what {
					if err := json.Unmarshal([]byte(`"`+b[1]+`"`), &data); err != nil {
						return false, err
					}
				}
			}
		}
		return data != "", nil
	}); err != nil {
		return err
	}
	return p.does(ctx, "tap", map[string]string{"data": data, "display": what})
}

// disputes has a debit reported.
func (p *player) disputes(ctx context.Context) error {
	if err := p.joins(ctx); err != nil {
		return err
	}
	if err := p.sends(ctx, p.debit("txn_"+p.ref, 0)); err != nil {
		return err
	}
	return p.presses(ctx, "notmine")
}

// updates has a part of a reported debit given back.
func (p *player) updates(ctx context.Context) error {
	if err := p.disputes(ctx); err != nil {
		return err
	}
	if err := p.until(ctx, "a callback dispute.opened", func() (bool, error) {
		var list struct{ Disputes []any }
		err := p.calls(ctx, http.MethodGet, "/disputes?account_ref="+p.ref, nil, &list)
		return len(list.Disputes) > 0, err
	}); err != nil {
		return err
	}
	return p.sends(ctx, p.event("debit.reversed", "txn_"+p.ref, map[string]any{"amount": 10000, "currency": "JPY"}))
}

// withdraws has a report taken back.
func (p *player) withdraws(ctx context.Context) error {
	if err := p.disputes(ctx); err != nil {
		return err
	}
	return p.presses(ctx, "undo")
}

// blocks has a debit told to a person whom nothing reaches.
func (p *player) blocks(ctx context.Context) error {
	if err := p.joins(ctx); err != nil {
		return err
	}
	if err := p.does(ctx, "block", nil); err != nil {
		return err
	}
	return p.sends(ctx, p.debit("txn_"+p.ref, 0))
}

// beats sends a body that is no list of events, with members of its own.
func (p *player) beats(ctx context.Context, members map[string]any) error {
	body := map[string]any{"events": []any{}, "heartbeat": map[string]any{}}
	for name, v := range members {
		body[name] = v
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = p.postBody(ctx, playBank, raw)
	return err
}

func (p *player) silences(ctx context.Context) error {
	if err := p.beats(ctx, map[string]any{"heartbeat": map[string]any{"next_within_seconds": 60}}); err != nil {
		return err
	}
	return p.pass(ctx, 5)
}

func (p *player) returns(ctx context.Context) error {
	if err := p.silences(ctx); err != nil {
		return err
	}
	if err := p.beats(ctx, nil); err != nil {
		return err
	}
	return p.pass(ctx, 1)
}

func (p *player) leavesOut(ctx context.Context) error {
	for _, n := range []int{1, 3} {
		if err := p.beats(ctx, map[string]any{"feed": p.ref, "sequence": n}); err != nil {
			return err
		}
	}
	return p.pass(ctx, 5)
}

func (p *player) fills(ctx context.Context) error {
	if err := p.leavesOut(ctx); err != nil {
		return err
	}
	if err := p.beats(ctx, map[string]any{"feed": p.ref, "sequence": 2}); err != nil {
		return err
	}
	return p.pass(ctx, 1)
}

// inAnHour is enough debits of an hour for their lags to be judged.
const inAnHour = 20

// debits sends so many of an account that has no watcher, and what has their counts
// written, which is done once a minute.
func (p *player) debits(ctx context.Context, ago time.Duration) error {
	var all []json.RawMessage
	for i := range inAnHour {
		all = append(all, p.debit(fmt.Sprintf("txn_%s_%d_%d", p.ref, p.events, i), ago))
	}
	if err := p.sends(ctx, all...); err != nil {
		return err
	}
	if err := p.pass(ctx, 2); err != nil {
		return err
	}
	return p.beats(ctx, nil)
}

// lags has debits come late. An hour of the day at which they were late before, as in a
// play of the days before, says nothing: another one does.
func (p *player) lags(ctx context.Context) error {
	for range 8 {
		if err := p.lagsAt(ctx, p.now().Add(3*time.Hour).In(watch.JST).Format("15")+":10"); err != nil {
			return err
		}
		var feed struct {
			Late time.Time `json:"late_since"`
		}
		if err := p.calls(ctx, http.MethodGet, "/feed?hours=1", nil, &feed); err != nil || !feed.Late.IsZero() {
			return err
		}
	}
	return errors.New("debits that come late at every hour of the day are what is usual here by now; let some weeks pass, or begin with -fresh")
}

// lagsAt has debits come on time at a time of day, and a day later an hour late. What is
// usual is learnt of an hour in which nothing was missing, once it is over.
func (p *player) lagsAt(ctx context.Context, clock string) error {
	if err := p.beats(ctx, nil); err != nil {
		return err
	}
	if err := p.passTo(ctx, clock); err != nil {
		return err
	}
	if err := p.debits(ctx, 0); err != nil {
		return err
	}
	for _, hours := range []int{2, 22} {
		if err := p.pass(ctx, hours*60); err != nil {
			return err
		}
	}
	if err := p.debits(ctx, time.Hour); err != nil {
		return err
	}
	return p.pass(ctx, 15) // an hour that has just begun is not judged
}

func (p *player) catchesUp(ctx context.Context) error {
	if err := p.lags(ctx); err != nil {
		return err
	}
	return p.pass(ctx, 60)
}

// attempts has attempts to link refused at twelve accounts.
func (p *player) attempts(ctx context.Context) error {
	var all []json.RawMessage
	for i := range 12 {
		all = append(all, p.event("charge_link.refused", fmt.Sprintf("att_%s_%d", p.ref, p.events),
			map[string]any{"service": "paypay", "route": "web_kouza_furikae", "reason": "pin", "account_ref": fmt.Sprintf("%s_%d", p.ref, i)}))
	}
	return p.sends(ctx, all...)
}

// days lets days pass, in each of which a suspicion can end, which is looked at once an
// hour.
func (p *player) days(ctx context.Context, n int) error {
	for range n {
		if err := p.passTo(ctx, "07:00"); err != nil {
			return err
		}
	}
	return nil
}

// attacks has attempts refused after a week that was counted, and in which an older
// suspicion has ended.
func (p *player) attacks(ctx context.Context) error {
	if err := p.attempts(ctx); err != nil {
		return err
	}
	if err := p.days(ctx, 9); err != nil {
		return err
	}
	if err := p.attempts(ctx); err != nil {
		return err
	}
	return p.pass(ctx, 5)
}

func (p *player) rests(ctx context.Context) error {
	if err := p.attacks(ctx); err != nil {
		return err
	}
	return p.days(ctx, 4)
}
