package app_test

import (
	"crypto/ed25519"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/app"
	"kozamori/internal/catalog"
	"kozamori/internal/edition"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// A service that is published while the programs run is recognised, named on
// the record with the edition, and listed, without a restart.
func TestAPublishedServiceRingsWithoutARestart(t *testing.T) {
	w := worldtest.New(t)
	t.Cleanup(func() { catalog.BuiltIn().Use() })
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	s := app.New(app.Config{CatalogKeys: []ed25519.PublicKey{key.Public().(ed25519.PublicKey)}},
		app.Means{Table: w.Table, Queue: w.Queue, Now: w.Now, Logger: w.Logger})
	account := watch.AccountKey{Bank: "0125", Ref: "acc_1"}
	w.Put(store.PutAccount(&watch.Account{AccountKey: account, Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: lineUser,
		Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()}}}))
	detect := s.Detect()
	debit := func(n int) *watch.Record {
		t.Helper()
		e := fmt.Sprintf(`{"id":"e%d","type":"debit","transaction_id":"t%d","account_ref":"acc_1","occurred_at":%q,"amount":3000,"currency":"JPY","descriptor":"ﾇﾈﾍﾟｲ"}`,
			n, n, w.Now().Format(time.RFC3339))
		body := wire.EncodeBatch("0125", w.Now(), []jsontext.Value{jsontext.Value(e)}, 1<<20)[0]
		if v := detect(t.Context(), []queue.Message{{ID: "m", Body: body, Receives: 1}}); !v[0].Done {
			t.Fatalf("%+v: %s", v, w.Log)
		}
		for r, err := range w.Store.History(t.Context(), account, time.Time{}, time.Time{}) {
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		return nil
	}
	if r := debit(1); r != nil {
		t.Fatalf("it is %+v before it is published", r)
	}
	text := strings.Replace(string(catalog.Text()), "Version: "+catalog.Version(), "Version: 2099-01-01", 1) +
		"\nService: nunepay\nJa: ヌネペイ\nEn: Nunepay\nDebit: charge\nName: ヌネペイ | guessed\n"
	m, err := (&edition.Publisher{Store: w.Store, Key: key, Now: w.Now}).Publish(t.Context(), "", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	w.Add(edition.Stale)
	base, _ := m.Base()
	if r := debit(2); r == nil || r.Service != "nunepay" || r.Edition != base.ID {
		t.Errorf("it is %+v, by the edition %s", r, base.ID)
	}

	catalog.BuiltIn().Use() // as in another program
	var ingest http.Handler = app.New(s.Config, s.Means).Ingest()
	ingest.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v1/banks/0125/events", nil))
	if _, ok := catalog.ByID("nunepay"); !ok {
		t.Error("a request does not bring the edition that was published")
	}
}
