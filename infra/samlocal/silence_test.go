package samlocal_test

import (
	"context"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// toldOfSilence has a bank silent for seven hours, and heard again.
func toldOfSilence(ctx context.Context, w *town) error {
	user, err := w.person("silence")
	if err != nil {
		return err
	}
	k, f := watch.AccountKey{Bank: "9876", Ref: "acc_silence"}, &store.Feed{Bank: "9876", LastEvent: time.Now().Add(-7 * time.Hour)}
	a := &watch.Account{AccountKey: k, Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: user, Lang: watch.Japanese, Since: time.Now(),
		Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()}}}
	if err := w.store.Write(ctx, store.PutBank(&store.Bank{Code: "9876", Name: "見本銀行", SilentAfter: time.Hour}), store.PutFeed(f), store.PutAccount(a),
		store.PutBinding(user, store.Binding{OnAccount: watch.On(k), Watcher: "w1"})); err != nil {
		return err
	}
	shows := func(says string) error {
		for range 2 { // the first look begins the round, the second goes it
			if err := w.Tick(ctx); err != nil {
				return err
			}
		}
		return w.shows(user, says)
	}
	if err := shows("見本銀行からの連絡が"); err != nil {
		return err
	}
	if f, err = w.store.Feed(ctx, "9876"); err != nil {
		return err
	}
	f.LastEvent, f.SilentSince = time.Now().Truncate(time.Minute), time.Time{}
	if err := w.store.Write(ctx, store.PutFeed(f)); err != nil {
		return err
	}
	return shows("また届き始めました")
}
