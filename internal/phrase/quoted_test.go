package phrase_test

import (
	"strings"
	"testing"

	"kozamori/internal/phrase"
)

// What a guardian tells of somebody is heard like what that person says.
func TestADenialThatIsToldByAnotherIsADenial(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"母", "父", "おばあちゃん", "祖父", "主人", "妻", "息子", "本人", "義母", "家族"} {
		for _, said := range []string{"身に覚えがない", "心当たりがない", "知らない", "使っていない", "自分じゃない", "そんなものは登録していない", "覚えがありません", "やってない"} {
			for _, told := range []string{"%wが%sと言っています", "%wに聞いたら%sと言う", "%wに確認したら%sそうです", "%wは%sって", "%wが「%s」と申しております", "%wも%sと言ってる", "%wいわく%sとのこと"} {
				text := replace(told, "%w", who, "%s", said)
				if got := phrase.Read(text); got != phrase.Dispute {
					t.Errorf("%q was taken as %q", text, got)
				}
			}
		}
	}
	for _, who := range []string{"my mother", "dad", "my wife", "grandma", "my son", "she", "my husband"} {
		for _, said := range []string{"didn't make this", "doesn't recognize it", "never used paypay", "did not do this", "knows nothing about it", "has never heard of them"} {
			for _, told := range []string{"%w %s", "%w says %w %s", "%w told me that %w %s", "I asked and %w %s"} {
				text := replace(told, "%w", who, "%s", said)
				if got := phrase.Read(text); got != phrase.Dispute {
					t.Errorf("%q was taken as %q", text, got)
				}
			}
		}
	}
}

// A denial that is denied is neither: it is asked about.
func TestADenialThatIsDeniedIsAsked(t *testing.T) {
	t.Parallel()
	for _, said := range []string{"身に覚えがない", "心当たりがない", "知らない", "使っていない", "覚えがない", "記憶にない", "私じゃない"} {
		for _, denied := range []string{"わけではない", "わけじゃない", "わけではありません", "わけでもない", "とは言えない", "とは言い切れない", "とも言えない", "とは限らない"} {
			if got := phrase.Read(said + denied); got != phrase.Unsure {
				t.Errorf("%q was taken as %q", said+denied, got)
			}
		}
	}
	for _, said := range []string{"it wasn't me", "I don't know it", "I didn't do it", "it's not mine", "I don't recognize it"} {
		for _, denied := range []string{"I'm not saying ", "it's not that ", "I can't say ", "I could not swear ", "not sure if "} {
			if got := phrase.Read(denied + said); got != phrase.Unsure {
				t.Errorf("%q was taken as %q", denied+said, got)
			}
		}
	}
}

func replace(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
