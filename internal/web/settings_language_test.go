package web_test

import (
	"context"
	"strings"
	"testing"

	"kozamori/internal/membership"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestALanguageThatIsSavedIsThePersonsWhicheverAccountItWasSavedFor(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	first := watch.AccountKey{Bank: account.Bank, Ref: "first"}
	w.put(store.PutAccount(&watch.Account{AccountKey: first, Mask: "普通 ***1111", Watchers: []watch.Watcher{{ID: "w2", Role: watch.Owner, LineUser: "U1",
		Lang: watch.Japanese, Since: w.now().AddDate(-9, 0, 0), Rules: watch.DefaultRules(), Channels: []watch.Channel{{Kind: watch.LINE}}}}}),
		store.PutBinding("U1", store.Binding{OnAccount: watch.On(first), Watcher: "w2"}))
	w.change(func(a *watch.Account) { a.Watchers[0].Since = w.now() })
	b, home := w.login("U1", watch.Japanese)
	_, second, _ := strings.Cut(home.body, "***1111")
	room := w.srv.URL + (page{body: second}).room(t)
	b.send(b.open(room+"/settings"), wording.DoSave, "lang", "en").says(t, 200, "Saved.", "It applies to all accounts you watch")
	b.open(w.srv.URL+"/home").says(t, 200, `lang="en"`, "Accounts you watch")
	members := &membership.Service{Store: w.store, Keys: w.keys, Now: w.now, Logger: w.logger}
	list, err := members.Accounts(ctx, "U1")
	if err != nil || len(list) != 2 {
		t.Fatalf("%d accounts, %v", len(list), err)
	}
	for _, x := range list {
		if x.Watcher.Lang != watch.English {
			t.Errorf("%s speaks %s", x.Account.Ref, x.Watcher.Lang)
		}
	}
	if p, err := w.store.Person(ctx, "U1"); err != nil || p.Lang != watch.English {
		t.Errorf("once all accounts are left, the chat speaks %q, %v", p.Lang, err)
	}
}
