package store_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// anAlert is an ordinary alert to one person, with names as long as banks'.
func anAlert() *watch.Record {
	now := time.Date(2026, 11, 24, 3, 0, 0, 123_456_789, time.UTC)
	balance := int64(1_200_000)
	r := &watch.Record{ID: "addeykgk8r4j0ar46ahcawfjfw", OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "7f3e2a10-5c4b-4d2e-9a61-0123456789ab"}),
		Mask: "普通 ***4567", Kind: watch.Debit, Event: "evt_01JDG5ZK3M8Q2W4R6T8Y0V1X3Z", Txn: "20261124-000123", OccurredAt: now.Truncate(time.Second),
		Amount: 100_000, Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", Balance: &balance, Status: watch.Posted, Service: "docomo", Confidence: watch.Seen, Edition: "2026-11-28.3fa9c1",
		ReceivedAt: now, RecordedAt: now, Complete: true, Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit | watch.FirstSeen)}}}
	r.Deliver(watch.TellAlert, &watch.Watcher{ID: "w1", Lang: watch.Japanese}, watch.LINE, 0, now, now)
	r.ComputeDue()
	return r
}

// size is what DynamoDB counts of an item: names and values.
func size(it store.Item) int {
	n := len("PK"+"SK"+"body"+"v"+"ttl"+"w"+it.PK+it.SK) + len(it.Body) + 2 + 7 + 4
	for _, k := range []store.Key{it.History, it.Due} {
		if k != (store.Key{}) {
			n += len("GSI1PK"+"GSI1SK") + len(k.PK) + len(k.SK)
		}
	}
	return n
}

func TestAnAlertToOnePersonFitsAKilobyte(t *testing.T) {
	t.Parallel()
	r := anAlert()
	if n := size(store.PutRecord(r).Item); n > 960 {
		t.Errorf("%d bytes when it is recorded", n)
	}
	// A critical one waits for an answer, and is written once more before the call.
	r.Notices[0].EscalateAt, r.Deliveries[0].Calling = r.RecordedAt.Add(time.Minute), true
	r.Deliveries[0].Worded, r.Deliveries[0].As = &watch.Worded{}, "U7HF8Q"
	r.ComputeDue()
	if n := size(store.PutRecord(r).Item); n > 1000 {
		t.Errorf("%d bytes when it is sent", n)
	}
	r.Deliveries[0].Calling = false
	r.Deliveries[0].Forget()
	r.Deliveries[0].State, r.Deliveries[0].AcceptedAt = watch.Accepted, r.RecordedAt.Add(time.Second)
	r.Deliveries[0].ProviderID = "a1b2c3d4-e5f6-7890-abcd-ef0123456789"
	r.ComputeDue()
	if n := size(store.PutRecord(r).Item); n > 1024 {
		t.Errorf("%d bytes when it is accepted", n)
	}
}

func TestWhatIsStoredOfARecordHoldsNoIDAndNoTimeBelowTheMillisecond(t *testing.T) {
	t.Parallel()
	r := anAlert()
	at := r.RecordedAt.Add(123456789 * time.Nanosecond)
	r.OccurredAt, r.ReceivedAt, r.RecordedAt, r.UndoneAt = at, at, at, at
	r.Notices[0].EscalateAt, r.Deliveries[0].CreatedAt, r.Deliveries[0].Due, r.Deliveries[0].AcceptedAt = at, at, at, at
	r.Answer = &watch.Answer{Value: watch.NotMine, Watcher: "w1", At: at}
	r.ComputeDue()
	body := string(store.PutRecord(r).Item.Body)
	if strings.Contains(body, r.ID) {
		t.Errorf("the id stands in the body: %s", body)
	}
	if fine := regexp.MustCompile(`[0-9]\.[0-9]{4,}`).FindString(body); fine != "" {
		t.Errorf("a time of %s seconds stands in the body: %s", fine, body)
	}
}

func TestARecordThatHoldsItsIDReads(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := store.New(worldtest.Table(t, time.Now))
	w := store.PutRecord(anAlert())
	w.Item.Body = []byte(`{"id":"` + anAlert().ID + `","kind":"debit","amount":100,"occurred_at":"2026-11-24T03:00:00.123456789Z"}`)
	if err := s.Write(ctx, w); err != nil {
		t.Fatal(err)
	}
	r, err := s.Record(ctx, anAlert().ID)
	if err != nil || r.ID != anAlert().ID || r.Amount != 100 || r.OccurredAt.Nanosecond() != 123456789 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestARecordComesBackAsItWasToTheMillisecond(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := anAlert()
	r.Answer = &watch.Answer{Value: watch.NotMine, Watcher: "w1", At: r.RecordedAt.Add(time.Minute)}
	r.UndoneAt, r.Notices[0].EscalateAt = r.RecordedAt, r.RecordedAt
	s := store.New(worldtest.Table(t, func() time.Time { return r.RecordedAt }))
	if err := s.Write(ctx, store.PutRecord(r)); err != nil {
		t.Fatal(err)
	}
	want := r.Clone()
	want.Version = 1
	same := cmp.Comparer(func(x, y time.Time) bool {
		return x.IsZero() == y.IsZero() && x.Sub(y).Abs() < time.Millisecond
	})
	got, err := s.Record(ctx, r.ID)
	if diff := cmp.Diff(want, got, same); diff != "" || err != nil {
		t.Error("read:", diff, err)
	}
	many, err := s.Records(ctx, []string{r.ID, "none"})
	if diff := cmp.Diff(map[string]*watch.Record{r.ID: want}, many, same); diff != "" || err != nil {
		t.Error("read with others:", diff, err)
	}
	listed, err := store.First(s.History(ctx, r.Account, time.Time{}, time.Time{}), 10)
	if diff := cmp.Diff([]*watch.Record{want}, listed, same); diff != "" || err != nil {
		t.Error("listed:", diff, err)
	}
	if !r.RecordedAt.Equal(anAlert().RecordedAt) || r.ID == "" {
		t.Error("writing a record changed it")
	}
	if _, err := s.UpdateReadRecord(ctx, got, func(r *watch.Record) error { r.Deliveries[0].State = watch.Accepted; return nil }); err != nil {
		t.Fatal(err)
	}
	if got.Deliveries[0].State != watch.Queued || got.Version != 1 {
		t.Error("changing a record that was read changed what was read")
	}
}
