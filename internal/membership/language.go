package membership

import (
	"context"
	"errors"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// Speak makes a language that of a person and of every account that they
// watch. It may be repeated.
func (d *Service) Speak(ctx context.Context, lineUser string, lang watch.Lang) error {
	for b, err := range d.Store.Bindings(ctx, lineUser) {
		if err != nil {
			return err
		}
		if err := d.speakOf(ctx, lineUser, b.Account, lang); err != nil {
			return err
		}
	}
	_, err := d.Store.UpdatePerson(ctx, lineUser, func(p *store.Person) error {
		d.stranger(p)
		p.Lang = lang
		return nil
	})
	return err
}

func (d *Service) speakOf(ctx context.Context, lineUser string, k watch.AccountKey, lang watch.Lang) error {
	return store.Retry(ctx, func() error {
		a, err := d.Store.Account(ctx, k)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		w, ok := a.WatcherOf(lineUser)
		if !ok || w.Lang == lang {
			return nil
		}
		w.Lang = lang
		return d.Store.Write(ctx, store.PutAccount(a))
	})
}

// LanguageChanged says that a person chose another language, which the menu
// under their chat is to follow. What says so comes after the choice is kept:
// if it is lost, the next thing that they do in the chat makes good for it.
func (d *Service) LanguageChanged(ctx context.Context, lineUser string) error {
	return d.tell(ctx, []watch.News{{Kind: watch.NewsLanguage, To: watch.NewsTo{LineUser: lineUser}}})
}
