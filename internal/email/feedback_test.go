package email_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/email"
	"kozamori/internal/watch"
)

// The events are cut from those in SES's documentation of event publishing.
func TestParseFeedback(t *testing.T) {
	t.Parallel()
	mail := `"mail":{"timestamp":"2017-08-05T00:40:02.012Z","source":"a@example.com","messageId":"EXAMPLE7c191be45","destination":["recipient@example.com"],"tags":{"ses:configuration-set":["ConfigSet"],"delivery":["r1_alert-w1-email"]}}`
	key, to := "r1_alert-w1-email", []string{"recipient@example.com"}
	for name, c := range map[string]struct {
		event string
		want  watch.Feedback
	}{
		"a permanent bounce": {`{"eventType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":"recipient@example.com","action":"failed","status":"5.1.1"}]},` + mail + `}`,
			watch.Feedback{Channel: watch.Email, Kind: watch.Bounced, Key: key, Addresses: to}},
		"a full mailbox": {`{"eventType":"Bounce","bounce":{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"recipient@example.com"}]},` + mail + `}`,
			watch.Feedback{Channel: watch.Email, Key: key, Addresses: to}},
		"a complaint": {`{"eventType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"recipient@example.com"}],"complaintFeedbackType":"abuse"},` + mail + `}`,
			watch.Feedback{Channel: watch.Email, Kind: watch.Complained, Key: key, Addresses: to}},
		"a delivery":        {`{"eventType":"Delivery","delivery":{"recipients":["recipient@example.com"]},` + mail + `}`, watch.Feedback{Channel: watch.Email, Key: key}},
		"of another system": {`{"eventType":"Delivery","mail":{}}`, watch.Feedback{Channel: watch.Email}},
	} {
		got, err := email.ParseFeedback([]byte(c.event))
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
	for _, bad := range []string{"", "[]", `{"mail":{}}`, `{"eventType":1,"x":"hanako@example.jp"}`} {
		if _, err := email.ParseFeedback([]byte(bad)); err == nil || strings.Contains(err.Error(), "hanako") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
