package bankapi_test

import (
	stdcmp "cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/bankapi"
	"kozamori/internal/dispute"
	"kozamori/internal/membership"
	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

const neighbour = "U000000000000000000000000000b0b0b"

// theirAccounts are at another bank: one of the same reference as ours, and
// one whose reference we do not have.
var theirAccounts = []watch.AccountKey{{Bank: theirs, Ref: account.Ref}, {Bank: theirs, Ref: "acc_theirs"}}

// neighbours gives the other bank what there can be of a bank: watched
// accounts and disputes of them, whose ids it returns, and a feed.
func (w *world) neighbours() []string {
	w.t.Helper()
	ctx := context.Background()
	var out []string
	for _, k := range theirAccounts {
		i, err := w.members.Issue(ctx, k.Bank, membership.CodeRequest{AccountRef: k.Ref, Mask: "普通 ***5005"})
		if err != nil {
			w.t.Fatal(err)
		}
		b, err := w.members.Redeem(ctx, neighbour, i.Code, watch.Japanese)
		if err != nil {
			w.t.Fatal(err)
		}
		r := &watch.Record{ID: "theirs-" + k.Ref, OnAccount: watch.On(k), Kind: watch.Debit, Txn: "theirs-" + k.Ref, Amount: 50005, Service: "paypay",
			OccurredAt: w.Now(), ReceivedAt: w.Now(), RecordedAt: w.Now(), Complete: true}
		w.write(store.PutRecord(r))
		res, err := w.disputes.Answer(ctx, r.ID, dispute.Answerer{Watcher: b.Watcher.ID}, watch.NotMine, watch.ViaLINE)
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, res.Dispute.ID)
	}
	w.write(campaign(theirs)...)
	w.write(wished(theirAccounts[1])...)
	w.write(inquired(theirAccounts[1])...)
	w.write(append(store.PutAPIKey(&theirKey), store.PutCode(&theirCode), enrolment(theirs, theirAccounts[1].Ref))...)
	w.write(store.PutFile(&store.File{ID: "file_theirs", Bank: theirs, At: w.Now()}))
	w.write(logOf(theirs, "msg_theirs")...)
	w.write(store.PutFeed(&store.Feed{Bank: theirs, LastEvent: w.Now(), SilentSince: w.Now()}))
	w.write(store.PutTrace(&store.Trace{Bank: theirs, Event: askedEvent, Record: "theirs-" + theirAccounts[1].Ref, At: w.Now()}))
	w.write(store.PutRefused(&store.Refused{ID: "q1", Bank: theirs, EventID: askedEvent, Txn: askedTxn, Ref: theirAccounts[1].Ref, At: w.Now()})...)
	tally := store.NewTallier()
	tally.Refused(theirs, 1, w.Now())
	if err := tally.Save(ctx, w.store, w.Now()); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// Keys that are asked for; no secret leads to either.
var (
	spareKey = store.APIKey{Bank: ours, Hash: "spare-key-of-ours"}
	theirKey = store.APIKey{Bank: theirs, Hash: "their-key"}

	spareCode = store.Code{Hash: "spare-code-of-ours", OnAccount: watch.On(account), Expires: worldtest.Start.AddDate(1, 0, 0)}
	theirCode = store.Code{Hash: "their-code", OnAccount: watch.On(theirAccounts[1]), Expires: worldtest.Start.AddDate(1, 0, 0)}
)

// enrolments are those that are asked for, by the account: one of ours, one of theirs.
var enrolments = map[string]string{account.Ref: "spare-enrolment-of-ours", theirAccounts[1].Ref: "their-enrolment"}

// enrolment is an open enrolment by mail, that nobody was sent.
func enrolment(bank, ref string) store.Write {
	return store.PutTicket(&store.Ticket{Kind: store.TicketEnrol, Hash: enrolments[ref], Owner: store.BankTickets(bank), Expires: worldtest.Start.AddDate(1, 0, 0),
		Body: []byte(`{"bank":"` + bank + `","role":"owner","accounts":[{"ref":"` + ref + `"}],"person":"mail-x","code":"x"}`)})
}

// spares are what of ours is asked for by its id, apart from a dispute.
func spares() []store.Write {
	return append(campaign(ours), otherSpares()...)
}

// campaigns are those that are asked for, by the account.
var campaigns = map[string]string{account.Ref: "20261124t030000-ours", theirAccounts[1].Ref: "20261124t030000-theirs"}

// campaign is one that a bank is asked about.
func campaign(bank string) []store.Write {
	c := radar.Open(&radar.Test{Bank: bank, Service: "paypay", Kind: radar.Refused, From: worldtest.Start.Add(-time.Hour), To: worldtest.Start, Seen: 9, Expected: 0.01,
		First: []radar.Seen{{Txn: "att_" + bank, At: worldtest.Start}}}, worldtest.Start)
	c.ID = campaigns[map[string]string{ours: account.Ref, theirs: theirAccounts[1].Ref}[bank]]
	s := &radar.Standing{Bank: bank}
	s.Note(c)
	return []store.Write{store.PutCampaign(c), store.PutStanding(s)}
}

// logOf is the log of a callback about a file that a bank took.
func logOf(bank, id string) []store.Write {
	return store.PutCallback(&store.Callback{ID: id, Bank: bank, Type: "intake.finished", File: "file", At: worldtest.Start, Attempts: 1, ToldAt: worldtest.Start}, []byte(`{"type":"intake.finished"}`))
}

// wished is what an owner asked the bank of an account to stop.
func wished(k watch.AccountKey) []store.Write {
	c := &watch.Control{ID: watch.ControlID(k, watch.StopLinks, ""), OnAccount: watch.On(k), Kind: watch.StopLinks}
	c.Note(watch.ControlChange{State: watch.ControlRequested, At: worldtest.Start, By: watch.Owner, Watcher: "w", TellBank: true})
	return []store.Write{store.PutControl(c), store.ListControl(c)}
}

// inquired is what the bank of an account asked about it.
func inquired(k watch.AccountKey) []store.Write {
	a := &store.Asking{ID: "asked_" + k.Bank, Bank: k.Bank, At: worldtest.Start, AnswerBy: worldtest.Start.Add(time.Hour), Inquiries: []string{"inq_" + k.Bank}}
	q := &watch.Inquiry{ID: "inq_" + k.Bank, Asking: a.ID, OnAccount: watch.On(k), Txn: askedTxn, State: watch.InquiryNotAsked, Why: watch.InquiryNotKnown, AskedAt: a.At, AnswerBy: a.AnswerBy}
	return []store.Write{store.PutAsking(a), store.PutInquiry(q)}
}

func otherSpares() []store.Write {
	good := `{"id":"evt_q","type":"debit","transaction_id":"txn_q","account_ref":"acc_8f3k","occurred_at":"2026-11-24T12:00:00+09:00","amount":5000,"currency":"JPY","descriptor":"PAYPAY"}`
	return slices.Concat(logOf(ours, "msg_ours"), inquired(account), store.PutRefused(&store.Refused{ID: "q_ours", Bank: ours, At: worldtest.Start, Problem: "a mistake of ours", Raw: good}), store.PutAPIKey(&spareKey),
		wished(account), []store.Write{store.PutFile(&store.File{ID: "file_ours", Bank: ours, At: worldtest.Start}), store.PutCode(&spareCode), enrolment(ours, account.Ref)})
}

// What is asked for of events.
const (
	askedEvent = "evt_1"
	askedTxn   = "txn_1"
)

// queries go with routes that want one.
var queries = map[string]string{
	"GET /v1/banks/{bank}/events":            "?transaction_id=" + askedTxn + "&account_ref={account_ref}",
	"GET /v1/banks/{bank}/events/{event_id}": "?account_ref={account_ref}",
	"POST /v1/banks/{bank}/files":            "?rows=1&sha256=" + sumOf(fileOfOurs),
}

// fileOfOurs is a file of one event of our account, whoever sends it.
const fileOfOurs = `{"id":"f1","type":"debit","transaction_id":"file-1","account_ref":"acc_8f3k","occurred_at":"2026-11-24T12:00:00+09:00","amount":5000,"currency":"JPY","descriptor":"PAYPAY"}`

// address fills in a route. A key goes with its account.
func address(route, bank, ref, dispute string) (method, path, body string) {
	method, pattern, _ := strings.Cut(route, " ")
	of := map[string][3]string{account.Ref: {spareKey.ID(), spareCode.ID(), "q_ours"}, theirAccounts[1].Ref: {theirKey.ID(), theirCode.ID(), "q1"}}[ref]
	r := strings.NewReplacer("{bank}", bank, "{account_ref}", ref, "{dispute_id}", dispute, "{event_id}", askedEvent, "{seq}", "1",
		"{key_id}", stdcmp.Or(of[0], "none"), "{code_id}", stdcmp.Or(of[1], "none"), "{enrolment_id}", stdcmp.Or(enrolments[ref], "none"), "{refused_id}", stdcmp.Or(of[2], "none"), "{campaign_id}", stdcmp.Or(campaigns[ref], "none"), "{webhook_id}", stdcmp.Or(map[string]string{account.Ref: "msg_ours", theirAccounts[1].Ref: "msg_theirs"}[ref], "none"),
		"{control_id}", watch.ControlID(watch.AccountKey{Bank: map[string]string{account.Ref: ours, theirAccounts[1].Ref: theirs}[ref], Ref: ref}, watch.StopLinks, ""),
		"{request_id}", stdcmp.Or(map[string]string{account.Ref: "asked_" + ours, theirAccounts[1].Ref: "asked_" + theirs}[ref], "none"),
		"{file_id}", stdcmp.Or(map[string]string{account.Ref: "file_ours", theirAccounts[1].Ref: "file_theirs"}[ref], "none"))
	return method, r.Replace(pattern + queries[route]), r.Replace(bodies[route])
}

// bodies are requests of each route that takes one.
var bodies = map[string]string{
	"POST /v1/banks/{bank}/codes":           `{"account_ref":"{account_ref}"}`,
	"POST /v1/banks/{bank}/nonces":          `{"accounts":[{"account_ref":"{account_ref}"}]}`,
	"POST /v1/banks/{bank}/mail-enrolments": `{"role":"owner","email":"fumi@example.jp","accounts":[{"account_ref":"{account_ref}"}]}`,
	"POST /v1/banks/{bank}/accounts/{account_ref}/history": `{"events":[{"id":"e1","type":"debit","transaction_id":"past-1",
		"occurred_at":"2025-11-24T12:00:00+09:00","amount":5000,"currency":"JPY","descriptor":"PAYPAY"}]}`,
	"POST /v1/banks/{bank}/accounts/{account_ref}/refs":   `{"account_ref":"acc_renamed"}`,
	"POST /v1/banks/{bank}/disputes/{dispute_id}/status":  `{"status":"received"}`,
	"POST /v1/banks/{bank}/disputes/{dispute_id}/notes":   `{"text":"called back","clerk":"desk 2"}`,
	"POST /v1/banks/{bank}/campaigns/{campaign_id}/state": `{"state":"confirmed","clerk":"desk 2"}`,
	"POST /v1/banks/{bank}/controls/{control_id}/state":   `{"state":"applied","clerk":"desk 2"}`,
	"POST /v1/banks/{bank}/inquiries":                     `{"items":[{"account_ref":"{account_ref}","transaction_id":"t_asked"}],"clerk":"desk 2"}`,
	"PUT /v1/banks/{bank}/offered-controls":               `{"controls":["stop_service","limit"]}`,
	"PUT /v1/banks/{bank}/contacts":                       `{"contacts":[{"phone":"022-000-0000","for":"不正利用の窓口","hours":"24時間"}]}`,
	"POST /v1/banks/{bank}/files":                         fileOfOurs,
	"POST /v1/banks/{bank}/keys":                          `{"label":"batch","scopes":["feed","events"]}`,
}

// everyRoute lists the routes of a bank; that which ends an account comes last.
func everyRoute() []string {
	routes := slices.DeleteFunc(bankapi.Routes(), func(r string) bool { return !strings.Contains(r, "{bank}") }) // those that belong to no bank
	slices.SortStableFunc(routes, func(a, b string) int {
		return strings.Compare(a[:1], b[:1]) * map[bool]int{true: -1, false: 1}[a[0] == 'D' || b[0] == 'D']
	})
	return routes
}

func TestAKeyOpensItsBankOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.disputed(w.bound(), "t1")
	theirDisputes := w.neighbours()
	revoked, key := bankapi.NewAPIKey(ours, "revoked", nil, w.Now(), w.Now().AddDate(1, 0, 0))
	w.write(store.PutAPIKey(key)...)
	if status, _ := w.call(revoked, "GET", "/v1/banks/0168/health", ""); status != 200 {
		t.Fatalf("a key that is not revoked yet: %d", status)
	}
	w.write(store.DeleteAPIKey(key)...)
	w.write(spares()...)
	w.call(w.key, "GET", "/v1/banks/0168/health", "") // its use is noted, for an hour
	_, refusal := w.call("", "GET", "/v1/banks/0168/health", "")
	before := worldtest.Everything(t, w.file)
	for _, route := range everyRoute() {
		var reads string // of what could be a key of a bank
		for _, c := range []struct{ name, key, bank string }{
			{"no such key", w.key[:len(w.key)-1] + string(w.key[len(w.key)-1]^1), ours},
			{"no key", "", ours},
			{"a key with a letter more", w.key + "x", ours},
			{"a key without its beginning", strings.Replace(w.key, "kozamori_", "somebody_", 1), ours},
			{"a key of another kind", "Basic", ours},
			{"another bank's key", w.other, ours},
			{"an expired key", w.expired, ours},
			{"a revoked key", revoked, ours},
			{"a key far too long", strings.Repeat("k", 5000), ours},
			{"our key for another bank", w.key, theirs},
			{"our key for a bank that is none", w.key, "9999"},
			{"our key for what is no bank code", w.key, "01x8"},
		} {
			for _, of := range [][2]string{{account.Ref, d.ID}, {theirAccounts[1].Ref, theirDisputes[1]}, {"none", "none"}} {
				method, path, body := address(route, c.bank, of[0], of[1])
				w.table.Taken()
				status, v := w.call(c.key, method, path, body)
				took := w.table.Taken()
				if reads == "" {
					reads = took
				}
				want := reads
				if len(c.key) != len(w.key) || c.key[:8] != w.key[:8] || c.bank == "01x8" {
					want = "" // what cannot be one costs nothing
				}
				if diff := cmp.Diff(refusal, v); status != 401 || diff != "" || took != want {
					t.Errorf("%s with %s, of %v: %d, reads %q, want %q\n%s", route, c.name, of, status, took, want, diff)
				}
			}
		}
	}
	if diff := cmp.Diff(before, worldtest.Everything(t, w.file)); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
	// The right key works for each: what was refused was refused for its key.
	for _, route := range everyRoute() {
		method, path, body := address(route, ours, account.Ref, d.ID)
		if status, v := w.call(w.key, method, path, body); status >= 300 {
			t.Errorf("%s with the right key: %d %v", route, status, v)
		}
	}
}

