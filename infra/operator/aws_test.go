package operator

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/queue"
	"kozamori/internal/queue/sqs"
	"kozamori/internal/store"
	"kozamori/internal/store/dynamo"
	"kozamori/internal/testkit/emulator"
)

// TestOnAWS works on stand-ins of DynamoDB, SQS and Parameter Store by the
// names that a stack gives them.
func TestOnAWS(t *testing.T) {
	dynamodb, moto := emulator.DynamoDB(t), emulator.Moto(t)
	ctx := t.Context()
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb)
	t.Setenv("AWS_ENDPOINT_URL_SQS", moto)
	t.Setenv("AWS_ENDPOINT_URL_SSM", moto)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	name := "ctl" + strings.ReplaceAll(time.Now().Format("150405.000000"), ".", "")
	if err := dynamo.Create(ctx, dynamo.Config{AWS: emulator.AWS(t), Table: name + "-Table-1ABC"}); err != nil {
		t.Fatal(err)
	}
	if _, err := sqs.Create(ctx, sqs.Config{AWS: emulator.AWS(t)}, name+"-", time.Minute, 3); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"KOZAMORI_LINE_API": "http://127.0.0.1:1"}
	d, err := AWS(ctx, Stack{Name: name, Region: emulator.Region}, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	st := store.New(d.Table)
	if err := st.Write(ctx, store.PutBank(&store.Bank{Code: "0125", Name: "七十七銀行"})); err != nil {
		t.Fatal(err)
	}
	if banks, err := store.Collect(st.Banks(ctx)); err != nil || len(banks) != 1 {
		t.Error(banks, err)
	}
	q, err := d.Queue(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Send(ctx, queue.Chat, queue.Outgoing{Body: []byte("hello")}); err != nil {
		t.Fatal(err)
	}
	if depth, err := q.Depth(ctx, queue.Chat); err != nil || depth.Waiting != 1 {
		t.Error(depth, err)
	}
	if n, err := q.Redrive(ctx, queue.Chat); n != 0 || err != nil {
		t.Error(n, err)
	}
	if v, err := d.Secrets.Secret(ctx, Webhook("0125")); v != "" || err != nil {
		t.Error(v, err)
	}
	for _, value := range []string{"whsec_new", "whsec_newer,whsec_new"} {
		if err := d.Secrets.PutSecret(ctx, Webhook("0125"), value); err != nil {
			t.Fatal(err)
		}
		if v, err := d.Secrets.Secret(ctx, Webhook("0125")); v != value || err != nil {
			t.Error(v, err)
		}
	}
	if _, err := d.LINE(ctx); err == nil || !strings.Contains(err.Error(), "line/token") {
		t.Error("a stack without LINE's secrets has a LINE:", err)
	}
	if err := d.Secrets.PutSecret(ctx, "line/token", "channel-token"); err != nil {
		t.Fatal(err)
	}
	client, err := d.LINE(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if token, err := client.Tokens.Token(ctx); token != "channel-token" || err != nil {
		t.Error(err)
	}
}
