package email

import (
	"strings"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/watch"
)

// Channel is what the system knows of mail as a way to reach people. SES drops
// no second copy, so two workers must not meet: the lease is longer than an
// attempt. The key leads back to the delivery when SES says that a mail came
// back.
var Channel = channel.Channel{
	Kind:        watch.Email,
	Label:       map[watch.Lang]string{watch.Japanese: "メール", watch.English: "mail"},
	Parallel:    32,
	PerSecond:   14, // of an account that SES has let out of its sandbox, until it asks for more
	Lease:       time.Minute,
	Common:      true,
	Stoppable:   true,
	Way:         watch.WayMail,
	Unnamed:     true,
	Feedback:    true,
	Key:         func(record string, d *watch.Delivery) string { return d.FeedbackKey(record) },
	SameAddress: same,
}

// same compares addresses as providers write them: in any case, with quotes or
// without.
func same(a, b string) bool {
	bare := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, `"`, "")) }
	return bare(a) == bare(b)
}