// What an address or a body names of another bank's is as what there is not,
// in words, in reads and in what becomes of it.
func TestWithItsKeyABankReachesNothingOfAnothers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.disputed(w.bound(), "t1")
	theirDisputes := w.neighbours()
	w.write(spares()...)
	before := w.everything()
	was := worldtest.Bytes(t, w.file)
	for _, route := range everyRoute() {
		ask := func(ref, dispute string) (status int, v map[string]any, reads string, changed []string) {
			t.Helper()
			method, path, body := address(route, ours, ref, dispute)
			w.table.Taken()
			status, v = w.call(w.key, method, path, body)
			reads = w.table.Taken()
			after := w.everything()
			for k := range maps.Keys(before) {
				itsOwn := strings.HasPrefix(route, "PUT ") && strings.HasSuffix(k, "BANKS "+ours) // which names no account
				if after[k] != before[k] && !itsOwn {
					changed = append(changed, k)
				}
			}
			worldtest.Restore(t, w.file, was)
			for _, secret := range []string{"code", "nonce", "line_url", "qr_svg", "account_ref", "account_refs", "refs", "enrolment_id", "key_id", "api_key", "webhook_id", "took_ms"} {
				delete(v, secret) // new each time, or what was asked
			}
			if list, ok := v["inquiries"].([]any); ok && method == "POST" {
				delete(v, "request_id")
				for _, q := range list {
					for _, made := range []string{"inquiry_id", "request_id", "account_ref"} {
						delete(q.(map[string]any), made)
					}
				}
			}
			return status, v, reads, changed
		}
		none, like, reads, _ := ask("none", "none")
		for i, k := range theirAccounts[1:] {
			status, v, took, changed := ask(k.Ref, theirDisputes[i+1])
			if diff := cmp.Diff(like, v); status != none || diff != "" || took != reads || len(changed) > 0 {
				t.Errorf("%s of another bank's: %d (%d of none), reads %q (%q of none), changed %v\n%s", route, status, none, took, reads, changed, diff)
			}
		}
		// The same reference is another account at each bank.
		_, v, _, changed := ask(account.Ref, theirDisputes[0])
		for _, k := range changed {
			if strings.Contains(k, "#"+theirs) || strings.Contains(k, theirDisputes[0]) {
				t.Errorf("%s changes %s", route, k)
			}
		}
		if list, ok := v["disputes"].([]any); ok && len(list) != 1 {
			t.Errorf("%s lists %v", route, list)
		}
		if days, _ := v["days"].([]any); v["silent_since"] != nil || len(days) > 0 {
			t.Errorf("%s tells of another bank's feed: %v", route, v)
		}
	}
	// Nor does the end of a page of theirs lead there.
	_, v := w.call(w.other, "GET", "/v1/banks/"+theirs+"/disputes?limit=1", "")
	cursor, _ := v["cursor"].(string)
	if cursor == "" {
		t.Fatalf("no second page of theirs: %v", v)
	}
	if status, v := w.call(w.key, "GET", "/v1/banks/"+ours+"/disputes?cursor="+url.QueryEscape(cursor), ""); status != 422 || v["field"] != "cursor" {
		t.Errorf("with another bank's cursor: %d %v", status, v)
	}
	// A code is for the account of the bank whose key it was made with.
	_, v = w.call(w.key, "POST", "/v1/banks/"+ours+"/codes", `{"account_ref":"`+theirAccounts[1].Ref+`"}`)
	b, err := w.members.Redeem(context.Background(), person, v["code"].(string), watch.Japanese)
	if want := (watch.AccountKey{Bank: ours, Ref: theirAccounts[1].Ref}); err != nil || b.Account.AccountKey != want || len(b.Account.Watchers) != 1 {
		t.Errorf("a code binds %+v, %v", b.Account, err)
	}
}
