package web_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kozamori/internal/reader"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// upload sends files by the form of a page, as its browser would.
func (b *browser) upload(address, do string, files map[string]string, header ...string) page {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, text := range files {
		part, err := m.CreateFormFile(wording.FieldFiles, name)
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err = part.Write([]byte(text)); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := m.WriteField("do", do); err != nil {
		b.t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.raw(http.MethodPost, address, &body, append([]string{"Content-Type", m.FormDataContentType(), "Sec-Fetch-Site", "same-origin", "Origin", "null"}, header...)...)
}

const pastHead = "取引日,摘要,出金金額,入金金額,残高\n"

func TestStatementsAreLookedThroughOnAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, p := w.inside(wording.StatementPath)
	p.says(t, 200, "過去の明細を調べる", `enctype="multipart/form-data"`, `type="file"`, "multiple", "保存しません", "4MB")
	before := w.everything()
	past := pastHead + "2019/10/5,ﾄﾞｺﾓｺｳｻﾞ,30000,,70000\n2019/10/20,ﾋﾐﾂﾉ ﾃﾞﾝｷ,8000,,62000\n2020/8/20,ﾄﾞｺﾓｺｳｻﾞ,28000,,34000\n2020/8/21,<b>PAYPAY,1000,,33000\n2020/13/1,x,1,,\n"
	p = b.upload(p.url.String(), wording.DoLook, map[string]string{"a.csv": past, "b.csv": past, "c.pdf": "%PDF-1.7", "d.csv": "name,age\nx,1\n"})
	p.says(t, 200, "2019年10月5日から2020年8月21日まで、4行を調べました", "4行は、一度だけ数えました", "58,000円", "2019年10月", "▇", "気づいた日から30日以内", "行のない月があります：2019年11月から2020年7月。",
		"読めなかった行が1あります（6）", "PDF", "列が見つかりません", "分かりません", "&lt;b&gt;PAYPAY", "SBI新生銀行の形式")
	p.saysNot(t, "ﾋﾐﾂﾉ", "<b>PAYPAY")
	p = b.upload(p.url.String(), wording.DoLook, map[string]string{"a.csv": pastHead + "2020/8/1,電気,8000,,1\n"})
	p.says(t, 200, "1行を調べました", "見つかりませんでした", "分かりません")
	b.upload(p.url.String(), wording.DoLook, map[string]string{"a.csv": pastHead}).says(t, 200, "調べられる行がありませんでした")
	b.upload(p.url.String(), wording.DoLook, nil).says(t, 422, "ファイルが選ばれていません")
	b.upload(p.url.String(), wording.DoLook, map[string]string{"a.csv": strings.Repeat("x", 5<<20)}).says(t, 413, "4MBを超える")
	if after := w.everything(); len(after) != len(before) {
		t.Errorf("%d items were kept, before %d", len(after), len(before))
	}
	if queued := worldtest.Everything(t, w.file+".queue"); len(queued) > 0 {
		t.Errorf("%v is queued", queued)
	}
	for _, secret := range []string{"ﾄﾞｺﾓｺｳｻﾞ", "ﾋﾐﾂﾉ", "a.csv", "28000", "28,000"} {
		if strings.Contains(w.logged(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

func TestOnlyWhoWatchesTheAccountMayHaveStatementsLookedThrough(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b, p := w.inside(wording.StatementPath)
	address := p.url.String()
	files := map[string]string{"a.csv": pastHead + "2020/8/1,電気,8000,,1\n"}
	w.browser().open(address).says(t, 403)
	w.browser().upload(address, wording.DoLook, files).says(t, 403)
	other := w.browser()
	other.press(other.open(w.door("U7", watch.Japanese)), wording.DoEnter)
	other.upload(address, wording.DoLook, files).says(t, 404)
	b.upload(address, "other", files).says(t, 400)
	b.upload(address, wording.DoLook, files, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example").says(t, 403)
	b.do(http.MethodPost, address, url.Values{"do": {wording.DoLook}}, "Sec-Fetch-Site", "same-origin").says(t, 400)
	b.do(http.MethodPut, address, nil).says(t, 405)
	b.open(address).says(t, 200)
}

// What the chat asks is no page: only a file that the chat has sent, for a minute, is looked
// through, and nothing of it is said but sums.
func TestAFileOfTheChatIsLookedThrough(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := &reader.Client{BaseURL: w.srv.URL, Keys: w.keys, HTTP: w.srv.Client(), Now: w.now}
	file := []byte(pastHead + "2019/10/5,ﾄﾞｺﾓｺｳｻﾞ,30000,,70000\n2019/10/20,ﾋﾐﾂﾉ ﾃﾞﾝｷ,8000,,62000\n2020/13/1,x,1,,\n")
	before := len(w.everything())
	b, err := c.Look(t.Context(), "0125", file)
	if err != nil || b.Rows != 2 || b.Unread != 1 || len(b.Services) != 1 || b.Services[0].Total != 30_000 || b.Fault != "" {
		t.Errorf("%+v %v", b, err)
	}
	if said, err := json.Marshal(b); err != nil || strings.Contains(string(said), "ﾋﾐﾂﾉ") || strings.Contains(string(said), "ﾄﾞｺﾓｺｳｻﾞ") {
		t.Errorf("%s %v", said, err)
	}
	if b, err := c.Look(t.Context(), "", []byte("%PDF-1.7")); err != nil || b.Fault != string(wording.FileKind) || b.Rows != 0 {
		t.Errorf("%+v %v", b, err)
	}
	for name, x := range map[string]struct {
		method, token string
		size, status  int
	}{"no token": {"POST", "", 10, 401}, "a token of nothing": {"POST", "Bearer x", 10, 401}, "too much": {"POST", "Bearer x", wording.MaxFileMB<<20 + 1, 413}, "a look": {"GET", "", 0, 405}} {
		req, err := http.NewRequestWithContext(t.Context(), x.method, w.srv.URL+reader.Path, bytes.NewReader(make([]byte, x.size)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", x.token)
		res, err := w.srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _ = res.Body.Close(); res.StatusCode != x.status {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	if after := len(w.everything()); after != before {
		t.Errorf("%d items were kept, before %d", after, before)
	}
	for _, secret := range []string{"ﾄﾞｺﾓｺｳｻﾞ", "ﾋﾐﾂﾉ", "30000", "30,000"} {
		if strings.Contains(w.logged(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}
