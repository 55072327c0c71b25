package ingest

import (
	"context"
	"crypto/sha256"
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

// nth is the number of a row among those above it that are like it, in the second
// reading. The first one sees which there are.
func (f *filing) nth(k *statement.Key, again bool) int {
	hash := sha256.Sum256(fmt.Appendf(nil, "%q %d %d %q %d %t", k.Account, k.Day.Unix(), k.Out, k.Text, k.Balance, k.Known))
	if again {
		return f.alike.Nth(hash[:])
	}
	if f.alike == nil {
		size := f.size
		if f.packed {
			size *= unpacks
		}
		f.alike = intake.NewEquals(size)
	}
	f.alike.See(hash[:])
	return 0
}

// unpacks is about how much larger a packed file of statements is unpacked.
const unpacks = 16

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
	other := false
	for k, at := range first {
		other = other || f.refs[k.Ref] != at.Ref
		f.refs[k.Ref] = at.Ref
	}
	if !other {
		return nil
	}
	// Rows that are alike may stand there under two refs of one account.
	f.alike, f.named = nil, ""
	s := unheard()
	s.Row = func(r *intake.Row) error { _, _ = f.event(r, false); return nil }
	_, err = f.each(s)
	return err
}

// event is the event of a row, nil if it is none that is taken, or what is wrong. Of
// a row of a statement its ids are made of all that it is known by, so that the same
// row of another file has them, too. Rows that are alike are told apart in the second
// reading, by how many stand above.
func (f *filing) event(r *intake.Row, again bool) (jsontext.Value, *intake.Problem) {
	if r.Row == nil {
		return jsontext.Value(r.Event), nil
	}
	if r.Out == 0 || r.Pending {
		return nil, nil
	}
	wrong := func(fe *watch.FieldError) *intake.Problem {
		return &intake.Problem{Line: r.Line, Byte: r.Byte, Field: fe.Field, Reason: fe.Problem, Code: fe.Code}
	}
	ref := f.Account
	if f.AsWritten {
		if ref = strings.TrimSpace(r.Account); ref == "" {
			return nil, wrong(watch.Wrong("account_ref", watch.CodeMissing, "is missing: the row names no account"))
		}
		if fe := watch.CheckRef("account_ref", ref); fe != nil {
			return nil, wrong(fe)
		}
	} else if f.named == "" {
		f.named = r.Account
	} else if r.Account != f.named {
		return nil, wrong(watch.Wrong("account_ref", watch.CodeNotAllowed, notOfFile))
	}
	if p := r.Unsettled(); p != nil {
		return nil, p
	}
	first, known := f.refs[ref]
	if !known {
		f.refs[ref], first = ref, ref
	}
	k := r.Row.Key()
	k.Account = first
	nth := f.nth(&k, again)
	balance := "-"
	if k.Known {
		balance = fmt.Sprint(k.Balance)
	}
	id := watch.Derive("row", f.bank, first, k.Day.Format(time.DateOnly), fmt.Sprint(k.Out), k.Text, balance, fmt.Sprint(nth))
	members := r.Debit(ref)
	members["id"], members["transaction_id"] = "evt_"+id, "txn_"+id
	event, err := intake.Encode(members)
	if err != nil {
		return nil, &intake.Problem{Line: r.Line, Byte: r.Byte, Reason: err.Error()}
	}
	return jsontext.Value(event), nil
}
