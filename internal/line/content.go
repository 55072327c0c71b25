package line

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"
)

// ErrNoContent says that LINE has no content of a message for us, not any more or not
// in the size that is read.
var ErrNoContent = errors.New("line: no such content")

// maxMessageID is how long LINE's id of a message may be; they are of some 20 digits.
const maxMessageID = 64

// messageID is s if it has the form of such an id, which goes into a path, and empty if
// not.
func messageID(s string) string {
	if len(s) > maxMessageID || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// Content is what a person sent with a message: no more than most bytes are read, and
// of more ErrNoContent is the answer.
func (c *Client) Content(ctx context.Context, message string, most int64) ([]byte, error) {
	if messageID(message) == "" {
		return nil, ErrNoContent
	}
	var data []byte
	res, _, err := c.withToken(ctx, func(token string) (*http.Response, error) {
		api, err := messaging_api.NewMessagingApiBlobAPI(token, messaging_api.WithBlobEndpoint(c.DataEndpoint), messaging_api.WithBlobHTTPClient(c.HTTP))
		if err != nil {
			return nil, errEndpoint
		}
		res, _, err := api.WithContext(ctx).GetMessageContentWithHttpInfo(message)
		if res == nil || res.StatusCode != http.StatusOK {
			return res, err
		}
		if data, err = io.ReadAll(io.LimitReader(res.Body, most+1)); err != nil {
			_ = res.Body.Close()
			return nil, err
		}
		return res, nil
	})
	switch {
	case err != nil:
		return nil, err
	case res.StatusCode != http.StatusOK && res.StatusCode < http.StatusInternalServerError && res.StatusCode != http.StatusTooManyRequests, int64(len(data)) > most:
		return nil, ErrNoContent
	}
	return data, good(res, nil)
}
