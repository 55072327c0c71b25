package line

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/channel_access_token"
)

// Tokens gives channel access tokens.
type Tokens interface {
	// Token is the token to use now.
	Token(ctx context.Context) (string, error)
	// Refresh replaces a token that LINE refused.
	Refresh(ctx context.Context, refused string) (string, error)
}

// StaticToken is a long-lived token.
type StaticToken string

// Token returns the token.
func (t StaticToken) Token(context.Context) (string, error) { return string(t), nil }

// Refresh has nothing newer to offer.
func (t StaticToken) Refresh(context.Context, string) (string, error) { return string(t), nil }

const (
	// renewAfter is the part of a stateless token's 15 minutes after which a
	// new one is asked for: minute 10.
	renewAfter = 2.0 / 3
	// renewPause is how long a failed renewal is not repeated while the token
	// at hand still works.
	renewPause = 10 * time.Second
	issueTime  = 5 * time.Second
)

// OAuth is where stateless tokens are asked for, and for which channel.
type OAuth struct {
	Endpoint  string // of the Messaging API; may have a path
	ChannelID string
	HTTP      *http.Client     // nil takes one with a timeout of 5 seconds
	Now       func() time.Time // nil is time.Now
}

// Stateless gives tokens that live for 15 minutes, of which LINE issues as
// many as one likes. Callers who come together share one request.
type Stateless struct {
	OAuth
	issue func(*channel_access_token.ChannelAccessTokenAPI) (*http.Response, *channel_access_token.IssueStatelessChannelAccessTokenResponse, error)

	mu           sync.Mutex
	token        string
	renew, until time.Time
	pending      *issuing
}

// issuing is a request under way; done closes when err is final.
type issuing struct {
	done chan struct{}
	err  error
}

// BySecret asks for tokens with the channel secret.
func BySecret(o OAuth, secret string) *Stateless {
	return stateless(o, func(api *channel_access_token.ChannelAccessTokenAPI) (*http.Response, *channel_access_token.IssueStatelessChannelAccessTokenResponse, error) {
		return api.IssueStatelessChannelTokenByClientSecretWithHttpInfo(o.ChannelID, secret)
	})
}

func stateless(o OAuth, issue func(*channel_access_token.ChannelAccessTokenAPI) (*http.Response, *channel_access_token.IssueStatelessChannelAccessTokenResponse, error)) *Stateless {
	o.HTTP = httpClient(o.HTTP)
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Stateless{OAuth: o, issue: issue}
}

// Refresh returns another token than the refused one.
func (s *Stateless) Refresh(ctx context.Context, refused string) (string, error) {
	s.mu.Lock()
	if s.token == refused {
		s.token, s.renew, s.until = "", time.Time{}, time.Time{}
	}
	s.mu.Unlock()
	return s.Token(ctx)
}

// Token returns the token at hand, or a new one from its tenth minute on. If
// there is none to be had, the old one serves to its end.
func (s *Stateless) Token(ctx context.Context) (string, error) {
	s.mu.Lock()
	if s.token != "" && s.Now().Before(s.renew) {
		defer s.mu.Unlock()
		return s.token, nil
	}
	p := s.pending
	if p == nil {
		p = &issuing{done: make(chan struct{})}
		s.pending = p
		// Others wait for it too: it must not end with this caller.
		go s.ask(context.WithoutCancel(ctx), p)
	}
	s.mu.Unlock()
	select {
	case <-p.done:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != "" && s.Now().Before(s.until) {
		return s.token, nil
	}
	if p.err == nil {
		return "", ErrNoToken // refused again while we waited
	}
	return "", p.err
}

// ask gets a new token and ends p.
func (s *Stateless) ask(ctx context.Context, p *issuing) {
	asked := s.Now()
	token, life, err := s.one(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		p.err, s.renew = err, s.Now().Add(renewPause)
		if !s.Now().Before(s.until) {
			s.token = ""
		}
	} else {
		s.token, s.until = token, asked.Add(life)
		s.renew = asked.Add(time.Duration(renewAfter * float64(life)))
	}
	s.pending = nil
	close(p.done)
}

func (s *Stateless) one(ctx context.Context) (string, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, issueTime)
	defer cancel()
	api, err := channel_access_token.NewChannelAccessTokenAPI(
		channel_access_token.WithEndpoint(s.Endpoint), channel_access_token.WithHTTPClient(s.HTTP))
	if err != nil {
		return "", 0, errEndpoint
	}
	res, got, err := s.issue(api.WithContext(ctx))
	if res == nil {
		var own *keyError
		if errors.As(err, &own) {
			return "", 0, own
		}
		return "", 0, unreachable{err}
	}
	drain(res)
	if err := good(res, nil); err != nil {
		return "", 0, err
	}
	if got == nil || got.AccessToken == "" || got.ExpiresIn <= 0 {
		return "", 0, errUnreadable
	}
	return got.AccessToken, time.Duration(got.ExpiresIn) * time.Second, nil
}
