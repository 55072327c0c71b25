package ingest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/intake"
	"kozamori/internal/statement"
	"kozamori/internal/watch"
)

// notOfFile is what is wrong with a row about another account than the file.
const notOfFile = "is another account's: the file was said to be about one"

// maker makes events of rows.
type maker struct {
	*filing
	nth map[statement.Key]int
}

func (f *filing) maker() *maker { return &maker{f, map[statement.Key]int{}} }

// names finds the first refs of the accounts of a file's rows: of a row of a statement
// its ids are made of that, so that they stay the same when the bank replaces a ref.
func (f *filing) names(ctx context.Context) error {
	if renames, err := f.Files.Renames(ctx, f.bank); err != nil || !renames || len(f.refs) == 0 {
		return err
	}
	keys := make([]watch.AccountKey, 0, len(f.refs))
	for ref := range f.refs {
		keys = append(keys, watch.AccountKey{Bank: f.bank, Ref: ref})
	}
	first, err := f.Files.First(ctx, keys...)
	if err != nil {
		return err
	}
	for k, at := range first {
		f.refs[k.Ref] = at.Ref
	}
	return nil
}

// event is the event of a row, nil if it is none that is taken, or what is wrong. Of
// a row of a statement its ids are made of all that it is known by, so that the same
// row of another file has them, too.
func (m *maker) event(r *intake.Row) (jsontext.Value, *intake.Problem) {
	if r.Row == nil {
		return jsontext.Value(r.Event), nil
	}
	if r.Out == 0 || r.Pending {
		return nil, nil
	}
	wrong := func(fe *watch.FieldError) *intake.Problem {
		return &intake.Problem{Line: r.Line, Byte: r.Byte, Field: fe.Field, Reason: fe.Problem, Code: fe.Code}
	}
	ref := m.Account
	if m.AsWritten {
		if ref = strings.TrimSpace(r.Account); ref == "" {
			return nil, wrong(watch.Wrong("account_ref", watch.CodeMissing, "is missing: the row names no account"))
		}
		if fe := watch.CheckRef("account_ref", ref); fe != nil {
			return nil, wrong(fe)
		}
	} else if m.named == "" {
		m.named = r.Account
	} else if r.Account != m.named {
		return nil, wrong(watch.Wrong("account_ref", watch.CodeNotAllowed, notOfFile))
	}
	if p := r.Unsettled(); p != nil {
		return nil, p
	}
	first, known := m.refs[ref]
	if !known {
		m.refs[ref], first = ref, ref
	}
	k := r.Row.Key()
	k.Account = first
	nth := m.nth[k]
	m.nth[k]++
	balance := "-"
	if k.Known {
		balance = fmt.Sprint(k.Balance)
	}
	id := watch.Derive("row", m.bank, first, k.Day.Format(time.DateOnly), fmt.Sprint(k.Out), k.Text, balance, fmt.Sprint(nth))
	members := r.Debit(ref)
	members["id"], members["transaction_id"] = "evt_"+id, "txn_"+id
	event, err := intake.Encode(members)
	if err != nil {
		return nil, &intake.Problem{Line: r.Line, Byte: r.Byte, Reason: err.Error()}
	}
	return jsontext.Value(event), nil
}
