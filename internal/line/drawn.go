package line

import (
	"bytes"
	"errors"
	"strings"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"kozamori/internal/channel"
	"kozamori/internal/message"
)

// Draw writes messages, at most five, in each form that LINE may be asked to take: a
// line for a form, its name and the messages between tabs, which JSON has none of. What
// a release sends under a retry key another sends again from these bytes, and draws
// nothing itself.
func (c *Client) Draw(msgs ...message.Message) ([]byte, error) {
	if len(msgs) == 0 || len(msgs) > maxMessages {
		return nil, errors.New("nothing to send")
	}
	if c.Labels == nil {
		return nil, errors.New(noLabels)
	}
	out := make([]byte, 0, 8192)
	for i := range forms {
		f := &forms[i]
		out = append(out, f.name...)
		for _, m := range f.draw(c, msgs) {
			body, err := write(m)
			if err != nil {
				return nil, err
			}
			out = append(append(out, '\t'), body...)
		}
		out = append(out, '\n')
	}
	return out, nil
}

// drawing is a form of messages, as it goes out.
type drawing struct {
	name     string
	messages []messaging_api.MessageInterface
}

// drawings reads what Draw wrote, in whichever release.
func drawings(drawn []byte) ([]drawing, error) {
	var all []drawing
	for line := range bytes.Lines(drawn) {
		name, messages, ok := strings.Cut(strings.TrimSuffix(string(line), "\n"), "\t")
		if !ok {
			return nil, channel.ErrDrawing
		}
		d := drawing{name: name}
		for m := range strings.SplitSeq(messages, "\t") {
			if !strings.HasPrefix(m, "{") {
				return nil, channel.ErrDrawing
			}
			d.messages = append(d.messages, rendered{body: []byte(m)})
		}
		all = append(all, d)
	}
	if len(all) == 0 {
		return nil, channel.ErrDrawing
	}
	return all, nil
}
