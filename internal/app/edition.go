package app

import (
	"context"
	"net/http"

	"kozamori/internal/queue"
)

// upToDate lets a handler answer by the edition of the catalogue that was
// published last.
func (s *System) upToDate(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.live.Refresh(r.Context())
		h.ServeHTTP(w, r)
	})
}

// upToDateWith is upToDate for a stage.
func (s *System) upToDateWith(h queue.Handler) queue.Handler {
	return func(ctx context.Context, msgs []queue.Message) []queue.Verdict {
		s.live.Refresh(ctx)
		return h(ctx, msgs)
	}
}

// flowing is upToDate for a stage whose messages do not wait for one another.
func (s *System) flowing(f queue.Flow) queue.Flow {
	return func(ctx context.Context, msgs []queue.Message, settle func(queue.Message, queue.Verdict)) {
		s.live.Refresh(ctx)
		f(ctx, msgs, settle)
	}
}
