package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
)

// batch makes the events of a line.
func (s *story) batch(line string) string {
	var out []string
	for part := range strings.SplitSeq(line, " ; ") {
		out = append(out, s.event(part))
	}
	return `{"events":[` + strings.Join(out, ",") + `]}`
}

func (s *story) event(part string) string {
	words := strings.Fields(part)
	s.n++
	kinds := map[string]watch.Kind{"debit": watch.Debit, "reversed": watch.DebitReversed, "link": watch.LinkRegistered, "unlink": watch.LinkRemoved}
	e := map[string]any{"id": "e" + strconv.Itoa(s.n), "type": kinds[words[0]], "account_ref": storyRef, "transaction_id": "t" + strconv.Itoa(s.n),
		"occurred_at": s.Now().Format(time.RFC3339)}
	if words[0] == "debit" {
		e["descriptor"] = "ﾄﾞｺﾓｺｳｻﾞ"
	}
	for _, w := range words[1:] {
		key, value, ok := strings.Cut(w, "=")
		value = strings.ReplaceAll(value, "_", " ")
		switch {
		case !ok:
			s.t.Fatalf("%s: what is %q", part, w)
		case key == "yen":
			e["amount"], e["currency"] = json.Number(value), "JPY"
		case key == "txn":
			e["transaction_id"] = value
		case key == "at":
			ago, err := time.ParseDuration(value)
			if err != nil {
				s.t.Fatal(err)
			}
			e["occurred_at"] = s.Now().Add(-ago).Format(time.RFC3339)
		case key == "on":
			days, err := strconv.Atoi(value)
			if err != nil {
				s.t.Fatal(err)
			}
			delete(e, "occurred_at")
			e["occurred_on"] = s.Now().In(watch.JST).AddDate(0, 0, -days).Format(time.DateOnly)
		case key == "balance":
			e["balance_after"] = json.Number(value)
		default:
			e[key] = value
		}
	}
	b, err := json.Marshal(e)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

// posts sends a batch, and writes down the answer unless all is taken.
func (s *story) posts(body string) {
	s.t.Helper()
	a, err := s.books.Post(context.Background(), []byte(body))
	if err != nil {
		s.t.Fatal(err)
	}
	var rep struct{ Accepted int }
	if err := json.Unmarshal(a.Body, &rep); err != nil {
		s.t.Fatal(err)
	}
	if plain := fmt.Sprintf(`{"accepted":%d,"rejected":[]}`, rep.Accepted); strings.TrimSpace(string(a.Body)) != plain {
		s.say("  answer %d: %s", a.Status, s.plain(a.Body, "problems"))
	}
}

// answer calls the bank API and writes down what it says.
func (s *story) answer(method, path, body string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+"/v1/banks/0125"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var v map[string]any
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		s.t.Fatal(err)
	}
	events, ok := v["events"].([]any)
	if !ok {
		raw, _ := json.Marshal(v)
		s.say("  answer %d: %s", res.StatusCode, s.plain(raw, "problems", "last_event"))
		return
	}
	for _, e := range events {
		raw, _ := json.Marshal(e)
		s.say("  on record: %s", s.plain(raw, "account_ref"))
	}
	if out, ok := v["outcome"]; ok {
		s.say("  on record: %v", out)
	}
}

// enrols has the bank issue a code, and the person send it. "links" are
// service@day, or a text in brackets for the descriptor, with commas between them.
func (s *story) enrols(rest string) {
	s.t.Helper()
	req := map[string]any{"account_ref": storyRef, "account_mask": worldtest.Mask}
	for _, w := range strings.Fields(rest) {
		key, value, _ := strings.Cut(w, "=")
		if key != "links" {
			req[key] = value
			continue
		}
		var links []any
		for l := range strings.SplitSeq(value, ",") {
			service, since, _ := strings.Cut(l, "@")
			if text, is := strings.CutPrefix(service, "["); is {
				links = append(links, map[string]string{"descriptor": strings.TrimSuffix(text, "]"), "since": since})
			} else {
				links = append(links, map[string]string{"service": service, "since": since})
			}
		}
		req[key] = links
	}
	body, err := json.Marshal(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.owner.says(s.call(http.MethodPost, "/codes", string(body))["code"].(string))
	if rest == "" {
		s.heard = len(s.owner.heard())
	}
}

// links writes down what the account's activity knows of each service.
func (s *story) links() {
	act, err := s.store.Activity(s.t.Context(), watch.AccountKey{Bank: "0125", Ref: storyRef})
	if err != nil {
		s.t.Fatal(err)
	}
	var ids []string
	for id := range act.Services {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		x := act.Services[id]
		s.say("  activity: %q first %s, %d debits, months %v, %d links", id, x.FirstAt.In(watch.JST).Format(time.DateOnly), x.Debits, x.Months, len(x.Links))
	}
	s.say("  activity: %d recent debits, known from %v", len(act.Recent), !act.HistoryFrom.IsZero())
}
