package wire

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// use says whether a field may stand in a type of event.
type use int

const (
	may use = iota
	must
	never
)

// field is one field of an event: one row says all that is known of it.
type field struct {
	name                  string
	debit, reversal, link use
	refused               use // in a charge_link.refused

	// A field of text. Texts of at least one character are ids: white space
	// around them is trimmed.
	text        func(e *watch.Event) *string
	least, most int  // characters
	word        bool // a word of the bank's own, trimmed like an id: banks fill columns up with spaces
	check       func(s string) *watch.FieldError

	// A field that is written as text and read as something else. Behind the
	// door lenient reads what read refuses, or is nil.
	read    func(e *watch.Event, s string) *watch.FieldError
	lenient func(e *watch.Event, s string) bool

	// A field of yen.
	yen      func(e *watch.Event, n int64)
	from, to int64
}

// fields of an event, in the order in which banks are shown them.
var fields = [...]field{
	{name: "id", debit: must, reversal: must, link: must, refused: must, least: 1, most: MaxID, text: func(e *watch.Event) *string { return &e.ID }},
	{name: "type", debit: must, reversal: must, link: must, refused: must, read: readKind, lenient: kept},
	{name: "transaction_id", debit: must, reversal: must, link: must, refused: must, least: 1, most: MaxID, text: func(e *watch.Event) *string { return &e.TransactionID }},
	{name: "account_ref", debit: must, reversal: must, link: must, refused: must, text: func(e *watch.Event) *string { return &e.AccountRef },
		check: func(s string) *watch.FieldError { return watch.CheckRef("account_ref", s) }},
	{name: "account_mask", refused: never, text: func(e *watch.Event) *string { return (*string)(&e.AccountMask) },
		check: func(s string) *watch.FieldError { return watch.CheckMask("account_mask", s) }},
	{name: "occurred_at", read: readTime, lenient: lenientTime},
	{name: "amount", refused: never, debit: must, link: never, yen: func(e *watch.Event, n int64) { e.Amount = n }, from: 1, to: MaxAmount},
	{name: "currency", refused: never, debit: must, link: never, read: readCurrency},
	{name: "descriptor", refused: never, debit: must, most: MaxText, text: func(e *watch.Event) *string { return (*string)(&e.Descriptor) }},
	{name: "balance_after", refused: never, link: never, yen: func(e *watch.Event, n int64) { e.BalanceAfter = &n }, from: -MaxBalance, to: MaxBalance},
	{name: "status", refused: never, link: never, read: readStatus, lenient: kept},
	{name: "service", most: MaxWord, word: true, text: func(e *watch.Event) *string { return &e.Service }},
	{name: "route", most: MaxWord, text: func(e *watch.Event) *string { return &e.Route }},
	{name: "detail", refused: never, most: MaxText, text: func(e *watch.Event) *string { return (*string)(&e.Detail) }},
	{name: "rail", refused: never, most: MaxWord, text: func(e *watch.Event) *string { return &e.Rail }},
	{name: "collector", refused: never, most: MaxWord, text: func(e *watch.Event) *string { return &e.Collector }},
	{name: "occurred_on", refused: never, read: readDate},
	{name: "replaces", refused: never, reversal: never, link: never, least: 1, most: MaxID, text: func(e *watch.Event) *string { return &e.Replaces }},
}

// Those that the rules of whole events speak of.
var (
	fType       = index("type")
	fAccountRef = index("account_ref")
	fOccurredAt = index("occurred_at")
	fAmount     = index("amount")
	fCurrency   = index("currency")
	fOccurredOn = index("occurred_on")
)

// Fields are the names of the fields of an event, in the order in which banks are
// shown them.
func Fields() []string {
	out := make([]string, len(fields))
	for i := range fields {
		out[i] = fields[i].name
	}
	return out
}

func index(name string) int {
	i := find(name, 0)
	if i < 0 {
		panic("wire: no field is called " + name)
	}
	return i
}

