package callback_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/callback"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
)

// gate is a bank that lets its callers wait, and counts them.
type gate struct {
	mu        sync.Mutex
	now, most int
	came      chan struct{}
	open      chan struct{}
}

func (g *gate) ServeHTTP(http.ResponseWriter, *http.Request) {
	g.mu.Lock()
	g.now++
	g.most = max(g.most, g.now)
	g.mu.Unlock()
	g.came <- struct{}{}
	<-g.open
	g.mu.Lock()
	g.now--
	g.mu.Unlock()
}

// One process has so many calls to a bank under way and no more, and a bank that lets
// them wait holds up no other.
func TestABankIsCalledSoManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	const calls = 5 * callback.PerBank
	g := &gate{came: make(chan struct{}, calls), open: make(chan struct{})}
	slow, quick := httptest.NewServer(g), httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer slow.Close()
	defer quick.Close()
	s := store.New(worldtest.Table(t, time.Now))
	if err := s.Write(t.Context(), store.PutBank(&store.Bank{Code: "0125", Callback: slow.URL}), store.PutBank(&store.Bank{Code: "0168", Callback: quick.URL})); err != nil {
		t.Fatal(err)
	}
	c := &callback.Signed{Store: s, Secrets: rotating{"whsec_" + strings.Repeat("A", 43) + "="}, Inside: true, HTTP: &http.Client{Timeout: time.Minute}, Now: time.Now}
	var posting sync.WaitGroup
	for range calls {
		posting.Go(func() {
			if err := c.Post(t.Context(), "0125", "msg_1", []byte(`{}`)); err != nil {
				t.Error(err)
			}
		})
	}
	for range callback.PerBank {
		<-g.came
	}
	if err := c.Post(t.Context(), "0168", "msg_2", []byte(`{}`)); err != nil {
		t.Errorf("another bank is not called: %v", err)
	}
	for i := range calls {
		g.open <- struct{}{}
		if i+callback.PerBank < calls {
			<-g.came
		}
	}
	posting.Wait()
	if g.most != callback.PerBank {
		t.Errorf("%d calls were under way at once, want %d", g.most, callback.PerBank)
	}
}
