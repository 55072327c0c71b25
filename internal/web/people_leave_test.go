package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"kozamori/internal/wording"
)

func TestLeavingSaysWhatIsKept(t *testing.T) {
	w := newWorld(t)
	b, p := w.inside("/leave")
	p.says(t, 200, "約13か月で消えます", "銀行での手続きが必要です。</p>\n<p>「身に覚えがない」と銀行に伝えた記録と、見守り方の変更の記録だけは、証拠として5年間")
	b.do(http.MethodPost, p.url.String(), url.Values{"do": {wording.DoLeave}}).
		says(t, 200, "見守りをやめました", "約13か月で消えます", "証拠として5年間残ります")
}
