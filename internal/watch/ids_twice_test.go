package watch

import (
	"testing"
	"time"
)

// An id that a bank gave to two is a conflict, unless the second is rightly the first
// one again: presented again after it came back, or registered again after its removal.
func TestAnIDThatIsGivenTwiceIsAConflict(t *testing.T) {
	t.Parallel()
	hour := noon.Add(time.Hour)
	days := func(change func(r, o *Record)) func(r, o *Record) { // two links of one day, whose times are not known
		return func(r, o *Record) {
			r.Kind, o.Kind, r.DateOnly, o.DateOnly = LinkRegistered, LinkRegistered, true, true
			r.OccurredAt = time.Date(noon.Year(), noon.Month(), noon.Day(), 0, 0, 0, 0, JST)
			o.OccurredAt = r.OccurredAt
			change(r, o)
		}
	}
	for name, c := range map[string]struct {
		change func(r, o *Record) // r is at noon, o an hour after it
		want   bool
	}{
		"two debits":                          {func(_, _ *Record) {}, true},
		"of two ids":                          {func(_, o *Record) { o.Txn = "other" }, false},
		"the second came after a return":      {func(_, o *Record) { o.AfterReturn = true }, false},
		"the first did":                       {func(r, _ *Record) { r.AfterReturn = true }, false},
		"one is not complete":                 {func(r, _ *Record) { r.Complete = false }, false},
		"the other is not":                    {func(_, o *Record) { o.Complete = false }, false},
		"a debit and a link":                  {func(_, o *Record) { o.Kind = LinkRegistered }, false},
		"two links":                           {func(r, o *Record) { r.Kind, o.Kind = LinkRegistered, LinkRegistered }, true},
		"a link after the removal":            {func(r, o *Record) { r.Kind, o.Kind, r.UndoneAt = LinkRegistered, LinkRegistered, hour }, false},
		"a link before the removal":           {func(r, o *Record) { r.Kind, o.Kind, r.UndoneAt = LinkRegistered, LinkRegistered, hour.Add(1) }, true},
		"of two links the second was removed": {func(r, o *Record) { r.Kind, o.Kind, o.UndoneAt = LinkRegistered, LinkRegistered, hour.Add(1) }, true},
		"links of one day, the first of which was removed on it": {days(func(r, _ *Record) { r.UndoneAt = r.OccurredAt }), false},
		"the second was":                              {days(func(_, o *Record) { o.UndoneAt = o.OccurredAt }), false},
		"both were":                                   {days(func(r, o *Record) { r.UndoneAt, o.UndoneAt = r.OccurredAt, o.OccurredAt }), false},
		"none was":                                    {days(func(_, _ *Record) {}), true},
		"the first was, at an hour of it":             {days(func(r, _ *Record) { r.UndoneAt = hour }), false},
		"the first was on the day after":              {days(func(r, _ *Record) { r.UndoneAt = r.OccurredAt.AddDate(0, 0, 1) }), true},
		"a removed one whose time is known":           {days(func(r, _ *Record) { r.OccurredAt, r.DateOnly, r.UndoneAt = noon, false, hour }), false},
		"one whose time is known, and which stands":   {days(func(r, _ *Record) { r.OccurredAt, r.DateOnly = noon, false }), true},
		"a removed one after one whose time is known": {days(func(r, o *Record) { r.OccurredAt, r.DateOnly, o.UndoneAt = noon, false, hour }), false},
	} {
		r, o := alerted("r", 100, noon, ServiceDebit), alerted("o", 100, hour, ServiceDebit)
		r.Txn, o.Txn = "t", "t"
		c.change(r, o)
		all := []*Record{r, o}
		if a, b := r.Conflicts(all), o.Conflicts(all); a != c.want || b != c.want {
			t.Errorf("%s: %v, and the other way round %v", name, a, b)
		}
		if r.Conflicts([]*Record{r}) {
			t.Errorf("%s: one is in conflict with itself", name)
		}
	}
}

