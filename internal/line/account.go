package line

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"
)

// ErrNoProfile says that a user blocked us, is no friend of ours or does not
// exist: pushing to them would be answered 200 and reach no one.
var ErrNoProfile = errors.New("line: no such friend")

// StatusError is an answer of LINE's other than the one hoped for. It carries
// nothing personal.
type StatusError struct {
	Status    int
	RequestID string // LINE's, for its support
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("line: LINE answered %d (request %s)", e.Status, e.RequestID)
}

// good turns an answer other than 2xx into a StatusError.
func good(res *http.Response, err error) error {
	if err != nil {
		return err
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return &StatusError{Status: res.StatusCode, RequestID: res.Header.Get("X-Line-Request-Id")}
	}
	return nil
}

// Profile is what we ask of a person's LINE profile; their name and picture
// are none of our business.
type Profile struct {
	Language string // BCP 47, as LINE has it: "ja", "en", "zh-Hant"; may be empty
}

// Profile reads a friend's profile; ErrNoProfile if it is none.
func (c *Client) Profile(ctx context.Context, user string) (Profile, error) {
	if !userID(user) {
		return Profile{}, ErrNoProfile
	}
	var got *messaging_api.UserProfileResponse
	res, _, err := c.authorised(ctx, func(api *messaging_api.MessagingApiAPI) (res *http.Response, err error) {
		res, got, err = api.GetProfileWithHttpInfo(user)
		return res, err
	})
	if err == nil && res.StatusCode == http.StatusNotFound {
		return Profile{}, ErrNoProfile
	}
	if err := good(res, err); err != nil {
		return Profile{}, err
	}
	if got == nil {
		return Profile{}, errUnreadable
	}
	return Profile{Language: got.Language}, nil
}

var errUnreadable = errors.New("line: LINE's answer cannot be read")

// LinkToken asks for a token that starts linking a friend's LINE account to
// their account at a bank. It works once, for 10 minutes, and only for them.
func (c *Client) LinkToken(ctx context.Context, user string) (string, error) {
	if !userID(user) {
		return "", ErrNoProfile
	}
	var got *messaging_api.IssueLinkTokenResponse
	res, _, err := c.authorised(ctx, func(api *messaging_api.MessagingApiAPI) (res *http.Response, err error) {
		res, got, err = api.IssueLinkTokenWithHttpInfo(user)
		return res, err
	})
	if err := good(res, err); err != nil {
		return "", err
	}
	if got == nil || got.LinkToken == "" {
		return "", errUnreadable
	}
	return got.LinkToken, nil
}
