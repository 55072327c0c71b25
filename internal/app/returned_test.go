package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"kozamori/internal/email"
	"kozamori/internal/sim"
)

// What becomes of an enrolment × what became of its mail: a clerk who wrote the
// address down wrong reads so, and does not wait for an answer.
func TestTheBankReadsWhatBecameOfTheMailOfAnEnrolment(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault sim.MailFault
		fails int
		event string // what the provider says afterwards
		want  string
	}{
		"it was taken":          {want: "open"},
		"it is late":            {event: `{"eventType":"DeliveryDelay",`, want: "open"},
		"it was called spam":    {event: `{"eventType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"fumi@example.jp"}]},`, want: "open"},
		"it came back":          {event: `{"eventType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"fumi@example.jp"}]},`, want: "returned"},
		"it was refused":        {fault: sim.MailRejected, fails: 1, want: "returned"},
		"the provider was down": {fault: sim.MailServerError, fails: 3, want: "open"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newMailTown(t)
			h.mail.Fail(c.fails, c.fault)
			made := h.call(http.MethodPost, "/mail-enrolments", `{"role":"owner","email":"fumi@example.jp","accounts":[{"account_ref":"acc_1"}]}`)
			for range 5 {
				h.goes(30 * time.Second)
			}
			if c.event != "" {
				mails := h.mail.Messages()
				if len(mails) != 1 {
					t.Fatalf("%d mails", len(mails))
				}
				f, err := email.ParseFeedback(fmt.Appendf(nil, `%s"mail":{"destination":["fumi@example.jp"],"tags":{"delivery":[%q]}}}`, c.event, mails[0].Tags["delivery"]))
				if err != nil {
					t.Fatal(err)
				}
				stage, err := h.system.Feedback()
				if err != nil {
					t.Fatal(err)
				}
				for range 2 { // it may be told twice
					if err := stage.Bounced(t.Context(), f); err != nil {
						t.Fatal(err)
					}
				}
			}
			list, _ := h.call(http.MethodGet, "/mail-enrolments?"+url.Values{"account_ref": {"acc_1"}}.Encode(), "")["enrolments"].([]any)
			if len(list) != 1 || list[0].(map[string]any)["enrolment_id"] != made["enrolment_id"] || list[0].(map[string]any)["state"] != c.want {
				t.Errorf("the bank reads %v", list)
			}
		})
	}
}
