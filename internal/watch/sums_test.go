package watch

import (
	"testing"
	"time"
)

// told is an incident of two debits, of which its watcher was told over LINE of the
// first, and nothing yet of the second.
func toldOfOne(t *testing.T, id string, yen int64, at time.Time) *Record {
	t.Helper()
	r := alerted(id, yen, at, ServiceDebit)
	d, ok := r.Bring(&Watcher{ID: "w", Channels: []Channel{{Kind: LINE}}}, LINE, at)
	if !ok {
		t.Fatal("no one is told")
	}
	d.State = Accepted
	r.Join(alerted(id+"+", 10*yen, at.Add(time.Hour), ServiceDebit))
	return r
}

// A sum of all pieces is of what its reader was told of, over the channel or any, or is
// told of now; none of it is of what came back.
func TestASumIsOfWhatItsReaderKnows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		watcher string
		ch      ChannelKind
		now     []Said
		change  func(r, o *Record)
		debits  int
		yen     int64
		first   time.Time
		last    time.Time
	}{
		"what was told":             {"w", LINE, nil, nil, 2, 500, noon, noon.Add(2 * time.Hour)},
		"over any channel":          {"w", "", nil, nil, 2, 500, noon, noon.Add(2 * time.Hour)},
		"over another":              {"w", Email, nil, nil, 0, 0, time.Time{}, time.Time{}},
		"to another":                {"v", LINE, nil, nil, 0, 0, time.Time{}, time.Time{}},
		"with what is told now":     {"w", LINE, []Said{{Record: "o+"}}, nil, 3, 4500, noon, noon.Add(3 * time.Hour)},
		"told now again":            {"w", LINE, []Said{{Record: "r"}}, nil, 2, 500, noon, noon.Add(2 * time.Hour)},
		"over another, now":         {"w", Email, []Said{{Record: "r+"}}, nil, 1, 1000, noon.Add(time.Hour), noon.Add(time.Hour)},
		"one came back":             {"w", LINE, nil, func(r, _ *Record) { r.UndoneAt = noon }, 1, 400, noon.Add(2 * time.Hour), noon.Add(2 * time.Hour)},
		"a part of one came back":   {"w", LINE, nil, func(r, _ *Record) { r.Returned = 30 }, 2, 470, noon, noon.Add(2 * time.Hour)},
		"one is a link":             {"w", LINE, nil, func(r, _ *Record) { r.Kind = LinkRegistered }, 1, 400, noon.Add(2 * time.Hour), noon.Add(2 * time.Hour)},
		"of one the day is known":   {"w", LINE, nil, func(_, o *Record) { o.DateOnly = true }, 2, 500, time.Time{}, time.Time{}},
		"the later one comes first": {"w", LINE, nil, func(_, o *Record) { o.OccurredAt = noon.Add(-time.Hour) }, 2, 500, noon.Add(-time.Hour), noon},
	} {
		r, o := toldOfOne(t, "r", 100, noon), toldOfOne(t, "o", 400, noon.Add(2*time.Hour))
		if c.change != nil {
			c.change(r, o)
		}
		got := SumOfAll([]*Record{r, o}, c.watcher, c.ch, c.now)
		if got.Debits != c.debits || got.Yen != c.yen || !got.FirstAt.Equal(c.first) || !got.LastAt.Equal(c.last) {
			t.Errorf("%s: %d debits, %d yen, from %s to %s", name, got.Debits, got.Yen, got.FirstAt, got.LastAt)
		}
	}
}

// A message of one piece sums up what it and those before it say, and of other pieces
// what has arrived.
func TestASumOfPiecesCountsOfTheOthersWhatHasArrived(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state DeliveryState // of the other's message
		of    int           // which of this one's messages it is of
		want  int64
	}{
		"the first, the other's has arrived": {Accepted, 0, 500},
		"the first, the other's waits":       {Queued, 0, 100},
		"the first, the other's failed":      {Undelivered, 0, 100},
		"the second":                         {Accepted, 1, 1500},
	} {
		r, o := toldOfOne(t, "r", 100, noon), toldOfOne(t, "o", 400, noon)
		r.Bring(&Watcher{ID: "w", Channels: []Channel{{Kind: LINE}}}, LINE, noon.Add(time.Hour))
		o.Deliveries[0].State = c.state
		if got := r.SumTogether(&r.Deliveries[c.of], []*Record{o}); got.Yen != c.want {
			t.Errorf("%s: %d debits, %d yen", name, got.Debits, got.Yen)
		}
	}
}

// A report sums up what it is about, and says whether that is all that a message names.
func TestASumOfAReportIsOfWhatItIsAbout(t *testing.T) {
	t.Parallel()
	d := &Dispute{Record: "r", Kind: Debit, Amount: 100, OccurredAt: noon, Also: []Disputed{
		{Record: "o", Kind: Debit, Was: Shown{Amount: 30, OccurredAt: noon.Add(time.Hour)}},
		{Record: "gone", Kind: Debit, Was: Shown{Amount: 5000, OccurredAt: noon, UndoneAt: noon}},
		{Record: "link", Kind: LinkRegistered, Was: Shown{OccurredAt: noon}},
	}}
	for name, c := range map[string]struct {
		says []Said
		all  bool
	}{"nothing": {nil, true}, "some": {[]Said{{Record: "r"}, {Record: "link"}}, true}, "one that is not": {[]Said{{Record: "r"}, {Record: "x"}}, false}} {
		if sum, all := d.SumReported(c.says); sum.Debits != 2 || sum.Yen != 130 || all != c.all {
			t.Errorf("%s: %d debits, %d yen, all %v", name, sum.Debits, sum.Yen, all)
		}
	}
}

