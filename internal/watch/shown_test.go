package watch

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fill gives each member of a struct a value that is not its zero value, and
// another one for another n.
func fill(t *testing.T, v reflect.Value, n int) {
	t.Helper()
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		switch x := f.Addr().Interface().(type) {
		case *time.Time:
			*x = noon.Add(time.Duration(n*100+i) * time.Hour)
			continue
		case **int64:
			yen := int64(n*100 + i + 1)
			*x = &yen
			continue
		case **Second:
			*x = &Second{Service: string(rune('a' + n))}
			continue
		}
		switch f.Kind() {
		case reflect.String:
			f.SetString(name + string(rune('a'+n)))
		case reflect.Int, reflect.Int64:
			f.SetInt(int64(n*100 + i + 1))
		case reflect.Bool:
			f.SetBool(n%2 == 1)
		}
	}
}

// facts are those members of a record that messages show.
func facts(r *Record) map[string]any {
	out := map[string]any{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Shown]()) {
		if v := reflect.ValueOf(r).Elem().FieldByName(f.Name); v.IsValid() && f.Name != "Unknown" {
			out[f.Name] = v.Interface()
		}
	}
	return out
}

func TestAMessageKeepsEachFactWhateverBecomesOfTheRecord(t *testing.T) {
	was, is := &Record{}, &Record{}
	fill(t, reflect.ValueOf(was).Elem(), 1)
	fill(t, reflect.ValueOf(is).Elem(), 2)
	if n := len(facts(was)); n != 24 {
		t.Errorf("messages show %d facts of a record; this test was written for 24", n)
	}
	s := was.Shows("w")
	for name, want := range facts(was) {
		if got := reflect.ValueOf(s).Elem().FieldByName(name).Interface(); !cmp.Equal(got, want) {
			t.Errorf("shown: %s is %v, want %v", name, got, want)
		}
	}
	before := facts(is)
	if diff := cmp.Diff(facts(was), facts(is.As(s))); diff != "" {
		t.Errorf("as it was shown:\n%s", diff)
	}
	if diff := cmp.Diff(before, facts(is)); diff != "" {
		t.Errorf("showing it as it was changes it:\n%s", diff)
	}
	if is.As(s).ID != is.ID {
		t.Error("it is another record")
	}
	if is.As(nil) != is {
		t.Error("without anything shown it is not the record itself")
	}
}

func TestReasonsAreThoseOfTheNotice(t *testing.T) {
	r := &Record{Notices: []Notice{{Watcher: "w", Reasons: Because(Burst)}}}
	if got := r.Shows("w").Reasons; got != Because(Burst) {
		t.Errorf("a message to the watcher shows the reasons %q", got)
	}
	if got := r.Shows("x").Reasons; got != Because(0) {
		t.Errorf("a message to another shows the reasons %q", got)
	}
}

// told is a record with a delivery of each kind to two people.
func told() *Record {
	r := &Record{Amount: 3000, Service: "docomo"}
	for _, kind := range []DeliveryKind{TellAlert, TellChanged, TellUndone, TellSummary, TellDispute, TellAnswer, TellUnreachable} {
		for _, who := range []string{"w", "g"} {
			r.Deliveries = append(r.Deliveries, Delivery{ID: string(kind) + who, Kind: kind, Watcher: who, State: Accepted})
		}
	}
	return r
}

func TestWhatTellsARecordKeepsItsWordsWhenTheRecordChanges(t *testing.T) {
	r := told()
	r.Answer = &Answer{Value: Mine, Watcher: "w"}
	r.Notices = []Notice{{Watcher: "g", Reasons: Because(Burst)}}
	first := &Shown{Amount: 1}
	r.Deliveries[0].Shows = first
	was := r.Clone()
	r.Amount = 9000
	r.KeepPart(was)
	for _, d := range r.Deliveries {
		tells := d.Kind != TellSummary && d.Kind != TellUnreachable // the others name what was taken
		switch {
		case d.ID == r.Deliveries[0].ID:
			if d.Shows != first {
				t.Error("what was kept before is overwritten")
			}
		case tells != (d.Shows != nil):
			t.Errorf("%s keeps %v", d.ID, d.Shows)
		case tells && (d.Shows.Amount != 3000 || d.Shows.Reasons.Has(Burst) != (d.Watcher == "g")):
			t.Errorf("%s keeps %+v", d.ID, d.Shows)
		}
	}
	if r.Answer.Shows == nil || r.Answer.Shows.Amount != 3000 {
		t.Errorf("the answer keeps %v", r.Answer.Shows)
	}
	kept := r.Answer.Shows
	again := r.Clone()
	r.Amount = 12000
	r.KeepPart(again)
	if r.Answer.Shows != kept {
		t.Error("the answer is put to what was shown later")
	}
}

