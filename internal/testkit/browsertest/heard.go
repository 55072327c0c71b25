package browsertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// Heard goes through the page as a screen reader has it, the accessibility tree,
// and tells what is wrong: a control or a heading without a name, no main part or
// more than one, headings that skip a level, or two boxes to tick that say the same.
func Heard(t *testing.T, ctx context.Context) (flaws []string) {
	t.Helper()
	var nodes []*accessibility.Node
	Do(t, ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		out, err := cdp.Call(ctx, t, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		nodes = out.Nodes
		return err
	}))
	mains, level, names := 0, 0, map[string]int{}
	for _, n := range nodes {
		if n.Ignored {
			continue
		}
		role, name := said(n.Role), said(n.Name)
		switch role {
		case "main":
			mains++
		case "heading":
			is := 0
			if i := slices.IndexFunc(n.Properties, func(p *accessibility.Property) bool { return p.Name == "level" }); i >= 0 {
				_, _ = fmt.Sscan(said(n.Properties[i].Value), &is) // 0 is a level that is missing
			}
			if is == 0 || is > level+1 {
				flaws = append(flaws, fmt.Sprintf("the heading %q is of level %d, after %d", name, is, level))
			}
			level = is
		case "button", "link", "textbox", "checkbox", "combobox", "DisclosureTriangle":
			names[role+" "+name]++
		default:
			continue
		}
		if name == "" && role != "main" {
			flaws = append(flaws, fmt.Sprintf("a %s has no name", role))
		}
	}
	if mains != 1 {
		flaws = append(flaws, fmt.Sprintf("%d main parts", mains))
	}
	for name, n := range names {
		if n > 1 && strings.HasPrefix(name, "checkbox") {
			flaws = append(flaws, fmt.Sprintf("%d say the same: %s", n, name))
		}
	}
	return flaws
}

// said is a value of the tree as a text.
func said(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	return strings.Trim(string(v.Value), `"`)
}
