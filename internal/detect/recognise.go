package detect

import (
	"kozamori/internal/catalog"
	"kozamori/internal/watch"
)

// recognise tells what an event is a debit or link of, by all that the bank
// says, and by what the account tells if it is known. hinges tells that the
// account may change it.
func recognise(e *watch.Event, account *watch.Activity) (m catalog.Match, hinges bool) {
	if e.IsLink() {
		return catalog.Link(e.Service, e.Descriptor, e.Bank), false
	}
	ev := catalog.Evidence{
		Bank: e.Bank, Descriptor: e.Descriptor, Detail: e.Detail, Service: e.Service, Rail: e.Rail, Collector: e.Collector,
		Amount: e.Amount, At: e.OccurredAt,
	}
	if account != nil {
		for id, s := range account.Services {
			for _, l := range s.Links {
				ev.Links = append(ev.Links, catalog.Linked{Service: id, At: l.RegisteredAt, Removed: !l.RemovedAt.IsZero() && !l.RemovedAt.After(e.OccurredAt)})
			}
		}
	}
	d := catalog.Decide(&ev)
	if id := d.Service(); id != "" {
		m.Service, m.Confidence = id, d.Confidence()
	}
	return m, d.Hinges()
}
