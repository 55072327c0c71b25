package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/intake"
	"kozamori/internal/statement"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// What a file of events may have in place of an account_ref.
const (
	memberBranch = "branch"
	memberKind   = "account_type"
	memberNumber = "account_number"
)

// made is what a row became.
type made struct {
	account account
	key     statement.Key   // what an event without an id is known by
	named   bool            // it has an id of the bank's own
	traced  bool            // it has a transaction_id of the bank's own
	members map[string]any  // of the event
	body    json.RawMessage // set by finish
}

// make makes an event of a row, but for its ids. It is nil with no problem if the
// row is none that is sent.
func (k *keeper) make(r *intake.Row) (*made, *intake.Problem) {
	if r.Row == nil {
		return k.ofEvent(r)
	}
	if r.Out == 0 || r.Pending {
		return nil, nil
	}
	problem := func(field, reason string) *intake.Problem {
		return &intake.Problem{Line: r.Line, Byte: r.Byte, Field: field, Reason: reason}
	}
	a, err := k.account(r.Account, r.National())
	if err != nil {
		return nil, problem("account", err.Error())
	}
	if r.National() && r.Balance == nil {
		return nil, problem("balance", "rows above it could not be read, so that the balance behind it is not known; it is sent when the file comes whole")
	}
	m := &made{account: a, key: r.Key()}
	m.key.Account = k.ref(a)
	m.members = map[string]any{"type": watch.Debit, "account_ref": m.key.Account, "occurred_on": r.Day.Format(time.DateOnly), "amount": r.Out, "currency": "JPY",
		"descriptor": a.hidden(r.Text), "status": watch.Posted}
	if r.Detail != "" {
		m.members["detail"] = a.hidden(r.Detail)
	}
	if r.Balance != nil {
		m.members["balance_after"] = *r.Balance
	}
	return m, nil
}

// ofEvent reads a line of a file of events.
func (k *keeper) ofEvent(r *intake.Row) (*made, *intake.Problem) {
	problem := func(field, reason string) *intake.Problem {
		return &intake.Problem{Line: r.Line, Byte: r.Byte, Field: field, Reason: reason}
	}
	d := json.NewDecoder(bytes.NewReader(r.Event))
	d.UseNumber()
	var said map[string]any
	if err := d.Decode(&said); err != nil || d.More() {
		return nil, problem("", "it is not one JSON object")
	}
	m := &made{members: map[string]any{}}
	for _, name := range wire.Fields() {
		if v, ok := said[name]; ok {
			m.members[name] = v
		}
	}
	if number, ok := said[memberNumber]; ok {
		a, err := k.account(fmt.Sprint(text(said[memberBranch]), " ", text(said[memberKind]), " ", text(number)), false)
		if err != nil {
			return nil, problem(memberNumber, err.Error())
		}
		m.account = a
		m.members["account_ref"] = k.ref(a)
	} else if ref := text(said["account_ref"]); ref != "" && strings.Trim(ref, "0123456789-_. ") == "" {
		return nil, problem("account_ref", "it is all digits, like an account number: give branch, account_type and account_number, which stay here")
	}
	for _, name := range []string{"descriptor", "detail", "rail", "route", "service", "account_mask"} {
		if s, ok := m.members[name].(string); ok {
			m.members[name] = m.account.hidden(s)
		}
	}
	for _, name := range []string{"id", "transaction_id", "replaces"} {
		if s, ok := m.members[name].(string); ok && m.account.tells(s) {
			m.members[name] = word(mac(k.ids, "of the bank", s))
		}
	}
	_, m.named = m.members["id"]
	_, m.traced = m.members["transaction_id"]
	m.key = statement.Key{Account: text(m.members["account_ref"]), Text: strings.Join([]string{text(m.members["type"]), text(m.members["occurred_at"]), text(m.members["occurred_on"]), text(said["descriptor"]), text(said["detail"]), text(m.members["transaction_id"]), text(m.members["status"])}, "\n")}
	m.key.Out, _ = strconv.ParseInt(text(m.members["amount"]), 10, 64)
	m.key.Balance, _ = strconv.ParseInt(text(m.members["balance_after"]), 10, 64)
	m.key.Known = m.members["balance_after"] != nil
	return m, nil
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// finish gives an event its ids, and reads it as the other side will.
func (k *keeper) finish(r *intake.Row, m *made, nth int, now time.Time) *intake.Problem {
	if !m.named {
		id := k.id(&m.key, nth)
		m.members["id"] = "evt_" + id
		if !m.traced {
			m.members["transaction_id"] = "txn_" + id
		}
	}
	problem := intake.Problem{Line: r.Line, Byte: r.Byte, ID: wire.ShortID(text(m.members["id"]))}
	var b bytes.Buffer
	b.WriteByte('{')
	for _, name := range wire.Fields() {
		v, ok := m.members[name]
		if !ok {
			continue
		}
		if s, ok := v.(string); ok && m.account.tells(s) {
			problem.ID, problem.Field, problem.Reason = "", name, "it holds the account number, which must not leave the bank"
			return &problem
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", name)
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			problem.Reason = err.Error()
			return &problem
		}
		b.Truncate(b.Len() - 1) // Encode ends the line
	}
	b.WriteByte('}')
	read, err := wire.ReadBody(b.Bytes(), k.bank, now)
	switch {
	case err != nil:
		problem.Reason = err.Error()
	case len(read.Events) != 1:
		problem.Reason = "a line must hold one event"
	case read.Events[0].Refused():
		p := read.Events[0].Problems[0]
		problem.Field, problem.Reason = p.Field, p.Problem
	default:
		m.body = slices.Clone(b.Bytes())
		return nil
	}
	return &problem
}
