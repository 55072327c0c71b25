package membership

import (
	"context"
	"errors"

	"kozamori/internal/settings"
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
		err = settings.New(d.Store, d.Queue).Speak(ctx, b.Account, settings.Who{LineUser: lineUser}, lang)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
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

// LanguageChanged says that a person chose another language, which the menu
// under their chat is to follow. What says so comes after the choice is kept:
// if it is lost, the next thing that they do in the chat makes good for it.
func (d *Service) LanguageChanged(ctx context.Context, lineUser string) error {
	if watch.ByMail(lineUser) {
		return nil // there is no chat
	}
	return d.news().Tell(ctx, []watch.News{{Kind: watch.NewsLanguage, To: watch.NewsTo{LineUser: lineUser}}})
}