// What was released is an authorisation of what is posted since, and nothing else.
func TestWhatWasReleasedIsAnAuthorisation(t *testing.T) {
	t.Parallel()
	held := &Shown{Status: Pending}
	release, taken := Entry{Event: "x", Kind: DebitReversed, Status: Pending}, Entry{Event: "y", Kind: DebitReversed}
	for name, c := range map[string]struct {
		was     *Shown
		entries []Entry
		change  func(*Record)
		want    bool
	}{
		"an authorisation, posted since":    {held, []Entry{taken, release}, nil, true},
		"of which money came back":          {held, []Entry{taken}, nil, false},
		"it was posted already":             {&Shown{Status: Posted}, []Entry{release}, nil, false},
		"it was never told":                 {nil, []Entry{release}, nil, false},
		"it is not posted":                  {held, []Entry{release}, func(r *Record) { r.Status = Pending }, false},
		"a link":                            {held, []Entry{release}, func(r *Record) { r.Kind = LinkRegistered }, false},
		"a part of an incident":             {held, nil, nil, true},
		"a part that may be what came back": {held, nil, func(r *Record) { r.MayBeIt = true }, false},
	} {
		r := alerted("r", 100, noon, ServiceDebit)
		if r.Entries = c.entries; c.change != nil {
			c.change(r)
		}
		if got := r.Released(c.was); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A name is doubted if it was certain, and is another now that is not.
func TestANameIsDoubtedThatWasCertain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		was    *Shown
		change func(*Record)
		want   bool
	}{
		"certain, and another now":   {&Shown{Service: "paypay", Confidence: Named}, nil, true},
		"never shown":                {nil, nil, false},
		"shown without one":          {&Shown{Confidence: Named}, nil, false},
		"the same":                   {&Shown{Service: "docomo", Confidence: Named}, nil, false},
		"it was not certain":         {&Shown{Service: "paypay", Confidence: Undecided}, nil, false},
		"it is certain":              {&Shown{Service: "paypay", Confidence: Named}, func(r *Record) { r.Confidence = Named }, false},
		"it has none now":            {&Shown{Service: "paypay", Confidence: Named}, func(r *Record) { r.Service = "" }, false},
		"by its own text":            {&Shown{Service: "paypay", Confidence: Named}, func(r *Record) { r.Inherits = false }, false},
		"though it came back":        {&Shown{Service: "paypay", Confidence: Named}, func(r *Record) { r.UndoneAt = noon }, true},
		"and by another's authority": {&Shown{Service: "paypay", Confidence: Seen}, nil, true},
	} {
		r := alerted("r", 100, noon, ServiceDebit)
		if r.Confidence, r.Inherits = Undecided, true; c.change != nil {
			c.change(r)
		}
		if got := c.was.NameDoubted(r); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A debit is unheard of while no one was told of it, and it is nothing that anybody has
// to do with.
func TestADebitIsUnheardOfUntilSomebodyIsTold(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Record){
		"a link": func(r *Record) { r.Kind = LinkRegistered }, "not complete": func(r *Record) { r.Complete = false },
		"of a service": func(r *Record) { r.Service = "docomo" }, "told": func(r *Record) { r.Notices = make([]Notice, 1) },
		"to be told": func(r *Record) { r.Deliveries = make([]Delivery, 1) }, "an incident": func(r *Record) { r.Members = make([]Member, 1) },
		"answered": func(r *Record) { r.Answer = &Answer{} }, "reported": func(r *Record) { r.Dispute = "d" }, "another's": func(r *Record) { r.Alias = "x" },
	} {
		r := alerted("r", 100, noon, 0)
		r.Service, r.Notices = "", nil
		if !r.Unheard() {
			t.Fatal("of a debit of no service somebody has heard")
		}
		if change(r); r.Unheard() {
			t.Errorf("%s: it is unheard of", name)
		}
	}
}

// All who are told of a record hear of a return alone if each of them knew the rest.
func TestAReturnAloneIsToldIfEachKnewTheRest(t *testing.T) {
	t.Parallel()
	knows, fresh := Notice{Watcher: "a", Knows: &Shown{}}, Notice{Watcher: "b"}
	for name, c := range map[string]struct {
		notices []Notice
		want    bool
	}{"no one is told": {nil, false}, "one who knew": {[]Notice{knows}, true}, "one who did not": {[]Notice{fresh}, false}, "one of each": {[]Notice{knows, fresh}, false}} {
		r := &Record{Notices: c.notices}
		if got := r.OnlyReturned(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
