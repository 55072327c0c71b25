package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/bankapi"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

func TestBanks(t *testing.T) {
	w := newWorld(t)
	w.transcript("bank",
		"bank list",
		"bank add 0125 -phone 0120-000-000 -silent-after 2h",
		"bank add 0125 -callback https://bank.example/kozamori",
		"bank add 0168 -json",
		"bank add 9876",
		"bank add 9876 -name 見本銀行 -callback http://bank.example/",
		"bank add 9876 -name 見本銀行 -callback http://127.0.0.1:9000/callback",
		"bank add 12",
		"bank add",
		"bank add 0125 -silent-after -1h",
		"bank list",
		"bank list -json",
		"bank list 0125",
	)
	b, err := w.store.Bank(t.Context(), "0125")
	if err != nil || b.Name != "七十七銀行" || b.Phone != "0120-000-000" || b.SilentAfter != 2*time.Hour || b.Callback != "https://bank.example/kozamori" {
		t.Errorf("%+v %v", b, err)
	}
}

func TestASecretIsRotatedWithoutAMomentInWhichTheBankIsNotHeard(t *testing.T) {
	w := newWorld(t)
	w.bank("0125", "七十七銀行")
	name := operator.Webhook("0125")
	w.transcript("rotate-begin", "bank rotate-secret 0125", "bank rotate-secret 0125")
	two := live(w.secrets[name])
	if len(two) != 2 || two[1] != bankSecret || two[0] == bankSecret {
		t.Fatalf("%d live secrets, the old one last: %v", len(two), len(two) == 2 && two[1] == bankSecret)
	}
	w.transcript("rotate-again", "bank rotate-secret 0125 -again -json")
	if again := live(w.secrets[name]); len(again) != 2 || again[1] != bankSecret || again[0] == two[0] {
		t.Fatalf("%d live secrets", len(again))
	}
	newest := live(w.secrets[name])[0]
	w.answers = "n\n"
	if code, _, errs := w.ctl("bank", "rotate-secret", "0125", "-finish"); code != 1 || len(live(w.secrets[name])) != 2 {
		t.Errorf("exit %d, ended without a yes: %s", code, errs)
	}
	w.answers = "y\n"
	if code, _, errs := w.ctl("bank", "rotate-secret", "0125", "-finish"); code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	if w.secrets[name] != newest {
		t.Error("the new secret does not live on alone")
	}
	w.answers = ""
	w.transcript("rotate-finish", "bank rotate-secret 0125 -finish", "bank rotate-secret 0125 -finish -json",
		"bank rotate-secret 0168", "bank rotate-secret 0125 -finish -again", "bank rotate-secret x")
	if w.secrets[name] != newest {
		t.Error("finishing twice changed it")
	}
}

func TestAPIKeysAreMadeListedAndRevoked(t *testing.T) {
	w := newWorld(t)
	w.bank("0125", "七十七銀行")
	if code, out, _ := w.ctl("bank", "api-key", "0125", "-label", "head office", "-for", "24h", "-scopes", "erase,enrol"); code != 0 || !strings.Contains(out, "kozamori_") || !strings.Contains(out, "shown only now") {
		t.Errorf("exit %d\n%s", code, out)
	}
	keys, err := store.Collect(w.store.APIKeys(t.Context(), "0125"))
	if err != nil || len(keys) != 1 || keys[0].Label != "head office" || !keys[0].Expires.Equal(noon.Add(24*time.Hour)) {
		t.Fatalf("%v %v", keys, err)
	}
	id := keys[0].ID()
	_, out, _ := w.ctl("bank", "api-key", "0125", "-list")
	want := "ID          CREATED                  EXPIRES                  LAST USED  FOR            LABEL\n" +
		id + "  2026-11-24 12:00:00 JST  2026-11-25 12:00:00 JST  -          enrol,erase    head office\n"
	if strings.Join(strings.Fields(out), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got\n%swant\n%s", out, want)
	}
	if code, _, errs := w.ctl("bank", "api-key", "0125", "-revoke", "nothing"); code != 1 || !strings.Contains(errs, "-list") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if code, out, _ := w.ctl("bank", "api-key", "0125", "-revoke", id, "-json"); code != 0 || !strings.Contains(out, `"id":"`+id+`"`) || strings.Contains(out, "api_key") {
		t.Errorf("exit %d\n%s", code, out)
	}
	w.transcript("api-key", "bank api-key 0125 -list", "bank api-key 0168", "bank api-key 0125 -for -1h", "bank api-key 0125 -list -label x",
		"bank api-key 0125 -scopes all", "bank api-key 0125 -rotate x -for 0", "bank api-key")
}

