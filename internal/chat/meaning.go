package chat

import (
	"context"
	"time"

	"kozamori/internal/button"
	"kozamori/internal/history"
	"kozamori/internal/membership"
	"kozamori/internal/message"
	"kozamori/internal/phrase"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// meanings are what the chat does for each meaning of a phrase. None of them
// changes anything: what acts is a button that says what it will do.
func meanings() map[phrase.Meaning]func(*talk, context.Context) (plan, error) {
	return map[phrase.Meaning]func(*talk, context.Context) (plan, error){
		phrase.Dispute:  (*talk).denied,
		phrase.Mine:     (*talk).list,
		phrase.Undo:     (*talk).takeBack,
		phrase.Stop:     (*talk).stopMoney,
		phrase.Help:     (*talk).trouble,
		phrase.Phone:    (*talk).numbers,
		phrase.Balance:  (*talk).noBalance,
		phrase.Settings: (*talk).settings,
		phrase.Pause:    (*talk).askPause,
		phrase.Leave:    (*talk).askLeave,
		phrase.Family:   (*talk).family,
		phrase.History:  (*talk).recent,
		phrase.Connect:  (*talk).connect,
		phrase.Guide:    (*talk).guide,
		phrase.Thanks:   (*talk).welcomed,
	}
}

// takeBack shows the person's latest answer that can be changed: a report with
// the way to take it back, "mine" with the way to report it after all.
func (t *talk) takeBack(ctx context.Context) (plan, error) {
	accounts, lang, err := t.accounts(ctx)
	if err != nil {
		return plan{}, err
	}
	id, err := t.lastAnswered(ctx, accounts)
	switch {
	case err != nil:
		return plan{}, err
	case id == "":
		return say(wording.NothingToTakeBack(lang, int(watch.OpenFor/(24*time.Hour)))), nil
	}
	return t.ask(ctx, button.Press{Record: id})
}

// stopMoney says what stops money now, and offers what waits for an answer to
// be reported.
func (t *talk) stopMoney(ctx context.Context) (plan, error) {
	accounts, lang, err := t.accounts(ctx)
	if err != nil {
		return plan{}, err
	}
	help, err := t.help(ctx, accounts, lang)
	if err != nil {
		return plan{}, err
	}
	p := say(wording.StopMoney(help))
	f, err := t.open(ctx, accounts, lang)
	if err != nil {
		return p, err
	}
	if len(f.Items) > 0 {
		p.say = []message.Message{wording.OpenIncidents(f), p.say[0]} // the last is what is in sight
	}
	offers, err := t.stops(ctx, accounts, lang)
	if err == nil && len(offers) > 0 {
		p.say = append(p.say, wording.StopOffers(lang, offers))
	}
	return p, err
}

// numbers says whom to call.
func (t *talk) numbers(ctx context.Context) (plan, error) {
	accounts, lang, err := t.accounts(ctx)
	if err != nil {
		return plan{}, err
	}
	help, err := t.help(ctx, accounts, lang)
	return say(wording.WhomToCall(help)), err
}

func (t *talk) noBalance(ctx context.Context) (plan, error) {
	lang, err := t.lang(ctx)
	return say(wording.NoBalance(lang)), err
}

func (t *talk) welcomed(ctx context.Context) (plan, error) {
	lang, err := t.lang(ctx)
	return say(wording.Welcomed(lang)), err
}

// lastAnswered is the incident of the person's accounts that was answered last;
// empty if none was.
func (t *talk) lastAnswered(ctx context.Context, accounts []membership.Bound) (string, error) {
	var last *watch.Record
	for _, b := range accounts {
		alerts, _, err := history.Alerts(ctx, t.Store, b, t.at().Add(-watch.OpenFor), time.Time{}, openMost, openLook)
		if err != nil {
			return "", err
		}
		for _, a := range alerts {
			for _, g := range a.Groups {
				if r := g.Record; r.Answered() && (last == nil || r.Answer.At.After(last.Answer.At)) {
					last = r
				}
			}
		}
	}
	if last == nil {
		return "", nil
	}
	return last.ID, nil
}
