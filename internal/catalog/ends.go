package catalog

// ends decides on a name that stands from i to j by what is around it; nothing
// if it does not count.
func (s *scan) ends(w *word, how sureness, i, j int, front bool) found {
	what, tail, end := s.follow(w, j)
	var across *word
	apart := false
	if w.crossed != 0 && j < len(s.cells) {
		across, apart = s.across(w, i, j)
	}
	switch {
	case across != nil && apart:
		s.note(noteAcross, i, j, w, across)
		return found{}
	case w.has(flagWhole) && what != tailBill && !(front && s.onlyMarks(j) && s.marks&flagTransfer == 0):
		s.note(noteWhole, i, j, w, nil)
		return found{}
	case w.has(flagRail) && (s.marks&flagRail == 0 || what != tailNone):
		s.railable = true
		s.note(noteRail, i, j, w, nil)
		return found{}
	case what == tailWord:
		s.note(noteWord, i, j, w, nil)
		return found{}
	case what == tailBill:
		s.note(noteBill, i, end, w, tail)
		return refusal(tail, i, end)
	case s.other != 0:
		s.note(noteBill, i, j, w, s.passed(s.other))
		return refusal(s.passed(s.other), i, j)
	}
	f := span(i, j)
	f.name = w
	if f.sure = how; how == seen {
		f.sure = s.known(w)
	}
	switch r := s.reading(w); {
	case r != nil && s.marks&flagDebit != 0:
		s.note(noteBill, i, j, w, r)
		return refusal(r, i, j)
	case r != nil:
		f = doubtful(f, r)
	case what == tailUndecided:
		f = doubtful(f, tail)
	case across != nil:
		f = doubtful(f, unknownTail)
	case what == tailUnknown:
		f = doubtful(f, unknownTail)
	case s.doubt != 0:
		f = doubtful(f, s.passed(s.doubt))
	case s.marks&flagTransfer != 0:
		f = doubtful(f, transferred)
	case w.service.brand != nil && s.brimful(i, j):
		f = doubtful(f, w.service.brand)
	case w.has(flagCommon) && s.marks&flagRail == 0:
		f = doubtful(f, namesake)
	}
	if f.trap != nil {
		s.note(noteUndecided, i, end, w, f.trap)
	} else {
		s.note(noteName, i, j, w, nil)
	}
	return f
}

// across is a mark that begins inside a name from i to j and ends behind it,
// and whether a gap stands before it, so that it and not the name is whole.
func (s *scan) across(name *word, i, j int) (mark *word, apart bool) {
	t := s.lines
	for k := i + 1; k < j; k++ {
		if name.crossed>>(k-i)&1 == 0 {
			continue
		}
		n := t.begin(s.cells, k)
		for e := k + 1; n != 0; e++ {
			if e > j {
				for _, w := range t.enders(n) {
					if w.kind == kindFront && s.lost(w, k) == 0 {
						return w, s.gap(k)
					}
				}
			}
			if e == len(s.cells) {
				break
			}
			n = t.step(n, s.cells[e].unit())
		}
	}
	return nil, false
}

// known tells how well an exact spelling is known at the bank.
func (s *scan) known(w *word) sureness {
	switch {
	case !w.has(flagSeen):
		return guessed
	case w.banks[s.bank]:
		return seen
	}
	return elsewhere
}

// reading is what a service's name means at the bank apart from the service, but
// for behind a real-time rail.
func (s *scan) reading(w *word) *word {
	if w.service.readings == nil || s.marks&flagRail != 0 {
		return nil
	}
	return w.service.readings[s.bank]
}

// stands tells whether a mark in front of names that ends before unit j is a
// word of its own there: of ガスト the first letters say nothing of gas. A mark
// that says no more than how money is paid may be joined to anything.
func (s *scan) stands(w *word, j int) bool {
	return w.flags == 0 && w.kind == kindFront || s.parts(j, 0)
}

// parts tells whether a word ends before unit j: at a border, or where a name or
// trap begins, or further marks that come to one of these.
func (s *scan) parts(j, depth int) bool {
	if s.whole(j) {
		return true
	}
	n := s.lines.begin(s.cells, j)
	for k := j + 1; n != 0 && depth < maxChain; k++ {
		for _, w := range s.lines.enders(n) {
			if w.kind != kindCredit && s.lost(w, j) == 0 && (w.kind != kindFront || s.parts(k, depth+1)) {
				return true
			}
		}
		if k == len(s.cells) {
			break
		}
		n = s.lines.step(n, s.cells[k].unit())
	}
	return false
}