// A key of an earlier version, without scopes and without an end, works until it
// is replaced; what replaces it says what it is for, and ends.
func TestAnAPIKeyOfAnEarlierVersionIsSaidToBeOneAndIsRotated(t *testing.T) {
	w := newWorld(t)
	w.bank("0125", "七十七銀行")
	_, old := bankapi.NewAPIKey("0125", "", nil, noon, time.Time{})
	w.put(store.PutAPIKey(old)...)
	if _, out, _ := w.ctl("bank", "api-key", "0125", "-list"); !strings.Contains(out, "never") || !strings.Contains(out, "all: made before scopes, -rotate it") {
		t.Errorf("it is not said:\n%s", out)
	}
	if code, out, errs := w.ctl("bank", "api-key", "0125", "-rotate", old.ID(), "-overlap", "48h"); code != 0 || !strings.Contains(out, "kozamori_") || !strings.Contains(out, "2026-11-26 12:00:00 JST") {
		t.Errorf("exit %d: %s\n%s", code, errs, out)
	}
	keys, err := store.Collect(w.store.APIKeys(t.Context(), "0125"))
	if err != nil || len(keys) != 2 {
		t.Fatal(keys, err)
	}
	for _, k := range keys {
		if k.ID() == old.ID() {
			if !k.Expires.Equal(noon.Add(48*time.Hour)) || len(k.Scopes) != 0 {
				t.Errorf("the old one: %+v", k)
			}
		} else if !k.Expires.Equal(noon.Add(bankapi.KeyLife)) || len(k.Scopes) != len(bankapi.Scopes()) || k.Replaces != old.ID() {
			t.Errorf("the new one: %+v", k)
		}
	}
	for _, k := range keys {
		if code, _, errs := w.ctl("bank", "api-key", "0125", "-rotate", k.ID()); code != 1 || !strings.Contains(errs, "under way") {
			t.Errorf("a third key: exit %d: %s", code, errs)
		}
	}
	if code, _, errs := w.ctl("bank", "api-key", "0125", "-revoke", old.ID()); code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	if code, _, errs := w.ctl("bank", "api-key", "0125", "-rotate", keys[0].ID()+keys[1].ID()); code != 1 {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestACodeOfTheOperatorBindsAsOneOfTheBank(t *testing.T) {
	w := newWorld(t)
	w.bank("0125", "七十七銀行")
	w.transcript("code", "code acc_1 -bank 0125 -lang en", "code -json -bank 0125 acc_1", "code acc_1 -bank 0168",
		"code acc_1 -bank 0125 -email nobody", "code acc_1 -bank 0125 -lang fr", "code -bank 0125", "code acc_1")
	codes, err := store.Collect(w.store.Codes(t.Context(), watch.AccountKey{Bank: "0125", Ref: "acc_1"}))
	if codes = slices.DeleteFunc(codes, (*store.Code).Withdrawn); err != nil || len(codes) != 1 { // the second ended the first
		t.Errorf("%d codes are open: %v", len(codes), err)
	}
	delete(w.secrets, operator.LinkKeys)
	if code, _, errs := w.ctl("code", "acc_1", "-bank", "0125"); code != 1 || !strings.Contains(errs, "link keys") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestDeadLetters(t *testing.T) {
	w := newWorld(t)
	w.transcript("dlq-empty", "dlq list", "dlq list -json", "dlq redrive", "dlq redrive line -json", "dlq list mail", "dlq list -n 0", "dlq")
	w.deadLetter(queue.LINE, `{"record":"secret of somebody"}`, "0125", "LINE answered 400")
	w.deadLetter(queue.LINE, `{"record":"another"}`, "0168", "LINE answered 400")
	w.deadLetter(queue.Bank, `{"dispute":"d"}`, "0168", "notify: the bank answered 410")
	w.mails = []queue.Dead{{Message: queue.Message{ID: "0001", Body: []byte("somebody@example.jp"), Receives: 3, SentAt: noon}, Why: "RetriesExhausted: store: throttled", DiedAt: noon}}
	raw := w.transcript("dlq", "dlq list", "dlq list line -json", "dlq list -n 1 line", "dlq list feedback", "dlq redrive feedback")
	if strings.Contains(raw, "somebody") {
		t.Error("a dead letter's body is shown")
	}
	w.answers = "\n"
	if code, _, errs := w.ctl("dlq", "redrive"); code != 1 || !strings.Contains(errs, "2 of line, 1 of bank go back") || !strings.Contains(errs, "Nothing was done") {
		t.Errorf("exit %d: %s", code, errs)
	}
	w.answers = ""
	w.transcript("dlq-redrive", "dlq redrive line", "dlq redrive -yes -json", "dlq list")
	if depth, err := w.queue.Depth(t.Context(), queue.LINE); err != nil || depth.Waiting != 2 {
		t.Errorf("%+v %v", depth, err)
	}
}

func TestKeysAreSettled(t *testing.T) {
	w := newWorld(t)
	w.bank("0125", "七十七銀行")
	_, old := bankapi.NewAPIKey("0125", "of before", nil, noon, time.Time{})
	w.put(store.PutAPIKey(old)...)
	if settled, err := w.store.KeysSettled(t.Context(), "0125"); err != nil || settled {
		t.Fatalf("%t %v", settled, err)
	}
	code, out, errs := w.ctl("bank", "api-key", "0125", "-settle")
	if settled, err := w.store.KeysSettled(t.Context(), "0125"); code != 0 || err != nil || !settled || !strings.Contains(out, old.ID()) {
		t.Errorf("exit %d, %t %v: %s%s", code, settled, err, out, errs)
	}
	if code, _, _ := w.ctl("bank", "api-key", "0125", "-settle", "-list"); code != 2 {
		t.Errorf("two things at once: exit %d", code)
	}
}

func TestDisputesOfAVersionBeforeAreFoundByTheirReference(t *testing.T) {
	w := newWorld(t)
	w.bank("0125", "七十七銀行")
	d := &watch.Dispute{ID: "d", Reference: "KZ-7F3K-9Q4M", OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "a"}), AnsweredAt: noon}
	w.put(w.store.PutDispute(d))
	code, out, errs := w.ctl("bank", "references", "0125", "-json")
	found, all, err := w.store.Referenced(t.Context(), "0125", d.Reference)
	if code != 0 || !strings.Contains(out, `"disputes":1`) || err != nil || !all || len(found) != 1 {
		t.Errorf("exit %d: %s%s: %v %t %v", code, out, errs, found, all, err)
	}
	if code, _, _ := w.ctl("bank", "references", "9999"); code != 1 {
		t.Errorf("of no bank: exit %d", code)
	}
}

func TestCallbacks(t *testing.T) {
	w := newWorld(t)
	w.bank("0125", "七十七銀行")
	taken := &store.Callback{ID: "msg_a", Bank: "0125", Type: "feed.gap", Seq: 3, At: noon, ToldAt: noon}
	taken.Tried(store.CallbackAttempt{At: noon, Took: 31, Reason: "answered", Status: 503})
	taken.Tried(store.CallbackAttempt{At: noon.Add(time.Second), Took: 84})
	gone := &store.Callback{ID: "msg_b", Bank: "0125", Type: "intake.finished", File: "f", At: noon.Add(time.Minute), GaveUpAt: noon}
	gone.Tried(store.CallbackAttempt{At: noon, Took: 9, Ours: true})
	w.put(store.PutCallback(taken, []byte(`{}`))...)
	w.put(store.PutCallback(gone, []byte(`{}`))...)
	w.put(store.PutCallback(&store.Callback{ID: "msg_c", Bank: "0125", Type: "watcher.unreachable", Record: "r", Delivery: "d", At: noon.Add(-time.Minute)}, nil)...)
	w.transcript("callbacks", "callbacks list -bank 0125", "callbacks list -bank 0125 -open -n 1 -json", "callbacks list -bank 0168", "callbacks list", "callbacks list -bank 0125 -n 0",
		"callbacks resend -bank 0125 msg_b msg_c", "callbacks resend -bank 0125 none", "callbacks resend -bank 0125", "callbacks resend msg_b", "callbacks list -bank 0125 -open")
	if depth, err := w.queue.Depth(t.Context(), queue.Bank); err != nil || depth.Waiting != 2 {
		t.Errorf("%+v %v", depth, err)
	}
}

func TestQuarantine(t *testing.T) {
	w := newWorld(t)
	w.bank("0125", "七十七銀行")
	good := refusedEvent(w, "mended", 1000, "was refused by a mistake of ours")
	bad := refusedEvent(w, "bad", -1, "must be from 1 to 10^12 yen")
	w.put(store.PutRefused(&store.Refused{ID: watch.Derive("cut"), Bank: "0125", At: noon, Problem: "the body is not JSON", Raw: "{", Cut: true})...)
	raw := w.transcript("quarantine", "quarantine list", "quarantine list -bank 0125 -n 1 -json", "quarantine list -bank 0168", "quarantine list -raw", "quarantine list -bank x",
		"quarantine replay "+good.ID, "quarantine replay -bank 0125", "quarantine replay -bank 0125 none",
		"quarantine replay -bank 0125 "+good.ID, "quarantine replay -bank 0125 "+good.ID, "quarantine replay -bank 0125 -all -json", "quarantine list")
	if strings.Contains(raw, "acc_1") {
		t.Error("what a bank sent is shown without being asked for")
	}
	if _, out, _ := w.ctl("quarantine", "list", "-json", "-raw"); !strings.Contains(out, "acc_1") {
		t.Error("what a bank sent is not shown when it is asked for")
	}
	if _, err := w.store.Refused(t.Context(), "0125", bad.ID); err != nil {
		t.Errorf("what is still refused has left quarantine: %v", err)
	}
	ms, err := w.queue.Receive(t.Context(), queue.Events, 10, 0)
	if err != nil || len(ms) != 1 {
		t.Fatalf("%d messages, %v", len(ms), err)
	}
	batch, err := wire.DecodeBatch(ms[0].Body)
	if err != nil || len(batch.Events) != 1 || batch.Events[0].TransactionID != "mended" || !batch.Events[0].ReceivedAt.Equal(good.At) || ms[0].Group != "0125" {
		t.Errorf("%+v %v", batch, err)
	}
	w.answers = "no\n"
	if code, _, errs := w.ctl("quarantine", "replay", "-bank", "0125", "-all"); code != 1 || !strings.Contains(errs, "2 of bank 0125") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestAlerts(t *testing.T) {
	w := newWorld(t)
	k := watch.AccountKey{Bank: "0125", Ref: "acc_1"}
	at := func(ms int) time.Time { return noon.Add(time.Duration(ms) * time.Millisecond) }
	balance := int64(-70000)
	e := watch.Event{Kind: watch.Debit, Bank: "0125", AccountRef: "acc_1", TransactionID: "20261124-1"}
	id := e.RecordID()
	r := &watch.Record{ID: id, OnAccount: watch.On(k), Mask: "普通 ***4567", Kind: watch.Debit, Event: "evt_1", Txn: "20261124-1", OccurredAt: at(-2000), Amount: 100000,
		Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", Balance: &balance, Service: "docomo", Confidence: watch.Seen, ReceivedAt: at(0), RecordedAt: at(3), Complete: true,
		Notices: []watch.Notice{{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit | watch.Overdrawn)}},
		Deliveries: []watch.Delivery{
			{ID: "alert-w1-line", Kind: watch.TellAlert, Watcher: "w1", Channel: watch.LINE, State: watch.Undelivered, CreatedAt: at(3), Attempts: 1, Problem: "LINE answered 400"},
			{ID: "alert-w1-email", Kind: watch.TellAlert, Watcher: "w1", Channel: watch.Email, State: watch.Accepted, CreatedAt: at(40), AcceptedAt: at(95), Attempts: 2, ProviderID: "ses-1"},
			{ID: "dispute-w1-line-1", Kind: watch.TellDispute, Watcher: "w1", Channel: watch.LINE, State: watch.Queued, CreatedAt: at(70000), Due: at(190000)},
		},
		Answer:  &watch.Answer{Value: watch.NotMine, Watcher: "w1", Via: watch.ViaLINE, At: at(61000)},
		Dispute: watch.Derive("dispute", id)}
	r.ComputeDue()
	d := &watch.Dispute{ID: r.Dispute, Reference: "KZ-7F3K-9Q4M", Record: id, OnAccount: watch.On(k), Kind: watch.Debit, Status: watch.DisputeReceived, AnsweredAt: at(61000), Text: "words to a person",
		Changes: []watch.DisputeChange{
			{Seq: 1, Status: watch.DisputeOpened, At: at(61000), TellBank: true, ToldAt: at(61020), Attempts: 1},
			{Seq: 2, Status: watch.DisputeReceived, At: at(70000), Text: "words to a person"},
		}}
	quiet := &watch.Record{ID: watch.Derive("quiet"), OnAccount: watch.On(k), Kind: watch.Debit, Txn: "20261124-2", OccurredAt: at(0), ReceivedAt: at(5), RecordedAt: at(9), Complete: true}
	w.put(store.PutRecord(r), w.store.PutDispute(d), store.PutRecord(quiet))
	w.put(store.ReplaceName(&store.Names{OnAccount: watch.On(k)}, store.Name{Ref: "acc_later", Since: at(0)})...)
	raw := w.transcript("alert", "alert show "+id, "alert show -json "+id, "alert show -bank 0125 -account acc_1 -txn 20261124-1 -json", "alert show -bank 0125 -account acc_later -txn 20261124-1", "alert show "+quiet.ID,
		"alert show "+watch.Derive("none"), "alert show KZ-7F3K-9Q4M", "alert show", "alert show -bank 0125", "alert list")
	for _, personal := range []string{"4567", "100000", "70000", "ｺｳｻﾞ", "words to a person"} {
		if strings.Contains(raw, personal) && personal != "70000" {
			t.Errorf("%q is shown", personal)
		}
	}
}

func TestMenus(t *testing.T) {
	w := newWorld(t)
	w.transcript("menu", "menu", "menu -json", "menu ja")
}

func TestWrongArgumentsAreToldWithWhatIsRight(t *testing.T) {
	w := newWorld(t)
	w.transcript("usage", "", "help", "bank", "nothing", "bank remove", "bank list -jsno", "dlq redrive -h")
}

func TestWhereACommandWorks(t *testing.T) {
	for name, c := range map[string]struct {
		env  []string
		args []string
		code int
		says string
	}{
		"a folder in which nothing ever ran":  {nil, []string{"-data", t.TempDir()}, 1, "go run ./infra/local"},
		"on AWS and in a folder at once":      {nil, []string{"-data", "x", "-stack", "y"}, 2, "name only one"},
		"a table without a stack":             {nil, []string{"-table", "x"}, 2, "-stack"},
		"a folder, though a stack is usual":   {[]string{"KOZAMORI_STACK", "prod"}, []string{"-data", t.TempDir()}, 1, "go run ./infra/local"},
		"a region without a stack, in a word": {nil, []string{"-region", "ap-northeast-1"}, 2, "-stack"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, errs := ctl(t, c.env, append([]string{"bank", "list"}, c.args...)...)
			if code != c.code || !strings.Contains(errs, c.says) {
				t.Errorf("exit %d: %s", code, errs)
			}
		})
	}
}