func TestTellingsAreCountedAndTheLastIsFound(t *testing.T) {
	r := told()
	if n := r.Tellings("w", ""); n != 3 {
		t.Errorf("told %d times, want 3", n)
	}
	if n := r.Tellings("x", ""); n != 0 {
		t.Errorf("a stranger was told %d times", n)
	}
	if d, ok := (&Record{Deliveries: r.Deliveries[:1]}).LastTold("w"); !ok || d.Kind != TellAlert {
		t.Errorf("the only one is not found: %v", d)
	}
	for _, want := range []DeliveryKind{TellUndone, TellChanged, TellAlert} {
		d, ok := r.LastTold("w")
		if !ok || d.Kind != want || d.Watcher != "w" {
			t.Fatalf("the last is %v (%v), want %s", d, ok, want)
		}
		d.State = Cancelled // so it was not told
	}
	if d, ok := r.LastTold("w"); ok || d != nil {
		t.Errorf("nothing was told, and yet %v", d)
	}
	if n := r.Tellings("w", ""); n != 3 {
		t.Errorf("what was cancelled gives its number to another: %d", n)
	}
}

// What must be told again, and what is worse than what the person knows.
func TestAChangeIsToldWhenItMatters(t *testing.T) {
	debit := func(change func(*Record)) *Record {
		r := &Record{Kind: Debit, Amount: 5000, Returned: 1000, Again: 1, Service: "docomo", Status: Pending, OccurredAt: noon}
		change(r)
		return r
	}
	for name, c := range map[string]struct {
		change      func(*Record)
		again, more bool
	}{
		"nothing":                             {func(*Record) {}, false, false},
		"more was taken":                      {func(r *Record) { r.Amount++ }, true, true},
		"less was taken":                      {func(r *Record) { r.Amount-- }, false, false},
		"it was presented again":              {func(r *Record) { r.Again, r.OccurredAt = 2, noon.Add(time.Second) }, true, true},
		"it was, on that day":                 {func(r *Record) { r.Again, r.DateOnly = 2, true }, true, true},
		"it had been before, and came back":   {func(r *Record) { r.Again++ }, false, false},
		"one presentation fewer":              {func(r *Record) { r.Again-- }, false, false},
		"it is of another service":            {func(r *Record) { r.Service = "paypay" }, true, true},
		"its service is not known any more":   {func(r *Record) { r.Service = "" }, false, false},
		"more came back":                      {func(r *Record) { r.Returned++ }, true, false},
		"less came back":                      {func(r *Record) { r.Returned-- }, true, true},
		"less was taken and less came back":   {func(r *Record) { r.Amount, r.Returned = 3000, 500 }, true, false},
		"more was taken, and that came back":  {func(r *Record) { r.Amount, r.Returned = 6000, 2000 }, true, true},
		"all came back":                       {func(r *Record) { r.UndoneAt = noon }, true, false},
		"it is posted":                        {func(r *Record) { r.Status = Posted }, false, false},
		"its words are others":                {func(r *Record) { r.Descriptor, r.Confidence = "X", Seen }, false, false},
		"it happened at another time":         {func(r *Record) { r.OccurredAt = noon.Add(time.Hour) }, false, false},
		"what came back was of another debit": {func(r *Record) { r.Returned, r.Amount = 0, 5000 }, true, true},
		"all came back, and by another price": {func(r *Record) { r.UndoneAt, r.Amount = noon, 6000 }, true, true},
	} {
		s := debit(func(*Record) {}).Shows("")
		r := debit(c.change)
		if again, more := s.Changed(r); again != c.again || more != c.more {
			t.Errorf("%s: told again %v, worse %v; want %v and %v", name, again, more, c.again, c.more)
		}
		if covers := s.Covers(r); covers == (c.more && r.UndoneAt.IsZero()) { // of what is undone nothing is taken
			t.Errorf("%s: an answer stands for it: %v", name, covers)
		}
	}
	undone := &Shown{Amount: 5000, UndoneAt: noon}
	if again, more := undone.Changed(&Record{Amount: 5000}); !again || !more {
		t.Errorf("what was undone stands again: told %v, worse %v", again, more)
	}
	if again, _ := undone.Changed(&Record{Amount: 5000, UndoneAt: noon.Add(1)}); again {
		t.Error("undone at another moment is told again")
	}
}

