package gallery_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/chromedp/chromedp"

	"kozamori/infra/pictures/gallery"
	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
)

func TestMain(m *testing.M) { browsertest.Main(m) }

// drawn is a bubble as the browser shows it.
type drawn struct {
	Kind, Scale string
	Of          string
	High        float64
	Says        []string // its texts, each seen within the bubble
	Cut         []string // those that stick out of it
	Answers     int      // buttons that answer
	Pages       int      // buttons that open a page
	Small       string   // the button whose label is set smallest
	Size        float64  // and how large that is, in pixels
}

const measure = `[...document.querySelectorAll('.bubble')].map(b => {
	const r = b.getBoundingClientRect(), inside = e => {
		const range = document.createRange();
		range.selectNodeContents(e);
		const x = range.getBoundingClientRect();
		return x.top >= r.top - 1 && x.bottom <= r.bottom + 1 && x.left >= r.left - 1 && x.right <= r.right + 1;
	};
	const texts = [...b.querySelectorAll('p,.button span')], buttons = [...b.querySelectorAll('.button')];
	const size = e => parseFloat(getComputedStyle(e).fontSize), small = buttons.sort((x, y) => size(x) - size(y))[0];
	return {Kind: b.dataset.kind, Scale: b.dataset.scale, Of: b.dataset.of, High: r.height,
		Says: texts.filter(inside).map(e => e.textContent), Cut: texts.filter(e => !inside(e)).map(e => e.textContent),
		Answers: buttons.filter(e => e.dataset.does === 'postback').length, Pages: buttons.filter(e => e.dataset.does === 'uri').length,
		Small: small ? small.textContent : '', Size: small ? size(small) : 16};
})`

