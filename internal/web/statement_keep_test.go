package web_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

var (
	rowsIn = regexp.MustCompile(`name="rows" value="([^"]+)"`)
	linkIn = regexp.MustCompile(`href="(/a/[^"]+)"`)
)

// tick sends the form of a look, with debits that are ticked, by their number.
func (b *browser) tick(p page, do string, numbers []string, more ...string) page {
	b.t.Helper()
	form := url.Values{"do": {do}, wording.FieldPart: numbers}
	if m := rowsIn.FindStringSubmatch(p.body); m != nil {
		form.Set(wording.FieldRows, m[1])
	}
	if strings.Contains(p.body, `name="`+wording.FieldAsked+`" value="1"`) {
		form.Set(wording.FieldAsked, "1")
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return b.do("POST", p.url.String(), form, "Sec-Fetch-Site", "same-origin")
}

// packed is rows as a form carries them.
func packed(rows string) string { return base64.RawURLEncoding.EncodeToString([]byte(rows)) }

// ownHead is of no bank in particular.
const ownHead = "取引日,ご利用内容,出金額,入金額,残高\n"

const pastRows = ownHead + "2019/10/5,ﾄﾞｺﾓｺｳｻﾞ,30000,,70000\n2019/10/20,ﾋﾐﾂﾉ ﾃﾞﾝｷ,8000,,62000\n2020/8/20,ﾄﾞｺﾓｺｳｻﾞ,28000,,34000\n2020/8/21,PAYPAY,1000,,33000\n"

func TestWhatIsUnknownInAStatementIsReported(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, p := w.inside(wording.StatementPath)
	at := p.url.String()
	files := map[string]string{"a.csv": pastRows}
	p = b.upload(at, wording.DoLook, files)
	// Nothing is ticked before the person does it; the newest is the first.
	p.says(t, 200, "身に覚えのないものを選んでください", "2020年8月21日", `name="part" value="3"`)
	p.saysNot(t, "checked", "ﾋﾐﾂﾉ", wording.FieldSure, "記録にあります")
	before := w.everything()
	b.tick(p, wording.DoNotMine, nil).says(t, 422, "ひとつも選ばれていません", `name="part" value="3"`)
	if after := w.everything(); len(after) != len(before) {
		t.Errorf("%d items were kept, before %d", len(after), len(before))
	}
	done := b.tick(p, wording.DoNotMine, []string{"2", "3"})
	done.says(t, 200, "お申し出を受け付けました", "KZ-", "3件が、この口座の履歴に加わりました")
	link := strings.ReplaceAll(linkIn.FindStringSubmatch(done.body)[1], "&amp;", "&")
	alert := b.open(w.srv.URL + link)
	alert.says(t, 200, "58,000円", "2019年10月5日", "名義人が調べた明細から、記録に加わりました", "届け出の控えを開く")
	alert.saysNot(t, "銀行から口座守に連絡が届きました", "PAYPAY", "銀行からの連絡", "(土) 0:00")
	sheet := b.open(alert.url.ResolveReference(&url.URL{RawQuery: wording.SheetMark}).String())
	sheet.says(t, 200, "届け出（控え）", "30,000円", "ﾄﾞｺﾓｺｳｻﾞ", "28,000円", "明細から記録に加わった日時", "2019年10月5日")
	sheet.saysNot(t, "銀行の取引番号", "銀行から口座守に届いた日時")
	// The same file again: nothing is new, and what is reported is said to be.
	p = b.upload(at, wording.DoLook, files)
	p.says(t, 200, "すでに記録のある引き落とし", "届け出済み", "履歴にあります", `name="part" value="1"`)
	p.saysNot(t, `name="part" value="2"`)
	b.tick(p, wording.DoKeep, nil).says(t, 200, "新しく加わったものはありません", "1件は、すでに記録にありました")
	home := strings.TrimSuffix(p.url.Path, wording.StatementPath)
	b.open(w.srv.URL+home+"/services").says(t, 200, "2019年10月5日", "2020年8月20日")
	b.open(w.srv.URL+home+"/history.csv").says(t, 200, "2019-10-05", "KZ-", "30000")
	b.open(w.srv.URL+home+"/trail").says(t, 200, "過去の明細の引き落としが履歴に加わり")
	for _, secret := range []string{"ﾄﾞｺﾓｺｳｻﾞ", "ﾋﾐﾂﾉ", "28000", "28,000"} {
		if strings.Contains(w.logged(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	all := w.everything()
	maps.Copy(all, worldtest.Everything(t, w.file+".queue")) // with the news for the bank
	if !strings.Contains(fmt.Sprint(all), `"dispute`) {
		t.Error("nothing is queued for the bank")
	}
	for place, item := range all {
		if strings.Contains(item, "ﾋﾐﾂﾉ") || strings.Contains(item, "62000") || strings.Contains(item, "34000") {
			t.Errorf("%s holds what was not recognised, or a balance", place)
		}
	}
}

// national is a file of 全銀 of a bank's account 1234567.
func national(bank string) string {
	return fmt.Sprintf("%-200s%-200s%-200s%-200s", fmt.Sprintf("10300206010206010206%02d%s%-15s123%-15s00010001234567%-40s11%014d", 1, bank, "", "", "", 100000),
		"20000000102060102060121400000000"+"1000"+strings.Repeat(" ", 123)+"PAYPAY", fmt.Sprintf("8%06d%013d%06d%013d1%014d%07d", 0, 0, 1, 1000, 99000, 1), fmt.Sprintf("9%010d%05d", 4, 1))
}

// Whose the statements are is asked before anything is reported, as far as it can
// be noticed.
func TestAStatementOfAnotherAccountIsAskedAbout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		says  string
	}{
		"another number":            {map[string]string{"a.csv": "口座番号,7654321\n" + pastRows}, "口座番号が、この口座（普通 ***4567）と違う"},
		"two accounts":              {map[string]string{"a.csv": "口座番号,1234567\n" + pastRows, "b.csv": "口座番号,9994567\n" + pastRows}, "口座が2つ"},
		"another bank":              {map[string]string{"a.csv": "取引日,入出金(円),取引後残高(円),入出金内容\n20191005,-30000,70000,ﾄﾞｺﾓｺｳｻﾞ\n"}, "楽天銀行の形式"},
		"another bank, by its code": {map[string]string{"a.txt": national("0168")}, "ほかの銀行（中国銀行）の口座"},
		"a bank that is not known":  {map[string]string{"a.txt": national("9998")}, "ほかの銀行（9998）の口座"},
		"its own, by its code":      {map[string]string{"a.txt": national("0125")}, ""},
		"the very one":              {map[string]string{"a.csv": "口座番号,1234567\n" + pastRows}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b, p := w.inside(wording.StatementPath)
			p = b.upload(p.url.String(), wording.DoLook, c.files)
			if c.says == "" {
				p.saysNot(t, wording.FieldSure, "違うようです")
				b.tick(p, wording.DoNotMine, []string{"1"}).says(t, 200, "受け付けました")
				return
			}
			p.says(t, 200, c.says, `name="sure"`)
			before := w.everything()
			asked := b.tick(p, wording.DoNotMine, []string{"1"})
			asked.says(t, 422, "この口座の明細かどうかが", `value="1" checked`, `name="sure"`)
			b.tick(p, wording.DoKeep, nil).says(t, 422, "この口座の明細かどうかが")
			if after := w.everything(); len(after) != len(before) {
				t.Errorf("%d items were kept, before %d", len(after), len(before))
			}
			b.tick(asked, wording.DoNotMine, []string{"1"}, wording.FieldSure, "on").says(t, 200, "受け付けました")
		})
	}
}

func TestOnlyAnOwnerReportsOrKeepsStatements(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.change(func(a *watch.Account) { a.Watchers[1].LineUser = "U2" })
	_, p := w.inside(wording.StatementPath)
	owner := p.url.String()
	b, home := w.login("U2", watch.Japanese)
	p = b.upload(w.srv.URL+home.room(t)+wording.StatementPath, wording.DoLook, map[string]string{"a.csv": pastRows})
	p.says(t, 200, "Only the account&#39;s owner can report")
	p.saysNot(t, `name="rows"`, `value="keep"`)
	mine, _ := w.inside(wording.StatementPath)
	mp := mine.upload(owner, wording.DoLook, map[string]string{"a.csv": pastRows})
	rows := rowsIn.FindStringSubmatch(mp.body)[1]
	before := w.everything()
	b.tick(p, wording.DoKeep, nil, wording.FieldRows, rows).says(t, 400)
	b.do("POST", owner, url.Values{"do": {wording.DoKeep}, wording.FieldRows: {rows}}, "Sec-Fetch-Site", "same-origin").says(t, 404)
	mine.do("POST", owner, url.Values{"do": {wording.DoKeep}, wording.FieldRows: {rows}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").says(t, 403)
	if after := w.everything(); len(after) != len(before) {
		t.Errorf("%d items were kept, before %d", len(after), len(before))
	}
}

// What no page of ours has made is refused whole.
func TestRowsThatNoPageHasMadeAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, p := w.inside(wording.StatementPath)
	before := w.everything()
	for name, rows := range map[string]string{
		"none": "", "no base64": "%%%", "no JSON": "YWJj", "no row": packed(`[]`),
		"no day":           packed(`[{"d":"2019-13-05","y":1,"t":"PAYPAY"}]`),
		"a day to come":    packed(`[{"d":"2031-01-05","y":1,"t":"PAYPAY"}]`),
		"nothing taken":    packed(`[{"d":"2019-10-05","y":0,"t":"PAYPAY"}]`),
		"less":             packed(`[{"d":"2019-10-05","y":-1,"t":"PAYPAY"}]`),
		"more than any":    packed(`[{"d":"2019-10-05","y":9000000000000,"t":"PAYPAY"}]`),
		"a text too long":  packed(`[{"d":"2019-10-05","y":1,"t":"` + strings.Repeat("PAYPAY", 300) + `"}]`),
		"a number below 0": packed(`[{"d":"2019-10-05","y":1,"t":"PAYPAY","n":-1}]`),
		"too many":         packed(`[` + strings.Repeat(`{"d":"2019-10-05","y":1,"t":"PAYPAY"},`, 300) + `{"d":"2019-10-05","y":1,"t":"PAYPAY"}]`),
	} {
		if got := b.do("POST", p.url.String(), url.Values{"do": {wording.DoKeep}, wording.FieldRows: {rows}}, "Sec-Fetch-Site", "same-origin"); got.status != 400 {
			t.Errorf("%s is answered with %d", name, got.status)
		}
	}
	// What no payment service took is kept by no form.
	b.do("POST", p.url.String(), url.Values{"do": {wording.DoKeep}, wording.FieldRows: {packed(`[{"d":"2019-10-05","y":1,"t":"ﾃﾞﾝｷ"}]`)}}, "Sec-Fetch-Site", "same-origin").says(t, 200, "新しく加わったものはありません")
	if after := w.everything(); len(after) != len(before) {
		t.Errorf("%d items were kept, before %d", len(after), len(before))
	}
}

// A debit that the bank has told of is not kept twice: its page is opened.
func TestWhatTheBankHasToldOfIsOpenedFromAStatement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, p := w.inside(wording.StatementPath)
	p = b.upload(p.url.String(), wording.DoLook, map[string]string{"a.csv": ownHead + "2020/9/4,PAYPAY,100000,,70000\n2020/9/4,PAYPAY,555,,69445\n"})
	p.says(t, 200, "記録にあります", `name="part" value="1"`)
	p.saysNot(t, `name="part" value="2"`)
	b.open(w.srv.URL+strings.ReplaceAll(linkIn.FindStringSubmatch(p.body)[1], "&amp;", "&")).says(t, 200, "100,000円", "身に覚えがない")
	b.tick(p, wording.DoKeep, nil).says(t, 200, "1件が、この口座の履歴に加わりました")
	n := 0
	for r, err := range w.store.History(context.Background(), account, time.Time{}, time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; r.OfStatement() && r.Amount != 555 {
			t.Errorf("%+v", r)
		}
	}
	if n != 3 {
		t.Errorf("%d records", n)
	}
}
