package browsertest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Keyboard goes through the page with the Tab key alone and tells what is wrong: a
// control that is not reached, one that is reached out of the order in which it
// stands, or where the focus is not seen. The page must let scripts run here, its
// own it need not have.
func Keyboard(t *testing.T, ctx context.Context) []string {
	t.Helper()
	const setUp = `(() => {
		const all = [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex="0"]')]
			.filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true})); // what is folded away is no stop
		const name = e => e.tagName.toLowerCase() + ' ' + (e.name || e.value || e.textContent || '').trim().slice(0, 30);
		if (window.walk) window.walk.abort(); // of a walk through the page before
		window.walk = new AbortController();
		window.reached = [], window.unseen = [], window.controls = all.map(name);
		document.addEventListener('focusin', ev => {
			const s = getComputedStyle(ev.target);
			window.reached.push(all.indexOf(ev.target));
			if ((s.outlineStyle === 'none' || parseFloat(s.outlineWidth) === 0) && s.boxShadow === 'none') window.unseen.push(name(ev.target));
		}, {capture: true, signal: window.walk.signal});
		// From the top, wherever was pressed last.
		document.body.tabIndex = -1;
		document.body.focus();
		document.body.removeAttribute('tabindex');
		window.reached.length = window.unseen.length = 0;
		return all.length;
	})()`
	n, err := chromedp.Run(ctx, chromedp.Evaluate[int](setUp))
	if err != nil {
		t.Fatal(err)
	}
	// A time or a date is several stops, so there may be more than n.
	// A key that goes down moves the focus; that it comes up changes nothing.
	tab := send(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9, NativeVirtualKeyCode: 9})
	Do(t, ctx, slices.Repeat([]chromedp.Action[chromedp.Void]{tab}, n+8)...)
	type walked struct {
		Reached          []int
		Unseen, Controls []string
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[walked](`({Reached: window.reached, Unseen: window.unseen, Controls: window.controls})`))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	seen, last := map[int]bool{}, -1
	for _, i := range got.Reached {
		if seen[i] {
			continue // once around
		}
		if seen[i] = true; i < last && i >= 0 {
			out = append(out, fmt.Sprintf("%q is reached after %q, and stands before it", got.Controls[i], got.Controls[last]))
		}
		last = max(last, i)
	}
	for i, name := range got.Controls {
		if !seen[i] {
			out = append(out, fmt.Sprintf("%q is not reached", name))
		}
	}
	for _, name := range got.Unseen {
		out = append(out, fmt.Sprintf("the focus on %q is not seen", name))
	}
	return out
}
