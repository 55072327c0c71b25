package catalog

import "math"

// heads finds the first letters of the words that come to something by
// themselves: names, traps, credits, and the marks that say how the money
// moved. Less than minCut letters of a word come to nothing. Most lines of most
// banks hold none, and are known as soon as they are folded.
//
// It is Aho and Corasick's automaton with a full table, a row of headLetters
// steps for each state. Units that differ by a multiple of headLetters are one
// letter to it, which may find more than there is and never less.
type heads []head

// head is a state of it: twice the number of its row, and one more for every
// second row, whose halves change places. Kana are in one half, and the rows of
// all states would share half of the processor's cache.
type head = uint16

const (
	headStart head = 0
	headFound head = 3 // which is never left
)

const (
	headBits    = 7
	headLetters = 1 << headBits
)

// step is where the state behind a unit stands.
func (h heads) step(at head, u unit) *head { return &h[headAt(uint(at), uint(u))] }

// headAt is where among heads the step from a state along a unit stands.
func headAt(at, u uint) uint { return at<<(headBits-1) ^ u%headLetters }

// rows is how many states there are.
func (h heads) rows() int { return len(h) / headLetters }

// stateOf is the state of a row.
func stateOf(row int) head { return head(2*row + row&1) }

// newHeads is nil if there are more beginnings than can be numbered.
func newHeads(words []*word) heads {
	h := make(heads, 2*headLetters, 1<<17)
	for i := range h[headLetters:] {
		h[headLetters+i] = headFound
	}
	for _, w := range words {
		if w.kind == kindFront && w.flags&(flagRail|flagTransfer) == 0 {
			continue
		}
		if h = h.with(w.units[:min(len(w.units), minCut)]); h == nil {
			return nil
		}
	}
	h.fill()
	return h
}

// with adds a beginning.
func (h heads) with(units []unit) heads {
	at := headStart
	for k, u := range units {
		step := h.step(at, u)
		switch {
		case *step == headFound:
			return h // by less
		case k == len(units)-1:
			*step = headFound
		case *step == headStart:
			if h.rows() > math.MaxUint16/2 {
				return nil
			}
			*step = stateOf(h.rows())
			h = append(h, make(heads, headLetters)...)
		}
		at = *h.step(at, u)
	}
	return h
}

// fill tells for each state and letter that do not go on together where the
// longest end of it does that goes on, the shortest first.
func (h heads) fill() {
	behind := make([]head, h.rows()) // the longest end that is a state too
	queue := []head{headStart}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for u := range unit(headLetters) {
			step := h.step(at, u)
			end := headStart
			if at != headStart {
				end = *h.step(behind[at/2], u)
			}
			switch {
			case end == headFound, *step == headStart:
				*step = end
			case *step != headFound:
				behind[*step/2] = end
				queue = append(queue, *step)
			}
		}
	}
}