func TestHowMuchIsStillTaken(t *testing.T) {
	for _, c := range []struct {
		r    Record
		want int64
	}{
		{Record{Amount: 5000}, 5000}, {Record{Amount: 5000, Returned: 1200}, 3800},
		{Record{Amount: 5000, UndoneAt: noon}, 0}, {Record{Amount: 5000, Returned: 1200, UndoneAt: noon}, 0},
	} {
		if got := c.r.Kept(); got != c.want {
			t.Errorf("%+v: %d", c.r, got)
		}
		if got := c.r.Shows("").Kept(); got != c.want {
			t.Errorf("%+v, as it is shown: %d", c.r, got)
		}
	}
}

func TestAnAnswerStandsForWhatItWasGivenTo(t *testing.T) {
	r := &Record{Amount: 5000, Service: "docomo"}
	same, less := r.Shows("w"), &Shown{Amount: 4999, Service: "docomo"}
	for name, c := range map[string]struct {
		answer *Answer
		want   bool
	}{
		"none":                                  {nil, false},
		"mine, and nothing has changed":         {&Answer{Value: Mine}, true},
		"mine, of all that the record says":     {&Answer{Value: Mine, Shows: same}, true},
		"mine, before more was taken":           {&Answer{Value: Mine, Shows: less}, false},
		"not mine, before more was taken":       {&Answer{Value: NotMine, Shows: less}, true},
		"not mine, of all that the record says": {&Answer{Value: NotMine, Shows: same}, true},
	} {
		r.Answer = c.answer
		if got := r.Answered(); got != c.want {
			t.Errorf("%s: answered %v", name, got)
		}
	}
}

func TestAnAnswerStandsForEachPartOfAnIncident(t *testing.T) {
	lead, part := alerted("r", 100, noon, ServiceDebit), alerted("a", 7, noon.Add(1), Burst)
	lead.Join(part)
	same, less := part.Shows("w"), &Shown{Amount: 6, Service: "docomo"}
	for name, c := range map[string]struct {
		says []Said
		want bool
	}{
		"nothing changed":              {nil, true},
		"no more than it was given to": {[]Said{{Record: "a", Is: same}}, true},
		"more was taken since":         {[]Said{{Record: "a", Is: less}}, false},
		"of one of two":                {[]Said{{Record: "r", Is: lead.Shows("w")}, {Record: "a", Is: less}}, false},
		"of a part that is none":       {[]Said{{Record: "x", Is: less}}, true},
		"what it says now":             {[]Said{{Record: "a"}}, true},
	} {
		for value, want := range map[AnswerValue]bool{Mine: c.want, NotMine: true} {
			lead.Answer = &Answer{Value: value, Says: c.says}
			if got := lead.Answered(); got != want {
				t.Errorf("%s, %s: answered %v", value, name, got)
			}
		}
	}
}

