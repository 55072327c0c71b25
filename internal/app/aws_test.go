package app_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"kozamori/internal/app"
	"kozamori/internal/email/ses"
	"kozamori/internal/queue"
	"kozamori/internal/queue/sqs"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/store/dynamo"
	"kozamori/internal/testkit/emulator"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// onAWS is the system in one process on stand-ins for DynamoDB and SQS, with a
// bank and LINE outside.
type onAWS struct {
	queue  *sqs.Queue
	stages map[queue.Name]queue.Handler
	line   *sim.LINE
	bank   *sim.Bank
}

// newAWS sets it up with so many watched accounts, "watched_0" and on. The
// changes come after everything is made.
func newAWS(t *testing.T, accounts int, visibility time.Duration, table func(*dynamo.Config), queues func(*sqs.Config)) *onAWS {
	t.Helper()
	ctx := context.Background()
	cfg := emulator.AWS(t)
	tc := dynamo.Config{AWS: cfg, Endpoint: emulator.DynamoDB(t), Table: "kozamori-" + rand.Text()}
	if err := dynamo.Create(ctx, tc); err != nil {
		t.Fatal(err)
	}
	w := &onAWS{line: &sim.LINE{Token: "channel-token", Now: time.Now}}
	made := store.New(dynamo.New(tc))
	for i := range accounts {
		user := fmt.Sprintf("U%032d", i)
		w.line.AddUser(sim.User{ID: user, Lang: "ja", Following: true})
		a := &watch.Account{AccountKey: watch.AccountKey{Bank: "0125", Ref: fmt.Sprintf("watched_%d", i)}, Mask: "普通 ***4567",
			Watchers: []watch.Watcher{{ID: "w1", Role: watch.Owner, LineUser: user, Lang: watch.Japanese, Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()}}}
		if err := made.Write(ctx, store.PutAccount(a)); err != nil {
			t.Fatal(err)
		}
	}
	qc := sqs.Config{AWS: cfg, Endpoint: emulator.Moto(t)}
	var err error
	if qc.Queues, err = sqs.Create(ctx, qc, "kozamori-"+rand.Text()+"-", visibility, 100); err != nil {
		t.Fatal(err)
	}
	table(&tc)
	queues(&qc)
	w.queue = sqs.New(qc)
	outside := httptest.NewServer(w.line)
	t.Cleanup(outside.Close)
	c := app.Defaults()
	c.BaseURL, c.LINE.API, c.LINE.Token = "https://kozamori.example", outside.URL, "channel-token"
	c.LinkKeys = []token.Key{{ID: "a", Secret: make([]byte, token.MinKey)}}
	c.CallbacksInside = true
	secret := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32))
	s := app.New(c, app.Means{Mailer: ses.Open, Table: dynamo.New(tc), Queue: w.queue, Secrets: secrets{"0125": {secret}}, Logger: slog.New(slog.DiscardHandler)})
	handler, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	door := httptest.NewServer(handler)
	t.Cleanup(door.Close)
	if w.stages, err = s.Stages(); err != nil {
		t.Fatal(err)
	}
	w.bank = &sim.Bank{Code: "0125", Secrets: []string{secret}, API: door.URL, Now: time.Now}
	return w
}
