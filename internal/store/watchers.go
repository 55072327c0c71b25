package store

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"kozamori/internal/watch"
)

// WatcherParts is how many partitions of the history index the people of one bank are
// spread over. Their bindings stand there, so that whatever makes or ends a binding
// keeps the list; a binding of a version before stands there once it was settled
// (SettleBinding).
const WatcherParts = 16

// MaxWatchersPage is how many people one page of BankWatchers may hold.
const MaxWatchersPage = 500

func watchersPK(bank string, part int) string { return "WATCH#" + bank + "#" + strconv.Itoa(part) }

// WatcherPart is the part in which a person stands at every bank.
func WatcherPart(lineUser string) int { return int(hashOf(lineUser) % WatcherParts) }

// watching is where a binding stands in the list of its bank's watchers: all of a
// person next to each other.
func watching(lineUser string, k watch.AccountKey) Key {
	return Key{watchersPK(k.Bank, WatcherPart(lineUser)), lineUser + "#" + accountPK(k)}
}

// BankWatcher is a person and the accounts of one bank that they watch.
type BankWatcher struct {
	LineUser string
	Bindings []Binding
}

// watcherItems are bindings as the history index has them.
var watcherItems = as(func(k Key) bool { return strings.HasPrefix(k.PK, Bound) && isBinding(k) }, bindings,
	func(b *Binding, it Item) { b.Version = it.Version })

// BankWatchers is a page of the people of a bank's part (0 to WatcherParts-1), up to
// limit (1 to MaxWatchersPage) of them, in the order of LineUser, each with all accounts
// of the bank that they watch. It begins behind the person after, or with the first; next
// is the after of the next page, empty on the last. The list may lag behind by a moment:
// Watches reads which of it is true.
func (s *Store) BankWatchers(ctx context.Context, bank string, part int, after string, limit int) (people []BankWatcher, next string, err error) {
	q := Query{Index: History, PK: watchersPK(bank, part), Limit: min(2*limit, MaxLimit)}
	if after != "" {
		q.From = after + "#~" // behind all accounts of theirs
	}
	for {
		page, err := s.Query(ctx, q)
		if err != nil {
			return nil, "", err
		}
		for _, it := range page.Items {
			if !watcherItems.is(it.Key) {
				continue
			}
			who := strings.TrimPrefix(it.PK, Bound)
			if n := len(people); n == 0 || people[n-1].LineUser != who {
				if n == limit {
					return people, people[n-1].LineUser, nil
				}
				people = append(people, BankWatcher{LineUser: who})
			}
			b, err := watcherItems.decode(it)
			if err != nil {
				return nil, "", err
			}
			last := &people[len(people)-1]
			last.Bindings = append(last.Bindings, *b)
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return people, "", nil
		}
	}
}

// Watch is an account that a person watches, and as whom.
type Watch struct {
	Account *watch.Account
	As      *watch.Watcher
}

// Watches reads what people of a bank watch now, by LineUser. A person who left
// meanwhile is left out, as is an account that cannot be read: it must not keep the
// others from being told.
func (s *Store) Watches(ctx context.Context, people []BankWatcher) (map[string][]Watch, error) {
	var keys []watch.AccountKey
	for i := range people {
		for j := range people[i].Bindings {
			keys = append(keys, people[i].Bindings[j].Account)
		}
	}
	accounts, err := s.readable(ctx, keys)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]Watch, len(people))
	for i := range people {
		for j := range people[i].Bindings {
			b := &people[i].Bindings[j]
			a := accounts[b.Account]
			if a == nil {
				continue
			}
			if w, ok := a.Watcher(b.Watcher); ok && w.LineUser == people[i].LineUser {
				out[w.LineUser] = append(out[w.LineUser], Watch{a, w})
			}
		}
	}
	return out, nil
}

// readable are those of some accounts that there are and that can be read.
func (s *Store) readable(ctx context.Context, keys []watch.AccountKey) (map[watch.AccountKey]*watch.Account, error) {
	without := func(watch.AccountKey) bool { return false }
	accounts, _, err := s.Accounts(ctx, keys, without)
	var bad *UnreadableError
	if !errors.As(err, &bad) {
		return accounts, err
	}
	accounts = make(map[watch.AccountKey]*watch.Account, len(keys))
	for _, k := range keys { // it is rare, and each is read by itself
		one, _, err := s.Accounts(ctx, []watch.AccountKey{k}, without)
		if err != nil && !errors.As(err, &bad) {
			return nil, err
		}
		if a := one[k]; a != nil {
			accounts[k] = a
		}
	}
	return accounts, nil
}

// Bound is what the partitions begin with in which bindings are.
const Bound = "U#"

// SettleBinding puts a binding that a version before wrote into the list of its bank's
// watchers; false if it stands there, or is no binding.
func (s *Store) SettleBinding(ctx context.Context, k Key) (settled bool, err error) {
	if !watcherItems.is(k) {
		return false, nil
	}
	err = Retry(ctx, func() error {
		items, err := s.Get(ctx, k)
		if err != nil {
			return err
		}
		it, ok := items[k]
		if !ok || it.History != (Key{}) {
			return nil // it is gone, or another writer listed it
		}
		b, err := watcherItems.decode(it)
		if err != nil {
			return err
		}
		w := PutBinding(strings.TrimPrefix(k.PK, Bound), *b)
		w.If = At(it.Version)
		settled = true
		return s.Write(ctx, w)
	})
	return settled && err == nil, err
}