func TestAMarkTellsApartWhatAnAnswerMayStandFor(t *testing.T) {
	plain := Record{Amount: 5000, Again: 1, Service: "docomo"}
	if other := plain; other.Mark() != plain.Mark() || len(plain.Mark()) != 8 {
		t.Errorf("the marks of one record are %q and %q", plain.Mark(), other.Mark())
	}
	same := plain
	same.Returned, same.Status, same.Descriptor, same.Deliveries = 5, Posted, "X", []Delivery{{}}
	same.Again, same.AgainLate = 3, 2 // what came before was heard of later
	if same.Mark() != plain.Mark() {
		t.Error("what came back, or how it is told, makes another mark")
	}
	for name, r := range map[string]Record{
		"amount": {Amount: 5001, Again: 1, Service: "docomo"}, "presentation": {Amount: 5000, Again: 2, Service: "docomo"},
		"service": {Amount: 5000, Again: 1, Service: "paypay"}, "boundary of amount and presentation": {Amount: 500, Again: 1, Service: "docomo"},
	} {
		if r.Mark() == plain.Mark() {
			t.Errorf("another %s has the same mark", name)
		}
	}
}

func TestNothingShownIsOfNoServiceAndNoYen(t *testing.T) {
	var none *Shown
	if none.Of() != "" || none.Yen() != 0 {
		t.Errorf("nothing is %q, %d yen", none.Of(), none.Yen())
	}
	s := &Shown{Service: "docomo", Amount: 5}
	if s.Of() != "docomo" || s.Yen() != 5 {
		t.Errorf("%q, %d yen", s.Of(), s.Yen())
	}
}

// What had come back stands again if less has come back than was shown: not if it was
// taken again since.
func TestWhatTurnsOutToStandAgain(t *testing.T) {
	for name, c := range map[string]struct {
		shown *Shown
		r     Record
		want  bool
	}{
		"nothing was shown":                             {nil, Record{Amount: 100}, false},
		"as it was":                                     {&Shown{Amount: 100}, Record{Amount: 100}, false},
		"more was taken":                                {&Shown{Amount: 100}, Record{Amount: 900}, false},
		"more was taken, as much is back":               {&Shown{Amount: 100, Returned: 10}, Record{Amount: 900, Returned: 10}, false},
		"less is back":                                  {&Shown{Amount: 100, Returned: 10}, Record{Amount: 100, Returned: 9}, true},
		"less is back, of less":                         {&Shown{Amount: 100, Returned: 10}, Record{Amount: 90, Returned: 0}, true},
		"less is back of what is taken in its place":    {&Shown{Amount: 100, UndoneAt: noon}, Record{Amount: 100, Returned: 40}, true},
		"all was back, and is, of more":                 {&Shown{Amount: 100, UndoneAt: noon}, Record{Amount: 120, Returned: 100}, false},
		"all was back, and less is, of more":            {&Shown{Amount: 100, UndoneAt: noon}, Record{Amount: 120, Returned: 99}, true},
		"all was back, of an earlier time it was taken": {&Shown{Amount: 100, UndoneAt: noon, OccurredAt: noon}, Record{Amount: 100, Again: 1, OccurredAt: noon}, true},
		"a part was back, of an earlier time":           {&Shown{Amount: 100, Returned: 50, OccurredAt: noon}, Record{Amount: 100, Again: 1, OccurredAt: noon}, true},
		"all was back, and is taken again later":        {&Shown{Amount: 100, UndoneAt: noon, OccurredAt: noon}, Record{Amount: 100, Again: 1, OccurredAt: noon.Add(1)}, false},
		"a link was removed":                            {&Shown{UndoneAt: noon}, Record{Kind: LinkRegistered}, true},
		"a link was removed, and is":                    {&Shown{UndoneAt: noon}, Record{Kind: LinkRegistered, UndoneAt: noon}, false},
		"more is back":                                  {&Shown{Amount: 100, Returned: 10}, Record{Amount: 100, Returned: 11}, false},
		"all was back":                                  {&Shown{Amount: 100, UndoneAt: noon}, Record{Amount: 100}, true},
		"all was back, and is":                          {&Shown{Amount: 100, UndoneAt: noon}, Record{Amount: 100, UndoneAt: noon}, false},
		"all was back, and is taken again":              {&Shown{Amount: 100, UndoneAt: noon}, Record{Amount: 100, Again: 1, OccurredAt: noon}, false},
	} {
		if got := c.shown.Stands(&c.r); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
