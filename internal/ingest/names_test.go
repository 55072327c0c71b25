package ingest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// quoted is a text as JSON writes it.
func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// What a bank calls a service comes back to it as it is: it must find it in its
// own tables. What cannot be seen stays away from replies.
func TestAnUnknownServiceIsNamedAsTheBankWroteIt(t *testing.T) {
	want := map[string]string{"": "", "dbarai-2": "dbarai-2", "ﾍﾟｲ": "ﾍﾟｲ", "a\u200bb": "ab", "a\u00adb": "ab", "サービス": "サービス", "ⅡPay決済": "ⅡPay決済", "a\u202eb": "ab",
		"אב": "□□", "\u3164": "?", strings.Repeat("x", 64): strings.Repeat("x", 64)}
	for c := rune(0x20); c <= 0x7e; c++ {
		name := "zz" + string(c) + "zz"
		want[name] = name
	}
	for name, as := range want {
		d := newDesk(t)
		w := d.post(t, "0125", d.cur, `{"events":[`+strings.Replace(good, `"descriptor"`, `"service":`+quoted(name)+`,"descriptor"`, 1)+`]}`, now)
		var rep struct {
			Unknown []struct{ Service string } `json:"unknown_services"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &rep); err != nil || w.Code != http.StatusAccepted {
			t.Fatalf("%q: %d %s", name, w.Code, w.Body)
		}
		got := ""
		if len(rep.Unknown) > 0 {
			got = rep.Unknown[0].Service
		}
		if got != as {
			t.Errorf("%q comes back as %q, want %q", name, got, as)
		}
		if q := d.queued(t); len(q) != 1 || q[0].Service != name {
			t.Errorf("%q is queued as %+v", name, q)
		}
	}
}

// An id that holds what cannot be seen is refused, whatever it is the id of. At
// its ends white space and joiners are cut off; other text may hold them.
func TestNoIDHoldsWhatCannotBeSeen(t *testing.T) {
	unseen := []rune{0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, 0xad, 0x34f, 0x61c, 0x180e, 0x202e, 0x2066, 0x3164, 0x115f, 0xffa0, 0xfe0f, 0xe0001, 0xe0100}
	for _, field := range []string{"id", "transaction_id", "replaces", "account_ref", "descriptor", "detail"} {
		for _, c := range unseen {
			for where, form := range map[string]string{"inside": "a%cb", "twice": "a%[1]c%[1]cb"} {
				event := strings.Replace(good, `"id":"e1"`, `"id":"e1","replaces":"p1","detail":"d"`, 1)
				for _, was := range []string{`"id":"e1"`, `"transaction_id":"t1"`, `"replaces":"p1"`, `"account_ref":"acc"`, `"descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`, `"detail":"d"`} {
					if strings.HasPrefix(was, `"`+field+`"`) {
						event = strings.Replace(event, was, `"`+field+`":`+quoted(fmt.Sprintf(form, c)), 1)
					}
				}
				d := newDesk(t)
				w := d.post(t, "0125", d.cur, `{"events":[`+event+`]}`, now)
				text := field == "descriptor" || field == "detail"
				refused := w.Code == http.StatusUnprocessableEntity && strings.Contains(w.Body.String(), `"field":"`+field+`"`)
				if refused == text || text && w.Code != http.StatusAccepted {
					t.Errorf("%s, U+%04X %s: %d %s", field, c, where, w.Code, w.Body)
				}
			}
		}
	}
}
