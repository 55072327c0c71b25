package infra_test

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"kozamori/internal/intake"
)

// everyFileCall sends a file, and asks what came of it.
func (w *world) everyFileCall() {
	event := `{"id":"f1","type":"debit","transaction_id":"f1","account_ref":"acc_8f3k","occurred_on":"2026-11-05","amount":5000,"currency":"JPY","descriptor":"PAYPAY"}`
	send := func(want int, body string, rows int, more string) map[string]any {
		return w.call(want, "POST", fmt.Sprintf("/files?rows=%d&sha256=%x%s", rows, sha256.Sum256([]byte(body)), more), body)
	}
	body := event + "\n{}\n"
	v := send(202, body, 2, "&feed=core&sequence=1")
	v = w.call(200, "GET", fmt.Sprint("/files/", v["file_id"]), "")
	send(202, strings.Replace(event, "-05", "-09", 1), 1, "&feed=core&sequence=4")
	send(200, strings.Replace(event, "-05", "-09", 1), 1, "&feed=core&sequence=4")
	send(202, "", 0, "&feed=core&sequence=5")
	send(202, event, 1, "&account_ref=acc_8f3k")
	send(422, body, 3, "")
	send(422, "{}", 1, "")
	send(422, body, 2, "&accounts=x")
	send(413, strings.Repeat(" ", intake.MaxUpload+1), 1, "")
	w.call(404, "GET", "/files/none", "")
	w.call(401, "GET", fmt.Sprint("/files/", v["file_id"]), "", "wrong")
	w.call(401, "POST", "/files?", "x", "wrong")
	w.queue.down = true
	send(503, strings.Replace(event, "-05", "-08", 1), 1, "")
	w.queue.down = false
}
