package line

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// maxMessages is how many messages one reply or push may carry.
const maxMessages = 5

// Reply answers an event with its reply token, which LINE takes once and for
// about a minute. Replies have no retry key, so what it returns says what may
// still be sent:
//
//   - SendAccepted: the person has it, as far as LINE says.
//   - SendRefused: LINE has not taken it, for certain (the token is used or
//     too old, or LINE refuses us): push it instead, with a retry key.
//   - SendRetry: not known. The same token again is safe, since it works
//     once; a push is not, for the person may get it twice.
func (c *Client) Reply(ctx context.Context, replyToken string, msgs ...message.Message) watch.Outcome {
	return c.reply(ctx, replyToken, false, msgs)
}

// ReplyAgain is Reply for a token with which an earlier attempt may have come
// through, in this process or one that died, and which is too young to be
// over: a token that LINE calls invalid was used by that attempt, which is
// SendAccepted. It never returns SendRefused, except for nothing to send.
func (c *Client) ReplyAgain(ctx context.Context, replyToken string, msgs ...message.Message) watch.Outcome {
	return c.reply(ctx, replyToken, true, msgs)
}

func (c *Client) reply(ctx context.Context, replyToken string, unsure bool, msgs []message.Message) watch.Outcome {
	if replyToken == "" || len(msgs) == 0 || len(msgs) > maxMessages {
		return watch.Outcome{Result: watch.SendRefused, Problem: "nothing to reply with"}
	}
	if c.Labels == nil {
		return watch.Outcome{Result: watch.SendRefused, Problem: noLabels}
	}
	// 400 says that the token is used or too old, or that LINE cannot take what
	// is drawn: text with the same token tells which, since a token works once.
	f := &forms[0]
	send := func(f *form) (*http.Response, error) {
		req := &messaging_api.ReplyMessageRequest{ReplyToken: replyToken, Messages: f.draw(c, msgs)}
		res, _, err := c.authorised(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
			res, _, err := api.ReplyMessageWithHttpInfo(req)
			return res, err
		})
		return res, err
	}
	// A lost answer is asked for once more at once: in a second the token may
	// be too old to tell anything.
	var o watch.Outcome
	for range 2 {
		res, err := send(f)
		if err == nil && refused(res) && f == &forms[0] {
			f = &forms[1]
			res, err = send(f)
		}
		switch {
		case err != nil && unsent(err):
			o = watch.Outcome{Result: watch.SendRefused, Problem: err.Error()}
		case err != nil:
			o = watch.Outcome{Result: watch.SendRetry, Problem: err.Error()}
		default:
			o = replyOutcome(res)
		}
		switch {
		case o.Result == watch.SendRefused && unsure && err == nil && res.StatusCode == http.StatusBadRequest:
			// The token is used up, and only our first attempt had it.
			return watch.Outcome{Result: watch.SendAccepted}
		case o.Result == watch.SendRefused && unsure:
			o.Result = watch.SendRetry
		}
		if o.Result == watch.SendAccepted {
			c.fellBack(f.name)
		}
		if o.Result != watch.SendRetry || ctx.Err() != nil {
			return o
		}
		unsure = true
	}
	return o
}

func replyOutcome(res *http.Response) watch.Outcome {
	s := res.StatusCode
	o := watch.Outcome{ProviderID: res.Header.Get("X-Line-Request-Id"), Problem: "LINE answered " + strconv.Itoa(s)}
	switch {
	case s >= 200 && s < 300:
		o.Result, o.Problem = watch.SendAccepted, ""
	case s >= 500, s == http.StatusRequestTimeout:
		o.Result = watch.SendRetry
	default:
		o.Result = watch.SendRefused
	}
	return o
}

// unsent tells whether an error came before LINE could see anything.
func unsent(err error) bool {
	var op *net.OpError
	return errors.Is(err, ErrNoToken) || errors.As(err, &op) && op.Op == "dial"
}
