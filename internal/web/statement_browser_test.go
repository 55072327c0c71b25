package web_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/text/encoding/japanese"

	"kozamori/internal/testkit/browsertest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// narrow is a phone of 360 pixels, in which axe-core can run.
var narrow = browsertest.View{Width: 360, Scripts: true}

// checked measures the page on phones and on a desk, and hears it.
func (p *phone) checked(step string) {
	p.Helper()
	for _, v := range []browsertest.View{{Width: 320, Large: true, Scripts: true}, {Width: 1280, Scripts: true}, narrow} {
		browsertest.Look(p.T, p.ctx, v)
		if out := browsertest.Sideways(p.T, p.ctx); out > 0 {
			p.Errorf("%s: %d of %d pixels stick out", step, out, v.Width)
		}
		for _, word := range browsertest.Broken(p.T, p.ctx) {
			if strings.ContainsAny(word, "ﾞﾟｺﾀ") { // the bank's text, which is as long as it is
				continue
			}
			p.Errorf("%s: in %d pixels a line ends within %s", step, v.Width, word)
		}
	}
	browsertest.Shot(p.T, p.ctx, step)
	for _, x := range browsertest.Heard(p.T, p.ctx) {
		p.Errorf("%s: to a screen reader: %s", step, x)
	}
	browsertest.Axe(p.T, p.ctx, step)
}

// From a file of years to the report and its sheet, on a phone.
func TestAStatementIsLookedThroughAndReportedInABrowser(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "meisai.csv")
	sjis, err := japanese.ShiftJIS.NewEncoder().String(pastRows + "2020/9/4,PAYPAY,100000,,70000\n2020/9/1,ｹﾞﾂｶﾞｸﾀｸﾗｸﾖｳ ﾅｶﾞｲﾃｷﾖｳﾉ ﾄﾞｺﾓｺｳｻﾞ ﾄﾞｺﾓｺｳｻﾞ ﾄﾞｺﾓｺｳｻﾞ,12345678,,1\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(sjis), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang                                                                 watch.Lang
		enter, upload, looked, unticked, reported, alert, sheet, again, kept string
	}{
		{watch.Japanese, "見守っている口座", "過去の明細を調べる", "6行を調べました", "ひとつも選ばれていません", "お申し出を受け付けました", "受付番号", "届け出（控え）", "届け出済み", "新しく加わったものはありません"},
		{watch.English, "Accounts you watch", "Look through past statements", "We looked at 6 rows", "Nothing is ticked", "Your report has been accepted", "report", "(copy)", "reported", "There was nothing new"},
	} {
		t.Run(string(c.lang), func(t *testing.T) {
			t.Parallel()
			ctx := browsertest.Open(t)
			w := newRooms(t)
			w.change(func(a *watch.Account) { a.Watchers[0].Lang = c.lang })
			w.login("U1", c.lang) // binds
			browsertest.Look(t, ctx, narrow)
			p := &phone{t, ctx}
			lang := string(c.lang) + " statement "
			p.open(w.door("U1", c.lang), "")
			p.press(wording.DoEnter, c.enter)
			p.tap(wording.StatementPath, c.upload)
			p.checked(lang + "01 ask")
			browsertest.Do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS(`input[type="file"]`), []string{file}))
			p.press(wording.DoLook, c.looked)
			p.checked(lang + "02 looked")
			p.press(wording.DoNotMine, c.unticked)
			p.checked(lang + "03 nothing ticked")
			for _, n := range []string{"3", "4"} {
				browsertest.Do(t, ctx, chromedp.Click(chromedp.CSS(`input[name="part"][value="`+n+`"]`)))
			}
			p.press(wording.DoNotMine, c.reported)
			p.checked(lang + "04 reported")
			p.show(c.alert, chromedp.Click(chromedp.CSS(`a[href^="/a/"]`)))
			p.checked(lang + "05 report")
			p.tap("?"+wording.SheetMark, c.sheet)
			p.checked(lang + "06 sheet")
			_, home := w.login("U1", c.lang)
			p.open(w.srv.URL+home.room(t)+wording.StatementPath, c.upload)
			browsertest.Do(t, ctx, chromedp.SetUploadFiles(chromedp.CSS(`input[type="file"]`), []string{file}))
			p.press(wording.DoLook, c.again)
			p.checked(lang + "07 again")
			p.press(wording.DoKeep, c.kept)
			p.checked(lang + "08 kept")
		})
	}
}
