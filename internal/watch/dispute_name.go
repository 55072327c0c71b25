package watch

import "slices"

// NameOf is the bank's own id of a debit or link, as the bank knows it in the dispute:
// that with which it was told of it, though the record has another name by now, because
// what the first took the place of was heard of later. A bank finds what it was told of
// by this id. Of what is not in the dispute it is the record's name.
func (d *Dispute) NameOf(r *Record) string {
	if d == nil {
		return r.Name()
	}
	if o := d.OpenedAt(latest); o.Record == r.ID {
		return o.Txn
	}
	if i := slices.IndexFunc(d.Also, func(a Disputed) bool { return a.Record == r.ID && a.Left == 0 }); i >= 0 {
		return d.Also[i].Txn
	}
	return r.Name()
}
