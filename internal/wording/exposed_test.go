package wording

import (
	"strings"
	"testing"

	"kozamori/internal/watch"
)

// Who has no chat is not sent to it: the link leads to their settings.
func TestAReminderNamesTheWayThatItsReaderHas(t *testing.T) {
	t.Parallel()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for person, chat := range map[string]bool{"U1": true, watch.MailPerson("1"): false} {
			m := Exposed(AccountView{Lang: lang, Watcher: watch.Watcher{LineUser: person, Role: watch.Owner}})
			if got := strings.Contains(strings.Join(m.Text, "\n"), "LINE"); got != chat {
				t.Errorf("%s, %s: the chat is named: %t, in %q", lang, person, got, m.Text)
			}
			if !chat {
				m = WithKey(m, "https://example.jp/key")
				if len(m.Choices) > 0 || len(m.Buttons) != 1 || m.Buttons[0].URL != "https://example.jp/key" {
					t.Errorf("%s: %+v, %+v", lang, m.Choices, m.Buttons)
				}
			}
		}
	}
}