// What is drawn is as high as is computed, and an alert stands on one screen with
// all that is needed to answer it.
func TestEachMessageIsDrawnAsItIsMeasured(t *testing.T) {
	t.Parallel()
	ctx := browsertest.Open(t)
	file := filepath.Join(t.TempDir(), "pictures.html")
	if err := gallery.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	browsertest.Look(t, ctx, browsertest.View{Width: 1440})
	browsertest.Go(t, ctx, chromedp.Navigate("file://"+file))
	browsertest.Shot(t, ctx, "pictures")
	all, err := chromedp.Run(ctx, chromedp.Evaluate[[]drawn](measure))
	if err != nil {
		t.Fatal(err)
	}
	if out := browsertest.Sideways(t, ctx); out > 0 {
		t.Errorf("%d pixels stick out of the page", out)
	}
	for _, word := range browsertest.BrokenWords(t, ctx, ".baseline > p:first-child, .vertical .vertical > p:first-child") {
		t.Errorf("a line of a label ends within %s", word)
	}
	two, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll('.bubble p')].filter(e => /^[-¥−,0-9A-Z]+円?$/.test(e.textContent) &&
		e.getBoundingClientRect().height > 2 * parseFloat(getComputedStyle(e).fontSize)).map(e => e.textContent)`))
	if err != nil || len(two) > 0 {
		t.Errorf("numbers in two lines: %q, %v", two, err)
	}
	by := map[string][]drawn{}
	for _, d := range all {
		by[d.Kind] = append(by[d.Kind], d)
	}
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, k := range gallery.Kinds(lang) {
			bubbles, err := gallery.Bubbles(k.Message)
			if err != nil {
				t.Fatal(err)
			}
			shown := by[k.ID(lang)]
			if len(shown) != 2*len(bubbles) {
				t.Errorf("%s, %s: %d bubbles are drawn, in two sizes, of %d", k.Name, lang, len(shown), len(bubbles))
				continue
			}
			for i, d := range shown {
				scale, most := 1.0, float64(gallery.InSight)
				if i >= len(bubbles) {
					scale, most = gallery.Big, gallery.InSightBig
				}
				computed := gallery.Height(bubbles[i%len(bubbles)], scale)
				more := float64(slack)
				if !k.Alert { // a long text may break otherwise than is computed, once
					more = line * scale
				}
				if d.High > computed+more {
					t.Errorf("%s, %s, ×%g: drawn %.0f pixels high, computed %.0f", k.Name, lang, scale, d.High, computed)
				}
				if d.Size < smallest {
					t.Errorf("%s, %s, ×%g: the button %q is set in %.1f pixels", k.Name, lang, scale, d.Small, d.Size)
				}
				if len(d.Cut) > 0 {
					t.Errorf("%s, %s, ×%g: cut off: %q", k.Name, lang, scale, d.Cut)
				}
				if k.Alert {
					complete(t, k, lang, d, most)
				}
			}
		}
	}
	menus, err := chromedp.Run(ctx, chromedp.Evaluate[int](`[...document.querySelectorAll('img')].filter(i => i.complete && i.naturalWidth > 0).length`))
	if err != nil || menus != 4 {
		t.Errorf("%d menus are shown, %v", menus, err)
	}
}

// smallest is how small a button's label may be set by LINE, which puts no label in
// two lines: hardly less than what stands around it.
const smallest = 13.5

// slack is by how many pixels more than computed an alert may be drawn: parts of
// pixels are rounded by lines. line is how high a line of a title is.
const (
	slack = 3
	line  = 22 * 1.4
)

// complete fails unless an alert shows at once all that is needed to answer it.
func complete(t *testing.T, k gallery.Kind, lang watch.Lang, d drawn, most float64) {
	t.Helper()
	if d.High > most {
		t.Errorf("%s, %s, ×%s: %.0f pixels high, at most %.0f", k.Name, lang, d.Scale, d.High, most)
	}
	says := "\n" + strings.Join(d.Says, "\n") + "\n"
	musts := append([]string{k.Message.Badge, k.Message.Title}, k.Message.Text...)
	if k.Message.Amount != "" {
		musts = append(musts, k.Message.Amount)
	}
	quick := 0
	for _, b := range k.Message.Buttons {
		if b.Postback != "" && utf8.RuneCountInString(cmp.Or(b.Short, b.Label)) <= 20 {
			quick++
		}
	}
	if k.Asks && quick < 2 {
		t.Errorf("%s, %s: %d answers have room as quick replies", k.Name, lang, quick)
	}
	facts := 0
	for _, f := range k.Message.Facts {
		if !f.More {
			facts++
			musts = append(musts, f.Label, f.Value)
		}
	}
	for _, b := range k.Message.Buttons {
		musts = append(musts, b.Label)
	}
	for _, must := range musts {
		if !strings.Contains(says, "\n"+must+"\n") {
			t.Errorf("%s, %s, ×%s: %q is not shown", k.Name, lang, d.Scale, must)
		}
	}
	answers := 0
	for _, b := range k.Message.Buttons {
		if b.Postback != "" {
			answers++
		}
	}
	if facts < 2 || d.Answers != answers || k.Asks != (answers >= 2) || d.Pages != 1 {
		t.Errorf("%s, %s, ×%s: %d facts, %d answers, %d pages", k.Name, lang, d.Scale, facts, d.Answers, d.Pages)
	}
}

// No kind of message is left out: each function that words one is called by the
// gallery, but for those of mails.
func TestEachKindOfMessageIsShown(t *testing.T) {
	t.Parallel()
	var own strings.Builder
	for _, name := range []string{"kinds.go", "chat.go", "control.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		own.Write(text)
	}
	mails := map[string]bool{"ConfirmMail": true, "EnrolMail": true, "MailWelcome": true, "KeyMail": true, "WithKey": true, "PressedOnPage": true}
	files, err := filepath.Glob("../../../internal/wording/*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() || !words(fn) {
				continue
			}
			seen++
			if !mails[fn.Name.Name] && !strings.Contains(own.String(), "wording."+fn.Name.Name+"(") {
				t.Errorf("wording.%s is not shown", fn.Name.Name)
			}
		}
	}
	if seen < 60 {
		t.Errorf("%d kinds of messages are found", seen)
	}
}

// words tells whether a function makes a message.
func words(fn *ast.FuncDecl) bool {
	if fn.Type.Results == nil {
		return false
	}
	to, ok := fn.Type.Results.List[0].Type.(*ast.SelectorExpr)
	if !ok || to.Sel.Name != "Message" {
		return false
	}
	of, ok := to.X.(*ast.Ident)
	return ok && of.Name == "message"
}
