package detect

import (
	"kozamori/internal/catalog"
	"kozamori/internal/store"
)

// silent finishes what an account's ordinary debits are as a rule: nothing that anybody
// asked to be told of, and nothing on record. It is false, and nothing was done, if one of
// them may be more, so that all of them go the whole way (accountWork.once), which
// decides the same of those that this finishes.
func (s *Stage) silent(todo []work, account *store.Watched, onRecord map[string]bool) bool {
	for i := range todo {
		if w := &todo[i]; !w.ordinary() || w.match.Confidence != "" || onRecord[w.id] || passes(w, account) ||
			catalog.Nameless(w.event.Bank, w.event.Descriptor.Raw(), w.event.Detail.Raw()) {
			return false
		}
	}
	if len(todo) == 0 || s.turns.busy(todo[0].event.Account()) { // a call that works on it may be making a record
		return false
	}
	for i := range todo {
		s.learn(&todo[i])
	}
	return true
}

// passes tells whether somebody may have asked to be told of a debit.
func passes(w *work, account *store.Watched) bool {
	e, p, text := w.event, account.Prefilter, ""
	if p.Reads() {
		text = catalog.Fold(e.Descriptor.Raw())
	}
	return p.Passes(e.Amount, e.BalanceAfter != nil && *e.BalanceAfter < 0, text)
}
