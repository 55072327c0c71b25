package sim

import (
	"encoding/json"
	"io"
)

// bankEntry is a line of a bank's books: a callback that it took, or a status
// that it set.
type bankEntry struct {
	Callback *Callback `json:"callback,omitempty"`
	Dispute  string    `json:"dispute,omitempty"`
	Status   string    `json:"status,omitempty"`
	Text     string    `json:"text,omitempty"`
	Control  string    `json:"control,omitempty"` // that was answered with Status
}

// KeepIn keeps the bank's books in a file, so that it remembers them when this
// process ends. Call it before the first use, and close what it returns in the
// end.
func (b *Bank) KeepIn(path string) (io.Closer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	j, err := openJournal(path, "a bank's books", func(line []byte) {
		var e bankEntry
		if json.Unmarshal(line, &e) == nil {
			b.enter(e)
		}
	}, func(j *journal) {
		for _, e := range b.history {
			j.write(e)
		}
	})
	if err != nil {
		return nil, err
	}
	b.journal = j
	return j, nil
}

// enter writes something into the books; the lock is held.
func (b *Bank) enter(e bankEntry) {
	if e.Control != "" {
		if c := b.control(e.Control); c != nil {
			c.State, c.Text = e.Status, e.Text
			b.keep(e)
		}
		return
	}
	if e.Callback == nil {
		d := b.dispute(e.Dispute)
		if d == nil {
			return
		}
		d.Status, d.Text = e.Status, e.Text
		b.keep(e)
		return
	}
	b.callbacks = append(b.callbacks, *e.Callback)
	b.keep(e)
	b.asked(e.Callback)
	status := map[string]string{"dispute.opened": "opened", "dispute.withdrawn": "withdrawn"}[e.Callback.Type]
	var told BankDispute
	updated := e.Callback.Type == "dispute.updated"
	if status == "" && !updated || json.Unmarshal(e.Callback.Body, &told) != nil {
		return
	}
	d := b.dispute(told.DisputeID)
	if d != nil && updated {
		status = d.Status // it is no status: what is known of the transactions has changed
	}
	if d == nil {
		d = &BankDispute{}
		b.disputes = append(b.disputes, d)
	}
	if told.Seq <= d.Seq {
		b.violations = append(b.violations, "a change of a dispute after a later one")
		return
	}
	*d = told
	d.Status, d.At, d.Signed, d.Last = status, e.Callback.At, true, e.Callback.Body
}

func (b *Bank) keep(e bankEntry) {
	b.history = append(b.history, e)
	b.journal.write(e)
}
