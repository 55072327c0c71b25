package chat

import (
	"context"

	"kozamori/internal/lookback"
	"kozamori/internal/message"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// pasted tells what payment services took by lines that a person pasted.
func (t *talk) pasted(ctx context.Context) (plan, error) {
	lang, err := t.lang(ctx)
	if err != nil {
		return plan{}, err
	}
	f := wording.PastedFacts{Lang: lang, Lines: t.Pasted.Lines}
	for _, s := range t.Pasted.Services() {
		name, _ := t.Names.Service(s.Service, lang)
		looked := wording.LookedService{Name: name, First: s.First, Last: s.Last, Count: s.Count, Total: s.Total, Largest: s.Largest, Doubtful: s.Doubtful, At: t.at()}
		for _, c := range lookback.Claims(&s, t.at()) {
			looked.Claims = append(looked.Claims, wording.ClaimFact{Days: c.Days, FromLoss: c.Since == "loss", Until: c.Until, Over: c.Over, AsOf: c.AsOf})
		}
		f.Services = append(f.Services, looked)
	}
	return say(wording.Pasted(f)), nil
}

// file answers a file. It is not fetched: the page that looks through statements
// takes it, and shows what comes of it to its owner alone.
func (t *talk) file(ctx context.Context) (plan, error) {
	f := t.Event.File
	return t.door(ctx, wording.CmdSettings, func(lang watch.Lang, link string) message.Message {
		return wording.FileSent(lang, link, f.Bytes, f.Ending)
	})
}
