package sim_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestWhatLINEForbidsIsAnswered400(t *testing.T) {
	p := newPlatform(t)
	flex := func(body string) string {
		return `{"type":"flex","altText":"a","contents":{"type":"bubble","body":{"type":"box","layout":"vertical","contents":[` + body + `]}}}`
	}
	button := func(action string) string { return flex(`{"type":"button","action":` + action + `}`) }
	long := func(n int) string { return strings.Repeat("あ", n) }
	good := flex(`{"type":"text","text":"a"}`)
	for name, c := range map[string]struct {
		message string
		ok      bool
	}{
		"a bubble with a text":                     {good, true},
		"a text of 5,000 characters":               {`{"type":"text","text":"` + long(5000) + `"}`, true},
		"a longer text":                            {`{"type":"text","text":"` + long(5001) + `"}`, false},
		"an alt text of 1,500 characters":          {strings.Replace(good, `"altText":"a"`, `"altText":"`+long(1500)+`"`, 1), true},
		"a longer alt text":                        {strings.Replace(good, `"altText":"a"`, `"altText":"`+long(1501)+`"`, 1), false},
		"an empty text in a bubble":                {flex(`{"type":"text","text":""}`), false},
		"a component that lost its type":           {flex(`{"text":"a"}`), false},
		"contents that are null":                   {`{"type":"flex","altText":"a","contents":null}`, false},
		"a bubble of more than 30 KB":              {flex(`{"type":"text","text":"` + long(10500) + `"}`), false},
		"a button of 40 characters":                {button(`{"type":"postback","label":"` + long(40) + `","data":"a"}`), true},
		"forty families of four are 40 characters": {button(`{"type":"postback","label":"` + strings.Repeat("👨‍👩‍👧‍👦", 40) + `","data":"a"}`), true},
		"a button of 41 characters":                {button(`{"type":"postback","label":"` + long(41) + `","data":"a"}`), false},
		"a button without an action":               {flex(`{"type":"button"}`), false},
		"an action that lost its type":             {button(`{"label":"a","data":"a"}`), false},
		"data of 301 characters":                   {button(`{"type":"postback","label":"a","data":"` + strings.Repeat("a", 301) + `"}`), false},
		"a link of 1,001 characters":               {button(`{"type":"uri","label":"a","uri":"https://a/` + strings.Repeat("a", 991) + `"}`), false},
		"a link to a script":                       {button(`{"type":"uri","label":"a","uri":"javascript:1"}`), false},
		"a phone number":                           {button(`{"type":"uri","label":"a","uri":"tel:0120-000-000"}`), true},
		"a colour by name":                         {flex(`{"type":"text","text":"a","color":"red"}`), false},
		"a button in a baseline box":               {flex(`{"type":"box","layout":"baseline","contents":[{"type":"button","action":{"type":"message","label":"a","text":"a"}}]}`), false},
		"14 quick replies":                         {strings.Replace(good, `"altText"`, `"quickReply":{"items":[`+strings.TrimSuffix(strings.Repeat(`{"type":"action","action":{"type":"message","label":"a","text":"a"}},`, 14), ",")+`]},"altText"`, 1), false},
		"a quick reply of 21 characters":           {strings.Replace(good, `"altText"`, `"quickReply":{"items":[{"type":"action","action":{"type":"message","label":"`+long(21)+`","text":"a"}}]},"altText"`, 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"/v2/bot/message/validate/push", "/v2/bot/message/push"} {
				body := `{"to":"` + p.user + `","messages":[` + c.message + `]}`
				req, _ := http.NewRequest(http.MethodPost, p.url+path, strings.NewReader(body))
				req.Header.Set("Authorization", "Bearer channel-token")
				req.Header.Set("Content-Type", "application/json")
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				text, _ := io.ReadAll(res.Body)
				_ = res.Body.Close()
				if (res.StatusCode == 200) != c.ok {
					t.Errorf("%s: %d %s", path, res.StatusCode, text)
				}
			}
		})
	}
}