// A total counts debits, links and what came back apart, and knows when each service's
// first debit happened that stands.
func TestATotalTellsDebitsLinksAndReturnsApart(t *testing.T) {
	t.Parallel()
	shown := func(service string, yen int64, hour int, undone bool) *Shown {
		s := &Shown{Service: service, Amount: yen, OccurredAt: noon.Add(time.Duration(hour) * time.Hour)}
		if undone {
			s.UndoneAt = noon.AddDate(0, 0, 1)
		}
		return s
	}
	var none Total
	if !none.Loss().IsZero() || !none.LossOf("docomo").IsZero() || none.Several() {
		t.Errorf("of nothing it is %+v", none)
	}
	for _, one := range []struct {
		kind Kind
		is   *Shown
	}{{Debit, shown("docomo", 1, 0, false)}, {Debit, shown("docomo", 1, 0, true)}, {LinkRegistered, shown("docomo", 0, 0, false)}} {
		var total Total
		if total.Add(one.kind, one.is); total.Several() {
			t.Errorf("one is several: %+v", total)
		}
		if total.Add(one.kind, one.is); !total.Several() {
			t.Errorf("two are not several: %+v", total)
		}
	}
	var total Total
	total.Add(Debit, shown("docomo", 100, 3, false))
	total.Add(Debit, shown("paypay", 30, 2, false))
	total.Add(Debit, shown("docomo", 5, 1, false))
	total.Add(Debit, shown("kyash", 1000, 0, true))
	total.Add(LinkRegistered, shown("merpay", 0, -1, false))
	if total.Debits != 3 || total.Yen != 135 || total.Undone != 1 || total.Links != 1 || total.Gross != 1135 || !total.First.Equal(noon.Add(-time.Hour)) || len(total.Of) != 4 {
		t.Errorf("it comes to %+v", total)
	}
	for service, hour := range map[string]int{"docomo": 1, "paypay": 2} {
		if !total.LossOf(service).Equal(noon.Add(time.Duration(hour) * time.Hour)) {
			t.Errorf("of %s it begins at %s", service, total.LossOf(service))
		}
	}
	if !total.Loss().Equal(noon.Add(time.Hour)) || !total.LossOf("kyash").IsZero() || !total.LossOf("merpay").IsZero() {
		t.Errorf("it begins at %s", total.Loss())
	}
}

// What a message comes to is what it names, as it names that.
func TestAMessageComesToWhatItNames(t *testing.T) {
	t.Parallel()
	r := toldOfOne(t, "r", 100, noon)
	if total := r.TotalSaid(nil); total != nil {
		t.Errorf("of nothing it is %+v", total)
	}
	total := r.TotalSaid([]Said{{Record: "r", Is: &Shown{Amount: 70, OccurredAt: noon}}, {Record: "r+"}, {Record: "x"}})
	if total == nil || total.Debits != 2 || total.Yen != 1070 {
		t.Errorf("it comes to %+v", total)
	}
}

// A summary is found by the mark of when it began, for the person who was told of it.
func TestASummaryIsFoundByItsMark(t *testing.T) {
	t.Parallel()
	hour := noon.Add(time.Hour)
	of := func(id, watcher string, seq int, at time.Time, says bool) Delivery {
		d := Delivery{ID: id, Kind: TellSummary, Watcher: watcher, Seq: seq, CreatedAt: at}
		if says {
			d.Sum = &PastSum{}
		}
		return d
	}
	r := &Record{ID: "r", Deliveries: []Delivery{of("a", "w", 0, noon, true), of("b", "w", 0, hour, true), of("c", "v", 0, noon, true), of("d", "w", 1, hour, false)}}
	o := &Record{ID: "o", Deliveries: []Delivery{of("e", "w", 0, hour, true), {ID: "f", Kind: TellAlert, Watcher: "w", CreatedAt: hour, Sum: &PastSum{}}}}
	all := []*Record{r, o}
	first, second := r.SummaryMark(&r.Deliveries[0]), o.SummaryMark(&o.Deliveries[0])
	if first == second || first != r.SummaryMark(&r.Deliveries[1]) {
		t.Errorf("the marks are %s and %s", first, second)
	}
	for _, c := range []struct{ mark, watcher, record, delivery string }{
		{first, "w", "r", "b"}, {first, "v", "r", "c"}, {second, "w", "o", "e"}, {second, "v", "", ""}, {"x", "w", "", ""},
	} {
		record, delivery := "", ""
		if r, d := SummaryOf(all, c.mark, c.watcher); r != nil {
			record, delivery = r.ID, d.ID
		}
		if record != c.record || delivery != c.delivery {
			t.Errorf("%s finds for %s %s of %s, want %s of %s", c.mark, c.watcher, delivery, record, c.delivery, c.record)
		}
	}
}
