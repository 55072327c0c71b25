package phrase_test

import (
	"testing"

	"kozamori/internal/phrase"
	_ "kozamori/internal/testkit/roomy"
)

// A debit that nobody knows may stand as a noun before what is asked for: it is
// a denial all the same, and nothing else that is said with it matters more.
func TestADenialBeforeAQuestionIsADenial(t *testing.T) {
	t.Parallel()
	var (
		unknown = []string{"知らない引き落とし", "身に覚えのない引き落とし", "覚えのない請求", "使ってないペイペイの引き落とし", "心当たりのない出金", "見覚えのない取引"}
		joins   = []string{"なので", "だから", "なのですが", "なんですけど", "なんだけど", "があるので", "があったので", "があったから", "があるんですが", "がありました。", "です、"}
		asks    = map[string]phrase.Meaning{"銀行の電話番号教えて": phrase.Phone, "電話番号を教えてください": phrase.Phone, "どこに電話すればいい？": phrase.Phone, "銀行の連絡先は？": phrase.Phone,
			"履歴を見せて": phrase.History, "設定を変えたい": phrase.Settings}
	)
	for ask, alone := range asks {
		if got := phrase.Read(ask); got != alone {
			t.Errorf("%q was taken as %q, want %q", ask, got, alone)
		}
		for _, u := range unknown {
			for _, j := range joins {
				if said := u + j + ask; phrase.Read(said) != phrase.Dispute {
					t.Errorf("%q was taken as %q", said, phrase.Read(said))
				} else if phrase.Asks(said, phrase.Phone) != (alone == phrase.Phone) {
					t.Errorf("%q: asks for a number is %v", said, phrase.Asks(said, phrase.Phone))
				}
			}
		}
	}
	for _, said := range []string{"身に覚えがない、口座を止めてください", "これは詐欺です。引き落としを止めて", "止めてください！知らない引き落としです", "I did not do this, freeze my account", "please stop all payments, this is fraud"} {
		if phrase.Read(said) != phrase.Dispute || !phrase.Asks(said, phrase.Stop) {
			t.Errorf("%q is %q, wants the money stopped: %v", said, phrase.Read(said), phrase.Asks(said, phrase.Stop))
		}
	}
	for _, said := range []string{"身に覚えがありません", "知らない引き落としです", "I did not do this"} {
		if phrase.Asks(said, phrase.Phone) {
			t.Errorf("%q asks for no number", said)
		}
	}
	if said := "This was not me, what is the phone number of the bank?"; phrase.Read(said) != phrase.Dispute || !phrase.Asks(said, phrase.Phone) {
		t.Errorf("%q is %q, asks for a number: %v", said, phrase.Read(said), phrase.Asks(said, phrase.Phone))
	}
}

// What somebody says who is beside themselves is no answer to an alert, although
// 泣きそうです ends like そうです.
func TestDistressIsACryForHelp(t *testing.T) {
	t.Parallel()
	for _, said := range []string{"泣きそうです", "泣きそう", "死にそうです", "パニックになりそうです", "怖すぎて泣きそうです", "不安で眠れそうにないです", "手が震えています", "頭がおかしくなりそうです", "気が狂いそうです"} {
		if got := phrase.Read(said); got != phrase.Help {
			t.Errorf("%q was taken as %q", said, got)
		}
	}
	for _, said := range []string{"I was the one who paid", "I'm the one who bought it", "I am the person who paid", "it was me who did this"} {
		if got := phrase.Read(said); got != phrase.Mine {
			t.Errorf("%q was taken as %q", said, got)
		}
	}
	for _, said := range []string{"I was not the one who paid", "someone who is not me paid", "who paid this", "the one who paid was not me"} {
		if got := phrase.Read(said); got == phrase.Mine {
			t.Errorf("%q was taken as %q", said, got)
		}
	}
}
