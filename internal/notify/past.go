package notify

import (
	"context"
	"strings"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// pastLink leads to what a summary is about. A record that carries one and tells of
// nothing any more has no page: then it is by another one of the account.
func (c *Composer) pastLink(ctx context.Context, ch *channel.Channel, r *watch.Record, d *watch.Delivery) (string, error) {
	of := r
	if !r.Complete {
		for o, err := range c.Store.History(ctx, r.Account, time.Time{}, time.Time{}) {
			if err != nil {
				return "", err
			}
			if o.Complete {
				of = o
				break
			}
		}
	}
	return asking(c.linkOver(ch, of, d), wording.PastMark, r.SummaryMark(d)), nil
}

// asking is a link that asks for something of its page.
func asking(link, mark, value string) string {
	before := "?"
	if strings.Contains(link, before) {
		before = "&"
	}
	return link + before + mark + "=" + value
}
