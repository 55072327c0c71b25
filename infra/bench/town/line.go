package town

import (
	"cmp"
	"slices"
)

// stage is what a queue and its functions can do at full size: so many things a
// second, in turns among those who send (their groups). A minute here holds an
// event or none, which at full size would be thousands in one second: so what
// came in an hour is taken to have come evenly.
type stage struct {
	perSec  float64
	came    map[string]float64 // in this hour
	backlog map[string]float64
	worst   float64 // seconds that something of a sender waited
	others  float64 // the same, of senders that were in no storm
	peak    float64 // that came, a second
}

// hour ends an hour.
func (s *stage) hour(storming string) {
	if s.backlog == nil {
		s.backlog = map[string]float64{}
	}
	sum := 0.0
	for who, n := range s.came {
		s.backlog[who] += n
		sum += n / 3600
	}
	s.peak = max(s.peak, sum)
	s.came = nil
	order := make([]string, 0, len(s.backlog))
	for who := range s.backlog {
		order = append(order, who)
	}
	slices.SortFunc(order, func(a, b string) int { return cmp.Or(cmp.Compare(s.backlog[a], s.backlog[b]), cmp.Compare(a, b)) })
	left := 3600 * s.perSec
	for i, who := range order {
		did := min(s.backlog[who], left/float64(len(order)-i))
		left -= did
		if s.backlog[who] -= did; s.backlog[who] < 1e-6 {
			delete(s.backlog, who)
		}
	}
	s.waits(order, storming)
}

// waits is how long the last of each sender's waits: until all who have less are
// done, and it has had its share.
func (s *stage) waits(order []string, storming string) {
	senders, taken, at := float64(len(s.backlog)), 0.0, 0.0
	for _, who := range order {
		b, ok := s.backlog[who]
		if !ok {
			continue
		}
		at += max(0, b-taken) * senders / s.perSec
		taken = max(taken, b)
		senders--
		s.worst = max(s.worst, at)
		if who != storming {
			s.others = max(s.others, at)
		}
	}
}

// add counts what came.
func (s *stage) add(who string, n float64) {
	if s.came == nil {
		s.came = map[string]float64{}
	}
	s.came[who] += n
}
