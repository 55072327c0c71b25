package sim_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/watch"
)

func TestScriptsReadAndWorkThePhones(t *testing.T) {
	p := newPlatform(t)
	panel := httptest.NewServer(p.Panel())
	defer panel.Close()
	p.client.Push(context.Background(), p.user, watch.DeriveUUID("a"), hello("a"))
	call := func(method, path, body string) (int, map[string]any) {
		req, _ := http.NewRequest(method, panel.URL+"/sim/line/"+path, strings.NewReader(body))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		v := map[string]any{}
		_ = json.NewDecoder(res.Body).Decode(&v)
		return res.StatusCode, v
	}
	if _, v := call("GET", "messages", ""); len(v["messages"].([]any)) != 1 {
		t.Errorf("%v", v)
	}
	if _, v := call("GET", "violations", ""); v["violations"] == nil {
		t.Error("no violations are no list")
	}
	_, v := call("POST", "users", `{"name":"次郎"}`)
	id, _ := v["id"].(string)
	if status, _ := call("POST", "users/"+id+"/file", `{"name":"a.csv","text":"a"}`); status != http.StatusConflict {
		t.Errorf("a file of somebody who is no friend is answered %d", status)
	}
	if status, _ := call("POST", "users/"+id+"/say", `{"text":"a"}`); status != http.StatusConflict {
		t.Errorf("a stranger's text was answered %d", status)
	}
	for _, c := range [][2]string{{"follow", ""}, {"say", `{"text":"a"}`}, {"tap", `{"data":"b","display":"c"}`}, {"block", ""}} {
		if status, v := call("POST", "users/"+id+"/"+c[0], c[1]); status != 200 {
			t.Errorf("%s: %d %v", c[0], status, v)
		}
	}
	var kinds []string
	for _, e := range p.hook.take() {
		kinds = append(kinds, string(e.Kind))
	}
	if d := cmp.Diff([]string{"follow", "message", "postback", "unfollow"}, kinds); d != "" {
		t.Error(d)
	}
	if _, v := call("GET", "users/"+id+"/chat", ""); len(v["items"].([]any)) != 4 {
		t.Errorf("%v", v)
	}
	if status, _ := call("POST", "faults", `{"fault":"429","n":1}`); status != 200 {
		t.Error(status)
	}
	if o := p.client.Push(context.Background(), p.user, watch.DeriveUUID("b"), hello("b")); o.Result != watch.SendRetry {
		t.Errorf("%+v", o)
	}
	req, _ := http.NewRequest("POST", panel.URL+"/sim/line/users/"+id+"/follow", nil)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("a page elsewhere could work a phone: %d", res.StatusCode)
	}
}

func TestChangesAreStreamed(t *testing.T) {
	p := newPlatform(t)
	panel := httptest.NewServer(p.Panel())
	defer panel.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", panel.URL+"/sim/line/events", nil)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	buf := make([]byte, 1024)
	if n, err := res.Body.Read(buf); err != nil || !strings.HasPrefix(string(buf[:n]), ": here") {
		t.Fatalf("%q %v", buf[:n], err)
	}
	_ = p.Say(p.user, "a")
	n, err := res.Body.Read(buf)
	if err != nil || !strings.Contains(string(buf[:n]), p.user) {
		t.Errorf("%q %v", buf[:n], err)
	}
}

func TestALinkOpenedOnAPhoneIsThatPersons(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	panel := httptest.NewServer(p.Panel())
	defer panel.Close()
	token, err := p.client.LinkToken(context.Background(), p.user)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	link := p.url + "/dialog/bot/accountLink?linkToken=" + token + "&nonce=a-nonce-of-ours"
	res, err := browser.Get(panel.URL + "/sim/line/users/" + p.user + "/open?url=" + url.QueryEscape(link))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if got := p.hook.take(); len(got) != 1 || !got[0].LinkOK || got[0].User != p.user {
		t.Errorf("%d, %+v", res.StatusCode, got)
	}
	if res, err = browser.Get(panel.URL + "/sim/line/users/" + p.user + "/open?url=javascript:1"); err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusBadRequest {
		t.Errorf("a script was opened: %d", res.StatusCode)
	}
}