// find looks a field up. Banks write fields in one order: the search begins at
// next, where this one is likely to be.
func find(name string, next int) int {
	for i := next; i < len(fields); i++ {
		if fields[i].name == name {
			return i
		}
	}
	for i := range min(next, len(fields)) {
		if fields[i].name == name {
			return i
		}
	}
	return -1
}

// needs and strange are the fields that each type of event must and must not
// have, as sets of bits; anyNeeds is what all must have.
var needs, strange, anyNeeds = sets()

func sets() (needs, strange map[watch.Kind]uint, all uint) {
	needs, strange = map[watch.Kind]uint{}, map[watch.Kind]uint{}
	for i, f := range fields {
		for k, u := range map[watch.Kind]use{watch.Debit: f.debit, watch.DebitReversed: f.reversal, watch.LinkRegistered: f.link, watch.LinkRemoved: f.link, watch.LinkRefused: f.refused} {
			switch u {
			case must:
				needs[k] |= 1 << i
			case never:
				strange[k] |= 1 << i
			}
		}
		if f.debit == must && f.reversal == must && f.link == must {
			all |= 1 << i
		}
	}
	return needs, strange, all
}

// neededIn are the fields that an event of a type must have; of one whose type
// cannot be read, those that all must have.
func neededIn(k watch.Kind) uint {
	if n, ok := needs[k]; ok {
		return n
	}
	return anyNeeds
}

func readKind(e *watch.Event, s string) *watch.FieldError {
	e.Kind = watch.Kind(s)
	if !known(e.Kind) {
		return watch.Wrong("type", watch.CodeNotAllowed, "must be debit, debit.reversed, charge_link.registered, charge_link.removed or charge_link.refused")
	}
	return nil
}

func known(k watch.Kind) bool {
	switch k {
	case watch.Debit, watch.DebitReversed, watch.LinkRegistered, watch.LinkRemoved, watch.LinkRefused:
		return true
	}
	return false
}

func readCurrency(_ *watch.Event, s string) *watch.FieldError {
	if s != "JPY" {
		return watch.Wrong("currency", watch.CodeNotAllowed, "must be JPY")
	}
	return nil
}

func readStatus(e *watch.Event, s string) *watch.FieldError {
	e.Status = watch.Status(s)
	if e.Status != watch.Posted && e.Status != watch.Pending {
		return watch.Wrong("status", watch.CodeNotAllowed, "must be posted or pending")
	}
	return nil
}

// kept is for words that read stores whether it knows them or not.
func kept(*watch.Event, string) bool { return true }

// set stores a text.
func (f *field) set(e *watch.Event, s string) string {
	if f.least > 0 || f.word {
		s = TrimID(s)
	}
	*f.text(e) = s
	return s
}

// checkID refuses an id that does not look like what it is: typed from a screen
// it would never be found.
func checkID(field, s string, most int) *watch.FieldError {
	for _, r := range s {
		if r >= utf8.RuneSelf && quote.Ignorable(r) {
			return watch.Wrong(field, watch.CodeControl, "holds a character that cannot be seen")
		}
	}
	return watch.CheckText(field, s, 1, most)
}

// checkAsked refuses an id that no address can carry: what became of the event could
// not be asked.
func checkAsked(id string) *watch.FieldError {
	if id != "" && strings.Trim(id, "./") == "" {
		return watch.Wrong("id", watch.CodeNotAllowed, "must not be of dots and slashes alone")
	}
	return nil
}

// TrimID is an id without white space around it, and without what cannot be
// seen: a byte order mark, a joiner. Two ids that look the same are the same.
func TrimID(s string) string {
	if s = strings.TrimSpace(s); s == "" || s[0] < utf8.RuneSelf && s[len(s)-1] < utf8.RuneSelf {
		return s
	}
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
}

// PlainName keeps a name that a sender chose only if it is a plain word, so
// that nothing else gets into a reply or a log.
func PlainName(s string) string {
	if len(s) > 32 {
		s = s[:32]
	}
	if s == "" {
		return "?"
	}
	for _, r := range s {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return "?"
		}
	}
	return s
}
