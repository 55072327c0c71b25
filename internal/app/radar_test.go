package app_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/app"
	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/watch"
)

// besieged is a town whose bank, one of 35, sends all that happens on its accounts, none of
// which is watched.
type besieged struct {
	*town
	rng  *rand.Rand
	n    int
	sent []string // the latest bodies' events
}

func newBesieged(t *testing.T, alter func(*app.Means)) *besieged {
	t.Helper()
	h := &besieged{town: newTownOn(t, alter), rng: rand.New(rand.NewPCG(2020, 9))}
	for n := range 34 { // with them each look is as many comparisons as it was in 2020
		code := fmt.Sprintf("9%03d", n)
		norm := &radar.Norm{Bank: code, Hours: 2000, Through: h.Now().AddDate(1, 0, 0)}
		for _, k := range radar.Kinds {
			kind := radar.KindNorm{Kind: k}
			for _, s := range []string{"docomo", "kyash", "linepay", "merpay", "paypay"} {
				kind.Services = append(kind.Services, radar.ServiceNorm{Service: s, Count: 1e6, Hours: 1e9})
			}
			norm.Kinds = append(norm.Kinds, kind)
		}
		if err := h.store.Write(t.Context(), store.PutBank(&store.Bank{Code: code}), store.PutFeed(&store.Feed{Bank: code, LastEvent: h.Now()}), store.PutRadarNorm(norm)); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// says is an event of an account, now.
func (h *besieged) says(kind watch.Kind, account, service, more string) string {
	h.n++
	return fmt.Sprintf(`{"id":"e%d","type":%q,"transaction_id":"t%d","account_ref":%q,"occurred_at":%q,"service":%q%s}`, h.n, kind, h.n, account, h.Now().Format(time.RFC3339), service, more)
}

const pin, most = `,"reason":"pin","route":"web_kouza_furikae"`, `,"amount":95000,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`

// hour plays an hour of a bank of 371 charges, 9 links and one refusal a day, and a sweep.
func (h *besieged) hour() {
	h.t.Helper()
	var events []string
	for range 15 {
		events = append(events, h.says(watch.Debit, fmt.Sprint("acc_", h.rng.IntN(5000)), "paypay", `,"amount":3000,"currency":"JPY","descriptor":"PAYPAY"`))
	}
	for i, service := range []string{"paypay", "docomo", "linepay", "merpay", "kyash"} {
		if h.rng.Float64() < []float64{.19, .08, .06, .04, .02}[i] {
			ref := fmt.Sprint("own_", h.n)
			events = append(events, h.says(watch.LinkRegistered, ref, service, ""))
			if h.rng.IntN(8) == 0 {
				events = append(events, h.says(watch.LinkRefused, ref, service, pin))
			}
			if service == "docomo" && h.rng.IntN(30) == 0 {
				events = append(events, h.says(watch.Debit, ref, service, most))
			}
		}
	}
	h.tells(events...)
	h.Add(time.Hour)
	h.look()
}

func (h *besieged) tells(events ...string) {
	h.t.Helper()
	h.sent = events
	h.sends(events...)
	h.settle()
}

// look sweeps, and has what that queued done.
func (h *besieged) look() {
	h.t.Helper()
	if _, err := h.system.Sweep().Sweep(context.Background()); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
}

// suspected takes what the bank was told of campaigns since it was last asked.
func (h *besieged) suspected() (out []map[string]any) {
	h.bank.mu.Lock()
	defer h.bank.mu.Unlock()
	for _, v := range h.bank.taken {
		if v["type"] == radar.TypeSuspected {
			out = append(out, v)
		}
	}
	h.bank.taken = nil
	return out
}

func (h *besieged) days(n int) {
	for range n * 24 {
		h.hour()
	}
}

// over has the bank say what it was.
func (h *besieged) over(c map[string]any) {
	h.t.Helper()
	path := fmt.Sprintf("/campaigns/%v", c["campaign_id"])
	h.call(http.MethodPost, path+"/state", `{"state":"confirmed","clerk":"佐藤"}`)
	h.call(http.MethodPost, path+"/state", `{"state":"ended"}`)
	if got := h.call(http.MethodGet, path, ""); got["state"] != "ended" || len(got["changes"].([]any)) != 3 {
		h.t.Errorf("%v", got)
	}
}

// counted is what the radar has counted of the last day, as it lies in the table.
func (h *besieged) counted() map[string]string {
	h.t.Helper()
	cells, err := h.store.Cells(context.Background(), "0125", h.Now().Add(-radar.LinkedFor), h.Now().Add(time.Hour))
	if err != nil {
		h.t.Fatal(err)
	}
	out := map[string]string{}
	for _, c := range cells {
		out[fmt.Sprint(c.Kind, " ", c.Service, " ", c.At.Format("15:04"))] = fmt.Sprint(c.Version, c.Counted, c.First)
	}
	return out
}

// TestTheAttackOf2020IsSeenBeforeItsVictims plays it over the door, the stages, the store
// and the bank's callback: PINs are guessed, and links are charged within the hour. In
// the weeks before nothing is the matter, and nothing is told.
func TestTheAttackOf2020IsSeenBeforeItsVictims(t *testing.T) {
	t.Parallel()
	h := newBesieged(t, func(*app.Means) {})
	h.days(10)
	if got := h.suspected(); len(got) > 0 {
		t.Fatalf("a false alarm: %v", got)
	}
	runs := breadth.Of(1, 20)
	soon, late := 0, 0
	for range runs {
		h.guessed(&soon)
		h.days(1)
		if !h.charged() {
			late++
		}
		h.days(1)
		if got := h.suspected(); len(got) > 0 {
			t.Errorf("a false alarm after an attack: %v", got)
		}
	}
	t.Logf("of %d attacks each: guessing known within 15 minutes %d times, more than four victims %d times", runs, soon, late)
	if soon*100 < runs*95 || late*20 > runs {
		t.Errorf("of %d attacks each: guessing known within 15 minutes %d times, more than four victims %d times", runs, soon, late)
	}
}

// guessed tries one PIN on an account a minute, and sends all twenty times.
func (h *besieged) guessed(soon *int) {
	h.t.Helper()
	begins := h.Now()
	for range 60 {
		h.tells(h.says(watch.LinkRefused, fmt.Sprint("guess_", h.n), "docomo", pin))
		before := h.counted()
		for range 19 {
			h.tells(h.sent...)
		}
		if diff := cmp.Diff(before, h.counted()); diff != "" {
			h.t.Fatalf("sent twenty times, something else is counted:\n%s", diff)
		}
		h.Add(time.Minute)
		h.look()
		got := h.suspected()
		if len(got) == 0 {
			continue
		}
		if took := h.Now().Sub(begins); took <= 15*time.Minute {
			*soon++
		}
		c := got[0]
		ids, _ := c["transaction_ids"].([]any)
		evidence, _ := c["evidence"].([]any)
		if len(got) != 1 || c["service"] != "docomo" || c["bank"] != "0125" || len(ids) < radar.Fewest || len(evidence) != 1 || evidence[0].(map[string]any)["kind"] != "refused" {
			h.t.Errorf("%v", got)
		}
		h.over(c)
		return
	}
	h.t.Error("guessing for an hour was not seen")
}

// charged links and charges seven accounts within an hour; false if more than four were
// charged before that was known.
func (h *besieged) charged() bool {
	h.t.Helper()
	for victim := range 7 {
		ref := fmt.Sprint("victim_", h.n)
		h.tells(h.says(watch.LinkRegistered, ref, "docomo", ""))
		for range 7 {
			h.Add(time.Minute)
			h.look()
		}
		h.tells(h.says(watch.Debit, ref, "docomo", most), h.says(watch.Debit, ref, "docomo", most))
		h.Add(time.Minute)
		h.look()
		if got := h.suspected(); len(got) > 0 {
			h.over(got[0])
			return victim < 4
		}
	}
	return false
}

// While the bank says that an attack is real, what its customers trust is told, and it
// is urgent; before and after, and of another service, it is not.
func TestWhileACampaignIsConfirmedTrustIsSuspended(t *testing.T) {
	t.Parallel()
	h := newBesieged(t, func(*app.Means) {})
	if err := h.line.Follow(lineUser); err != nil {
		t.Fatal(err)
	}
	h.settle()
	p := &person{town: h.town, id: lineUser}
	p.says(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1"}`)["code"].(string))
	if _, err := h.store.UpdateAccount(t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_1"}, func(a *watch.Account) ([]store.Write, error) {
		a.Watchers[0].Since = h.Now().AddDate(-1, 0, 0)
		for _, s := range []string{"docomo", "paypay"} {
			a.Watchers[0].Rules.Trusts = append(a.Watchers[0].Rules.Trusts, watch.Trust{Service: s, UpTo: 10_000, Until: h.Now().AddDate(0, 1, 0)})
		}
		return nil, nil
	}); err != nil {
		t.Fatal(err)
	}
	told := func(service, text string, yen int) string {
		t.Helper()
		h.Add(2 * time.Hour) // several in an hour are urgent by themselves
		before := len(h.line.Chat(lineUser))
		h.tells(h.says(watch.Debit, "acc_1", service, fmt.Sprintf(`,"amount":%d,"currency":"JPY","descriptor":%q`, yen, text)))
		for range 70 {
			h.Add(time.Second)
			h.settle()
		}
		chat := h.line.Chat(lineUser)
		if len(chat) == before {
			return ""
		}
		return string(chat[len(chat)-1].Message)
	}
	told("docomo", "ﾄﾞｺﾓｺｳｻﾞ", 1_000) // the first of each may be told as that
	told("paypay", "PAYPAY", 1_000)
	h.Add(24 * time.Hour)
	if got := told("docomo", "ﾄﾞｺﾓｺｳｻﾞ", 2_001); got != "" {
		t.Fatalf("what is trusted is told: %s", got)
	}
	c := radar.Open(&radar.Test{Bank: "0125", Service: "docomo", Kind: radar.Refused, From: h.Now(), To: h.Now(), Seen: 9, First: []radar.Seen{{Txn: "a", At: h.Now()}}}, h.Now())
	if err := h.store.PutCampaign(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got := told("docomo", "ﾄﾞｺﾓｺｳｻﾞ", 2_002); got != "" {
		t.Errorf("a suspicion is told to people: %s", got)
	}
	path := "/campaigns/" + c.ID
	h.call(http.MethodPost, path+"/state", `{"state":"confirmed"}`)
	if got := told("docomo", "ﾄﾞｺﾓｺｳｻﾞ", 2_003); !strings.Contains(got, "2,003円") || !strings.Contains(got, "緊急") {
		t.Errorf("while it is confirmed the phone shows %s", got)
	}
	latest, err := store.Collect(h.store.History(t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_1"}, h.Now().Add(-time.Hour), h.Now()))
	if err != nil || len(latest) != 1 || !latest[0].Notices[0].Reasons.Has(watch.UnderAttack) {
		t.Errorf("it is told because of %+v %v", latest, err)
	}
	if got := told("paypay", "PAYPAY", 2_004); got != "" {
		t.Errorf("another service that is trusted is told: %s", got)
	}
	h.call(http.MethodPost, path+"/state", `{"state":"ended"}`)
	h.Add(24 * time.Hour)
	if got := told("docomo", "ﾄﾞｺﾓｺｳｻﾞ", 2_005); strings.Contains(got, "2,005円") {
		t.Errorf("after it has ended what is trusted is told: %s", got)
	}
}

// radarless is a table whose items of the radar cannot be read or written while it is down.
type radarless struct {
	store.Table
	feed  bool // those of feeds, too
	down  atomic.Bool
	hangs atomic.Bool // it does not answer, rather than refuse
	tried atomic.Int64
}

var errThrottled = errors.New("throttled")

func (r *radarless) refuses(ctx context.Context, pk string) error {
	of := strings.HasPrefix(pk, "RADAR#")
	for _, prefix := range []string{"B#", "N#", "FN#", "TELL#"} {
		of = of || r.feed && strings.HasPrefix(pk, prefix)
	}
	if !r.down.Load() || !of {
		return nil
	}
	r.tried.Add(1)
	if r.hangs.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	return errThrottled
}

func (r *radarless) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	for _, k := range keys {
		if err := r.refuses(ctx, k.PK); err != nil {
			return nil, err
		}
	}
	return r.Table.Get(ctx, keys...)
}

func (r *radarless) Write(ctx context.Context, writes ...store.Write) error {
	for _, w := range writes {
		if err := r.refuses(ctx, w.Item.PK); err != nil {
			return err
		}
	}
	return r.Table.Write(ctx, writes...)
}

func (r *radarless) Query(ctx context.Context, q store.Query) (store.Page, error) {
	if err := r.refuses(ctx, q.PK); err != nil {
		return store.Page{}, err
	}
	return r.Table.Query(ctx, q)
}

// While the radar's items are throttled people are told as before, and what was not
// counted is counted once they are not.
func TestWithoutTheRadarPeopleAreToldAsBeforeAndItCatchesUp(t *testing.T) {
	t.Parallel()
	table := &radarless{}
	h := newBesieged(t, func(m *app.Means) { table.Table, m.Table = m.Table, table })
	if err := h.line.Follow(lineUser); err != nil {
		t.Fatal(err)
	}
	h.settle()
	p := &person{town: h.town, id: lineUser}
	p.says(h.call(http.MethodPost, "/codes", `{"account_ref":"acc_1"}`)["code"].(string))
	told := func(yen int) {
		t.Helper()
		h.tells(h.says(watch.LinkRefused, fmt.Sprint("guess_", h.n), "docomo", pin),
			h.says(watch.Debit, "acc_1", "docomo", fmt.Sprintf(`,"amount":%d,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"`, yen)))
		for range 6 {
			h.Add(time.Second)
			h.settle()
		}
		h.shows(fmt.Sprintf("%d,%03d円", yen/1000, yen%1000))
	}
	told(2_001)
	before := h.counted()
	if len(before) != 1 {
		t.Fatalf("%v", before)
	}
	table.down.Store(true)
	for i := range 3 {
		table.hangs.Store(i == 1)
		h.Add(11 * time.Second)
		told(2_002 + i)
	}
	if _, err := h.system.Sweep().Sweep(context.Background()); err == nil || table.tried.Load() < 3 {
		t.Errorf("the radar was not down: %v, tried %d times", err, table.tried.Load())
	}
	table.down.Store(false)
	if diff := cmp.Diff(before, h.counted()); diff != "" {
		t.Errorf("something was counted meanwhile:\n%s", diff)
	}
	h.Add(11 * time.Second)
	told(2_009)
	cells, err := h.store.Cells(context.Background(), "0125", h.Now().Add(-time.Hour), h.Now())
	if n, first := radar.Sum(cells); n != 5 || len(first) != 5 || err != nil {
		t.Errorf("%d accounts, %v counted of 5, %v", n, first, err)
	}
}
