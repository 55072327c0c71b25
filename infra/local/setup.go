package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"kozamori/events"
	"kozamori/infra/richmenu"
	"kozamori/internal/catalog"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// setUp makes the banks tenants, tells where they listen now, and binds the
// samples' accounts to the phone the first time.
func (s *stack) setUp(ctx, work context.Context) error {
	for _, code := range codes {
		if err := s.tenant(ctx, code); err != nil {
			return fmt.Errorf("the bank %s cannot be set up: %w", code, err)
		}
	}
	if s.LINE == nil {
		return nil
	}
	if err := s.menus(ctx); err != nil {
		s.Logger.Warn("the phones get no menu yet", "err", err)
		s.working.Go(func() { s.menusLater(work) })
	}
	return s.bind(ctx)
}

const (
	menusTake = 5 * time.Second // after which a start goes on without them
	menusIn   = time.Minute     // after which they are tried again
)

// menusLater installs the menus once LINE answers.
func (s *stack) menusLater(ctx context.Context) {
	tick := time.NewTicker(menusIn)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if s.menus(ctx) == nil {
			return
		}
	}
}

// menus installs the menus and shows each phone its own.
func (s *stack) menus(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, menusTake)
	defer cancel()
	platform, err := s.System.Platform()
	if err != nil {
		return err
	}
	if _, err := richmenu.Install(ctx, platform, func(string, ...any) {}); err != nil {
		return err
	}
	// LINE here forgets menus when it stops: each phone shows its own again.
	people, err := s.System.Membership()
	if err != nil {
		return err
	}
	for _, u := range s.LINE.Users() {
		if err := people.LanguageChanged(ctx, u.ID); err != nil {
			return err
		}
	}
	return nil
}

func (s *stack) tenant(ctx context.Context, code string) error {
	callback := s.Page + "/sim/bank/" + code + "/callback"
	b, err := s.System.Store.Bank(ctx, code)
	if errors.Is(err, store.ErrNotFound) {
		known, _ := catalog.BankByCode(code)
		b, err = &store.Bank{Code: code, Name: known.NameJa, NameEn: known.NameEn}, nil
		if code == codes[0] { // the other one offers nothing to stop, as most banks today
			b.Controls = watch.ControlKinds()
		}
	}
	if err != nil {
		return err
	}
	login := s.Page + "/sim/bank/" + code + "/login"
	if s.LINE == nil {
		login = "" // no phone out there reaches it: accounts are connected by code
	}
	in, err := s.signIn(ctx, code, b.SignIn)
	if err != nil {
		return err
	}
	if b.Callback != callback || b.LinkURL != login || b.SignIn != in {
		b.Callback, b.LinkURL, b.SignIn = callback, login, in
		if err := s.System.Store.Write(ctx, store.PutBank(b)); err != nil {
			return err
		}
	}
	if _, err := s.System.Store.SettleReferences(ctx, code); err != nil { // of a version before
		return err
	}
	return s.renew(ctx, code)
}

// front gives a bank the login page from which customers connect accounts:
// the sample's and one more.
func (s *stack) front(b *sim.Bank) {
	known, _ := catalog.BankByCode(b.Code)
	account := events.Accounts[b.Code]
	b.Name, b.Dialog = known.NameJa, s.Page+lineAPI+"/dialog/bot/accountLink"
	b.Accounts = []sim.BankAccount{{Ref: account.Ref, Mask: account.Mask, Email: ownerMail}, {Ref: account.Ref + "_2", Mask: "貯蓄 ***2201"}}
}

// owner is whose phone the page shows.
var owner = sim.User{Name: "花子", Lang: "ja"}

const ownerMail = "hanako@example.jp"

// bind gives the phone its accounts by the way that customers go: the bank
// issues a code, the phone sends it.
func (s *stack) bind(ctx context.Context) error {
	user := s.LINE.AddUser(owner)
	for _, code := range codes {
		key := watch.AccountKey{Bank: code, Ref: events.Accounts[code].Ref}
		bound, err := s.bound(ctx, key, user)
		if err != nil {
			return err
		}
		if bound {
			friend := owner
			friend.Following = true // as they were when the stack stopped
			s.LINE.AddUser(friend)
			continue
		}
		if err := s.optIn(ctx, code, user); err != nil {
			return fmt.Errorf("the account at %s cannot be bound to the phone: %w", code, err)
		}
		if err := s.await(ctx, key, user); err != nil {
			return err
		}
	}
	return nil
}

// optIn lets the bank issue a code and the phone send it.
func (s *stack) optIn(ctx context.Context, code, user string) error {
	account := events.Accounts[code]
	body, err := json.Marshal(map[string]string{"account_ref": account.Ref, "account_mask": account.Mask, "email": ownerMail, "lang": "ja"})
	if err != nil {
		return err
	}
	a, err := s.Banks[code].IssueCode(ctx, body)
	if err != nil {
		return err
	}
	var issued struct{ Code string }
	if err := json.Unmarshal(a.Body, &issued); err != nil || a.Status != http.StatusCreated {
		return fmt.Errorf("no code was issued (%d)", a.Status)
	}
	for _, u := range s.LINE.Users() {
		if u.ID == user && !u.Following {
			if err := s.LINE.Follow(user); err != nil {
				return err
			}
		}
	}
	return s.LINE.Say(user, issued.Code)
}

func (s *stack) bound(ctx context.Context, k watch.AccountKey, user string) (bool, error) {
	a, err := s.System.Store.Account(ctx, k)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, ok := a.WatcherOf(user)
	return ok, nil
}

// await waits until a LINE user watches an account.
func (s *stack) await(ctx context.Context, k watch.AccountKey, user string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		_, wake := s.hub.listen() // before looking, so that no change is missed
		ok, err := s.bound(ctx, k, user)
		if ok || err != nil {
			return err
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return errors.New("the account was not bound in time; run with -v to see why")
		}
	}
}
