package wording

import (
	"testing"
	"unicode/utf8"

	"kozamori/internal/catalog"
	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// A button has room for its account, and both answers name it in one way.
func TestAButtonNamesItsAccountInItsRoom(t *testing.T) {
	for account, want := range map[string][2]string{ // to an owner, to a guardian
		"七十七銀行 普通 ***4567":              {"身に覚えがない 七十七銀行 ***4567|心当たりがある 七十七銀行 ***4567", "本人は身に覚えがない 七十七 ***4567|本人の利用です 七十七 ***4567"},
		"青森みちのく銀行 普通 ***4567":           {"身に覚えがない 青森みちのく ***4567|心当たりがある 青森みちのく ***4567", "本人は身に覚えがない 青森み…く 4567|本人の利用です 青森み…く 4567"},
		"PayPay銀行 ***4567":              {"身に覚えがない PayPay銀行 ***4567|心当たりがある PayPay銀行 ***4567", "本人は身に覚えがない PayPay ***4567|本人の利用です PayPay ***4567"},
		"七十七銀行":                         {"身に覚えがない 七十七銀行|心当たりがある 七十七銀行", "本人は身に覚えがない 七十七銀行|本人の利用です 七十七銀行"},
		"":                              {"身に覚えがない|心当たりがある", "本人は身に覚えがない|本人の利用です"},
		"Aomori Michinoku Bank ***4567": {"身に覚えがない Aomori M…oku ***4567|心当たりがある Aomori M…oku ***4567", "本人は身に覚えがない Aomor…oku 4567|本人の利用です Aomor…oku 4567"},
	} {
		for i, guardian := range []bool{false, true} {
			notMine, mine := answerLabels(watch.Japanese, guardian, account)
			if got := notMine.Label + "|" + mine.Label; got != want[i] {
				t.Errorf("%s: %q, want %q", account, got, want[i])
			}
		}
	}
	notMine, mine := answerLabels(watch.English, false, "77 Bank 普通 ***4567")
	if got := notMine.Label + "|" + notMine.Short + "|" + mine.Label + "|" + mine.Short; got != "That was not me 77 Bank ***4567|Not me 77 ***4567|That was me 77 Bank ***4567|Was me 77 ***4567" {
		t.Errorf("in English they are %q", got)
	}
}

// Two banks may show the same digits: whoever has accounts at any two of them can tell
// their buttons apart, in the type that buttons have.
func TestButtonsOfTwoBanksDiffer(t *testing.T) {
	t.Parallel()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, labels := range map[string]func(account string) []message.Button{
			"an owner's answers": func(a string) []message.Button {
				no, yes := answerLabels(lang, false, a)
				return []message.Button{no, yes}
			},
			"a guardian's answers": func(a string) []message.Button {
				no, yes := answerLabels(lang, true, a)
				return []message.Button{no, yes}
			},
			"taking back": func(a string) []message.Button {
				return []message.Button{{Label: labelOf(lang, tUndoButton.in(lang, "14:05"), a)}}
			},
			"asking to take back": func(a string) []message.Button {
				return []message.Button{{Label: labelOf(lang, tUndoAskButton.in(lang), a)}}
			},
			"what was recognised": func(a string) []message.Button {
				return []message.Button{{Label: labelOf(lang, tAddRecognised.in(lang), a)}}
			},
			"what a trust silenced": func(a string) []message.Button {
				return []message.Button{{Label: labelOf(lang, tAddSilenced.in(lang), a)}}
			},
			"trust": func(a string) []message.Button {
				return []message.Button{{Label: labelOf(lang, tTrustButton.in(lang, 90), a)}}
			},
		} {
			seen := map[string]string{}
			for _, code := range catalog.BankCodes() {
				b, _ := catalog.BankByCode(code)
				bank := b.NameJa
				if lang == watch.English {
					bank = b.NameEn
				}
				for _, button := range labels(bank + " 普通 ***4567") {
					for _, said := range []string{button.Label, button.Short} {
						if other := seen[said]; said != "" && other != "" && other != bank {
							t.Errorf("%s in %s: %s and %s have the button %q", name, lang, other, bank, said)
						}
						seen[said] = bank
					}
					if quote.Cells(button.Label) > labelCells || utf8.RuneCountInString(button.Label) > labelRoom || utf8.RuneCountInString(button.Short) > quickRoom {
						t.Errorf("%s in %s: no room for %q, %q", name, lang, button.Label, button.Short)
					}
				}
			}
		}
	}
}
