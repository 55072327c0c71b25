package dispute

import (
	"context"
	"time"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// learned writes what the account's activity learns of an answer: what is reported,
// and which links were called the owner's own. Nothing if it learns nothing.
func (k *Service) learned(ctx context.Context, f *file) ([]store.Write, error) {
	own, others := f.links()
	if f.dispute == nil && len(own)+len(others) == 0 {
		return nil, nil
	}
	act, err := k.Store.Activity(ctx, f.record.Account)
	if err != nil {
		return nil, err
	}
	changed := act.CallOwn(others, time.Time{})
	changed = act.CallOwn(own, f.now) || changed
	if f.dispute != nil {
		act.Report(f.dispute, f.disputed())
		changed = true
	}
	if !changed {
		return nil, nil
	}
	return []store.Write{store.PutActivity(f.record.Account, act)}, nil
}

// links are the links of the incident, by record: those that were called the owner's
// own, and the others.
func (f *file) links() (own, others []string) {
	for _, l := range f.story() {
		for _, p := range l.Parts() {
			switch {
			case p.Kind != watch.LinkRegistered:
			case l.Answer.CallsOwn():
				own = append(own, p.ID)
			default:
				others = append(others, p.ID)
			}
		}
	}
	return own, others
}
