package line

import (
	"context"
	"net/http"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"kozamori/internal/channel"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// Channel is what the system knows of LINE as a way to reach people. LINE
// drops the second copy of a push by its retry key, so two workers may meet.
var Channel = channel.Channel{
	Kind:      watch.LINE,
	Label:     map[watch.Lang]string{watch.Japanese: "LINE", watch.English: "LINE"},
	Parallel:  64,
	PerSecond: 2000, // https://developers.line.biz/en/reference/messaging-api/#rate-limits
	InPlace:   true,
	Key:       func(record string, d *watch.Delivery) string { return d.RetryKey(record) },
	Address:   func(w *watch.Watcher, _ *watch.Channel) string { return w.LineUser },
}

// Sender is the client as the channel sends with it.
func (c *Client) Sender() channel.Sender { return sender{c} }

type sender struct{ *Client }

func (s sender) Draw(m message.Message) ([]byte, error) { return s.Client.Draw(m) }

func (s sender) Send(ctx context.Context, to channel.Address, drawn []byte) watch.Outcome {
	return s.PushDrawn(ctx, to.To, to.Key, drawn)
}

// Ping asks for the month's quota, which costs none of it.
func (s sender) Ping(ctx context.Context) bool {
	res, _, err := s.authorised(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.GetMessageQuotaWithHttpInfo()
		return res, err
	})
	return err == nil && res.StatusCode < 500 && res.StatusCode != http.StatusTooManyRequests
}
