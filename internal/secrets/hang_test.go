package secrets_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"kozamori/internal/secrets"
)

// hanging is a Parameter Store that answers until it hangs.
type hanging struct {
	hangs bool
	asked int
}

func (h *hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	h.asked++
	if h.hangs {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	body, _ := json.Marshal(map[string]any{"Parameters": []any{
		map[string]any{"Name": "/k/line/channel-secret", "Value": "one"}, map[string]any{"Name": "/k/banks/0125/webhook", "Value": "whsec_1"}}})
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, Body: io.NopCloser(strings.NewReader(string(body)))}, nil
}

// LINE waits for two seconds, and our own hook for one and a half.
func TestWhileParameterStoreHangsTheLastValuesServeAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &hanging{}
		s := secrets.New(secrets.Config{Prefix: "/k", HTTP: &http.Client{Transport: store, Timeout: 5 * time.Second}, Logger: slog.New(slog.DiscardHandler),
			AWS: aws.Config{Region: "ap-northeast-1", Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}})
		for name, ask := range map[string]func(context.Context) (string, error){
			"Named": func(ctx context.Context) (string, error) {
				v, err := s.Named(ctx, "line/channel-secret")
				return v["line/channel-secret"], err
			},
			"Renewed": func(ctx context.Context) (string, error) {
				v, err := s.Renewed(ctx, "line/channel-secret")
				return v["line/channel-secret"], err
			},
			"WebhookSecrets": func(ctx context.Context) (string, error) {
				v, err := s.WebhookSecrets(ctx, "0125")
				return strings.Join(v, ","), err
			},
		} {
			store.hangs = false
			time.Sleep(2 * secrets.Life)
			want, err := ask(t.Context())
			if err != nil || want == "" {
				t.Fatal(name, want, err)
			}
			store.hangs = true
			time.Sleep(2 * secrets.Life)
			start, asked := time.Now(), store.asked
			got, err := ask(t.Context())
			if took := time.Since(start); err != nil || got != want || took > 500*time.Millisecond || store.asked-asked != 1 {
				t.Errorf("%s: %q %v after %v and %d calls, want %q after half a second and one", name, got, err, took, store.asked-asked, want)
			}
			start = time.Now()
			if _, err := ask(t.Context()); err != nil || time.Since(start) > 0 {
				t.Errorf("%s: the next one waits %v too (%v)", name, time.Since(start), err)
			}
		}
	})
}
