package wording

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// A new address works beside the one before it, and the page says so for as long as it
// does.
func TestThePageNamesTheAddressThatStillGetsMails(t *testing.T) {
	t.Parallel()
	at := jst("2020-09-03 14:05:00")
	for after, want := range map[time.Duration]bool{0: true, watch.CopyFor - time.Second: true, watch.CopyFor: false} {
		v := roomView(watch.Japanese, watch.Owner)
		v.Watcher.Channels = nil
		v.Watcher.SetChannel(watch.Channel{Kind: watch.Email, Address: "new@example.jp"})
		v.Watcher.Former, v.Now = []watch.Former{{Kind: watch.Email, Address: "old@example.jp", At: at}}, at.Add(after)
		f := SettingsFacts{View: v, Values: Values{}, Now: v.Now}
		says := strings.Join(f.mailGroup().Text, "\n")
		if got := strings.Contains(says, "9月4日(金) 14:05までは、前のアドレス（old@example.jp）にも届きます。"); got != want {
			t.Errorf("%v after the change: %q", after, says)
		}
	}
}
