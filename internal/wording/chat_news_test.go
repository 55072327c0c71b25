package wording

import (
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

func TestNewsOfGuardians(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		f := GuardianFacts{Lang: lang, Account: ChatAccount{BankName: map[watch.Lang]string{watch.Japanese: "七十七銀行", watch.English: "77 Bank"}[lang], Mask: "普通 ***4567"}}
		hidden, named := f, f
		hidden.HideAmount, named.Name = true, "長女"
		for name, m := range map[string]message.Message{
			"chat-amounts-shown": AmountsChanged(f), "chat-amounts-hidden": AmountsChanged(hidden), "chat-guardian-again": GuardianAgain(named),
			"chat-forgotten": Forgotten(f), "chat-speaking": Speaking(lang), "chat-dismissed": Dismissed(f), "chat-watch-ended": WatchEnded(f, false), "chat-watch-erased": WatchEnded(f, true),
		} {
			golden(t, name, lang, show(m))
		}
	}
}
