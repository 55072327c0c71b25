package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/intake"
	"kozamori/internal/statement"
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
	if p := r.Unsettled(); p != nil {
		return nil, p
	}
	m := &made{account: a, key: r.Key()}
	m.key.Account = k.ref(a)
	m.members = r.Debit(m.key.Account)
	for _, name := range []string{"descriptor", "detail"} {
		if s, ok := m.members[name].(string); ok {
			m.members[name] = a.hidden(s)
		}
	}
	return m, nil
}

// ofEvent reads a line of a file of events.
func (k *keeper) ofEvent(r *intake.Row) (*made, *intake.Problem) {
	problem := func(field, reason string) *intake.Problem {
		return &intake.Problem{Line: r.Line, Byte: r.Byte, Field: field, Reason: reason}
	}
	if twice, err := strict(r.Event); twice != "" {
		return nil, problem(wire.PlainName(twice), "is given twice")
	} else if err != nil {
		return nil, problem("", "it is not well-formed JSON in UTF-8")
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

// strict reads JSON as the door for events does, where encoding/json would take the last
// of two members of one name and replace what is no UTF-8. It names the member that is
// given twice, if that is what is wrong.
func strict(raw []byte) (twice string, err error) {
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	_, err = d.ReadValue()
	if se, ok := errors.AsType[*jsontext.SyntacticError](err); ok && errors.Is(err, jsontext.ErrDuplicateName) {
		return se.JSONPointer.LastToken(), err
	}
	return "", err
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
	for _, name := range wire.Fields() {
		if s, ok := m.members[name].(string); ok && m.account.tells(s) {
			problem.ID, problem.Field, problem.Reason = "", name, "it holds the account number, which must not leave the bank"
			return &problem
		}
	}
	body, err := intake.Encode(m.members)
	if err != nil {
		problem.Reason = err.Error()
		return &problem
	}
	if _, p := r.Check(body, k.bank, now); p != nil {
		return p
	}
	m.body = body
	return nil
}
