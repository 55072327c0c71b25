package line_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"kozamori/internal/line"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

func TestReply(t *testing.T) {
	t.Parallel()
	const drop = -1 // close the connection without an answer
	for name, c := range map[string]struct {
		answers []int
		want    watch.Result
	}{
		"a reply is taken": {[]int{200}, watch.SendAccepted},
		"a token that is used or too old leaves the way to a push": {[]int{400, 400}, watch.SendRefused},
		"what LINE cannot draw goes as text":                       {[]int{400, 200}, watch.SendAccepted},
		"text whose answer was lost is found by its token":         {[]int{400, drop, 400}, watch.SendAccepted},
		"a refused access token is refreshed":                      {[]int{401, 200}, watch.SendAccepted},
		"without any right nothing was sent":                       {[]int{401, 401}, watch.SendRefused},
		"too many at once were not taken":                          {[]int{429}, watch.SendRefused},
		"a server error is tried again with the same token":        {[]int{500, 200}, watch.SendAccepted},
		"a token used up after a server error was ours":            {[]int{500, 400, 400}, watch.SendAccepted},
		"a token used up after a lost answer was ours":             {[]int{drop, 400, 400}, watch.SendAccepted},
		"two server errors leave it open":                          {[]int{500, 503}, watch.SendRetry},
		"two lost answers leave it open":                           {[]int{drop, drop}, watch.SendRetry},
		"a refusal does not clear up a lost answer":                {[]int{drop, 429}, watch.SendRetry},
	} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int32
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/v2/bot/message/reply" || r.Header.Get("X-Line-Retry-Key") != "" {
					t.Errorf("%s with retry key %q", r.URL.Path, r.Header.Get("X-Line-Retry-Key"))
				}
				n := int(calls.Add(1)) - 1
				if n >= len(c.answers) || c.answers[n] == drop {
					panic(http.ErrAbortHandler)
				}
				w.WriteHeader(c.answers[n])
				_, _ = w.Write([]byte("{}"))
			}))
			defer srv.Close()
			client := line.New(line.Config{Endpoint: srv.URL, Tokens: line.StaticToken("t"), Labels: wording.LabelsIn})
			if o := client.Reply(context.Background(), "token", alert()); o.Result != c.want || int(calls.Load()) != len(c.answers) {
				t.Errorf("%+v after %d calls, want %v after %d", o, calls.Load(), c.want, len(c.answers))
			}
		})
	}
}

func TestAReplyThatNeverLeftMayBePushed(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close() // nothing listens there any more
	client := line.New(line.Config{Endpoint: srv.URL, Tokens: line.StaticToken("t"), Labels: wording.LabelsIn})
	if o := client.Reply(context.Background(), "token", alert()); o.Result != watch.SendRefused {
		t.Errorf("%+v", o)
	}
	if o := client.Reply(context.Background(), "", alert()); o.Result != watch.SendRefused {
		t.Errorf("without a token: %+v", o)
	}
}

func TestReplyAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []int
		want    watch.Result
	}{
		"a token that still works is used":                {[]int{200}, watch.SendAccepted},
		"a token that is used up was ours":                {[]int{400, 400}, watch.SendAccepted},
		"what LINE cannot draw was not sent, and is text": {[]int{400, 200}, watch.SendAccepted},
		"it is unknown whether too many at once was ours": {[]int{429}, watch.SendRetry},
	} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int32
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.answers[min(int(calls.Add(1)), len(c.answers))-1])
				_, _ = w.Write([]byte("{}"))
			}))
			defer srv.Close()
			client := line.New(line.Config{Endpoint: srv.URL, Tokens: line.StaticToken("t"), Labels: wording.LabelsIn})
			if o := client.ReplyAgain(context.Background(), "token", alert()); o.Result != c.want {
				t.Errorf("%+v, want %v", o, c.want)
			}
		})
	}
}
