package chat

import (
	"context"

	"kozamori/internal/lookback"
	"kozamori/internal/membership"
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
	return say(wording.Pasted(wording.PastedFacts{Lang: lang, Lines: t.Pasted.Lines, Services: t.looked(t.Pasted.Services(), lang)})), nil
}

// looked are sums as they are told.
func (t *talk) looked(sums []lookback.Sum, lang watch.Lang) (out []wording.LookedService) {
	for i := range sums {
		s := &sums[i]
		name, _ := t.Names.Service(s.Service, lang)
		looked := wording.LookedService{Name: name, First: s.First, Last: s.Last, Count: s.Count, Total: s.Total, Largest: s.Largest, Doubtful: s.Doubtful, At: t.at()}
		for _, c := range lookback.Claims(s, t.at()) {
			looked.Claims = append(looked.Claims, wording.ClaimFact{Days: c.Days, FromLoss: c.Since == "loss", Until: c.Until, Over: c.Over, AsOf: c.AsOf})
		}
		out = append(out, looked)
	}
	return out
}

// file answers a file with what payment services took by it, and with the page on which
// its rows are shown and ticked: a file that is sent here may be anybody's, and nothing
// of it is kept before its owner saw it. What is too large, no text, or cannot be looked
// through now is the page's alone.
func (t *talk) file(ctx context.Context) (plan, error) {
	list, _, err := t.accounts(ctx)
	if err != nil {
		return plan{}, err
	}
	f := t.Event.File
	brief := t.brief(ctx, list)
	return t.door(ctx, wording.CmdSettings, func(lang watch.Lang, link string) message.Message {
		if brief == nil {
			return wording.FileSent(lang, link, f.Bytes, f.Ending)
		}
		return wording.FileLooked(wording.FileFacts{Lang: lang, Link: link, Fault: wording.FileFault(brief.Fault), First: brief.First, Last: brief.Last,
			Rows: brief.Rows, Unread: brief.Unread, Misfits: brief.Misfits, Services: t.looked(brief.Services, lang)})
	})
}

// brief fetches a file and has it looked through; nil if it is not. Whose bank's it is
// can be told where the person watches accounts of one bank alone.
func (t *talk) brief(ctx context.Context, list []membership.Bound) *lookback.Brief {
	f := t.Event.File
	if t.Look == nil || len(list) == 0 || f.ID == "" || !wording.FileReadable(f.Bytes, f.Ending) {
		return nil
	}
	data, err := t.LINE.Content(ctx, f.ID, wording.MaxFileMB<<20)
	if err != nil {
		t.Logger.WarnContext(ctx, "a file of the chat cannot be fetched", "event", t.Event.ID, "err", err)
		return nil
	}
	bank := list[0].Account.Bank
	for _, b := range list {
		if b.Account.Bank != bank {
			bank = ""
		}
	}
	brief, err := t.Look(ctx, bank, data)
	if err != nil {
		t.Logger.WarnContext(ctx, "a file of the chat cannot be looked through", "event", t.Event.ID, "err", err)
		return nil
	}
	return brief
}
