package browsertest

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// Broken lists what the page breaks within, to go on in the next line: a number
// with its unit, or a word of a label (a heading, a button, the name of a field). A
// word that is wider than its line may break. Scripts must be allowed.
func Broken(t *testing.T, ctx context.Context) []string {
	t.Helper()
	return broken(t, ctx, "h1,h2,h3,button,label,dt,.badge,.go b,th,summary,legend,.go span,time", true)
}

// BrokenWords lists the words that end in another line than they begin, however
// long they are, of what a selector names.
func BrokenWords(t *testing.T, ctx context.Context, labels string) []string {
	t.Helper()
	return broken(t, ctx, labels, false)
}

func broken(t *testing.T, ctx context.Context, labels string, numbers bool) []string {
	t.Helper()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](fmt.Sprintf(`((labels, numbers) => {
		const out = [];
		const number = /(?<![A-Za-z0-9\-])[¥#*+−]*[0-9０-９][0-9０-９,.:\-\/]*(円|件|回|日間|日|月|年|時間|時|分間|分|秒間|秒|文字|か所|人|%%)?(?![A-Za-z])/g; // no part of a code of letters and digits
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let n; (n = walk.nextNode());) {
			const p = n.parentElement, text = n.data;
			if (!p.checkVisibility({visibilityProperty: true}) || p.closest('script,style,textarea,select')) continue;
			const pieces = !numbers ? [] : [...text.matchAll(number)].map(m => [m.index, m[0].length]);
			if (p.closest(labels)) for (const w of new Intl.Segmenter(p.closest("[lang]").lang, {granularity: "word"}).segment(text)) if (w.isWordLike && !text.includes('@') && !/^[0-9]/.test(w.segment)) pieces.push([w.index, w.segment.length]);
			let block = p;
			while (getComputedStyle(block).display.startsWith('inline') && block.parentElement) block = block.parentElement;
			const style = getComputedStyle(block), wide = block.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
			for (const [at, long] of pieces) {
				const range = document.createRange();
				range.setStart(n, at);
				range.setEnd(n, at + long);
				const lines = [...range.getClientRects()].filter(r => r.width > 0);
				if (lines.some(r => Math.abs(r.top - lines[0].top) > r.height / 2) && (!numbers || lines.reduce((sum, r) => sum + r.width, 0) <= wide))
					out.push(text.slice(Math.max(0, at - 12), at) + '[' + text.slice(at, at + long) + ']' + text.slice(at + long, at + long + 8));
			}
		}
		return out;
	})(%q, %t)`, labels, numbers)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
