package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"kozamori/internal/queue"
)

// What the load of stories consists of: one person in storyEvery has storyDebits
// debits within a second; of the pushes that LINE sees for the first time it
// fails faultPercent, half of them after it has taken them.
const (
	storyEvery   = 50
	storyDebits  = 20
	faultPercent = 2
)

// faults lets LINE fail for some pushes, each once, and knows for whom.
type faults struct {
	mu     sync.Mutex
	keys   map[string]bool
	people map[string]bool
}

func (f *faults) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		key := r.Header.Get("X-Line-Retry-Key")
		var push struct{ To string }
		if err != nil || key == "" || json.Unmarshal(body, &push) != nil {
			next.ServeHTTP(w, r)
			return
		}
		f.mu.Lock()
		fail := !f.keys[key] && rand.IntN(100) < faultPercent
		f.keys[key] = true
		if fail {
			f.people[push.To] = true
		}
		f.mu.Unlock()
		switch {
		case !fail:
			next.ServeHTTP(w, r)
		case rand.IntN(2) == 0:
			w.WriteHeader(http.StatusInternalServerError)
		default:
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler) // taken, and never answered
		}
	})
}

// stories posts alerting debits at a rate, of which some go on as bursts, while
// LINE fails now and then.
func stories(ctx context.Context, o options) error {
	n := o.rate * o.seconds
	s, err := open(ctx, n)
	if err != nil {
		return err
	}
	defer s.Close()
	f := &faults{keys: map[string]bool{}, people: map[string]bool{}}
	s.front(f.front)
	stop, err := s.work(ctx, queue.Events, queue.LINE)
	if err != nil {
		return err
	}
	defer stop()
	fmt.Printf("%d new alerts/s for %d s, one in %d goes on as %d debits in a second, LINE fails for %d %% of pushes\n", o.rate, o.seconds, storyEvery, storyDebits, faultPercent)
	c := client(64)
	first, last := make([]time.Time, n), make([]time.Time, n)
	var wg sync.WaitGroup
	send := func(i int) time.Time {
		var b bytes.Buffer
		event(&b, i, charges[0])
		r := s.sign(b.Bytes())
		at := time.Now()
		if err := post(ctx, c, s.url, r); err != nil {
			row("a POST failed", err.Error())
		}
		return at
	}
	begin := time.Now()
	for i := range n {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * time.Second / time.Duration(o.rate))))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		wg.Go(func() {
			first[i] = send(i)
			last[i] = first[i]
			if i%storyEvery != 0 {
				return
			}
			for range storyDebits - 1 {
				time.Sleep(time.Second / storyDebits)
				last[i] = send(i)
			}
		})
	}
	wg.Wait()
	time.Sleep(10 * time.Second) // follow-ups wait for five, and repetitions for a few
	s.tellStories(f, first, last)
	return nil
}

func (s *stack) tellStories(f *faults, first, last []time.Time) {
	came := map[string][]time.Time{}
	for _, m := range s.line.Messages() {
		came[m.To] = append(came[m.To], m.At)
	}
	var whole, failed, after []time.Duration
	var pushes []int
	silent := 0
	for i := range first {
		at := came[user(i)]
		if len(at) == 0 {
			silent++
			continue
		}
		slices.SortFunc(at, time.Time.Compare)
		if took := at[0].Sub(first[i]); f.people[user(i)] {
			failed = append(failed, took)
		} else {
			whole = append(whole, took)
		}
		if i%storyEvery == 0 {
			pushes = append(pushes, len(at))
			after = append(after, at[len(at)-1].Sub(last[i]))
		}
	}
	row("people who were told nothing", fmt.Sprint(silent))
	spread("first debit to accepted by LINE", whole)
	spread("the same, of people for whom LINE failed once", failed)
	if len(pushes) > 0 {
		slices.Sort(pushes)
		row(fmt.Sprintf("pushes for %d debits, median and most", storyDebits), fmt.Sprintf("%d, %d", pushes[len(pushes)/2], pushes[len(pushes)-1]))
		spread("last debit to the last message", after)
	}
	for _, v := range s.line.Violations() {
		row("against LINE's rules", v)
	}
}
