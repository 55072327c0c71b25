package watch

// merging tells ways apart by what can still come of them: that two returns of one
// amount are of two debits, or the reverse, comes to the same.
type merging struct {
	states map[state]uint16
	of     map[*reading]uint16
	ways   map[wayState]bool
}

// mostMerged is how many debits of an id there may be for that: nine are looked at, as
// a rule.
const mostMerged = 16

type wayState struct {
	of  [mostMerged]uint16
	odd int
}

// state is all of a debit or link, as far as it was read, on which the rest depends.
type state struct {
	amount, returned, asked int64
	solid                   int64 // what came back, but for releases
	again                   int
	pending, held, undone   bool
	service, event          string
	back                    int64 // when it was received, if that counts
}

// is tells whether a way comes to the same as one before, and notes it.
func (m *merging) is(w *way) bool {
	if len(w.of) > mostMerged {
		return false
	}
	if m.ways == nil {
		m.states, m.of, m.ways = map[state]uint16{}, map[*reading]uint16{}, map[wayState]bool{}
	}
	key := wayState{odd: w.odd}
	for i, c := range w.of {
		id, ok := m.of[c]
		if !ok {
			s := c.state()
			if id, ok = m.states[s]; !ok {
				id = uint16(len(m.states))
				m.states[s] = id
			}
			m.of[c] = id
		}
		key.of[i] = id
	}
	if m.ways[key] {
		return true
	}
	m.ways[key] = true
	return false
}

func (c *reading) state() state {
	s := state{amount: c.amount, returned: c.returned, asked: c.asked, solid: c.solid.returned, again: c.again, pending: c.pending, held: c.held,
		undone: !c.backAt.IsZero(), service: c.named.Service, event: c.latest.Event}
	if (c.pending || c.latest.DateOnly) && s.undone {
		s.back = c.back.ReceivedAt.UnixNano()
	}
	return s
}
