package watch

import (
	"slices"
	"strings"
)

// Reason is why a watcher is told, or several of those together, as bits.
type Reason uint32

// The reasons that an alert can carry.
const (
	NewLink Reason = 1 << iota
	ServiceDebit
	FirstSeen
	AfterNewLink
	Burst
	MonthlyTotal
	Overdrawn
	AnyDebit
	Keyword
)

var reasonNames = []string{"new_link", "service_debit", "first_seen", "after_new_link", "burst",
	"monthly_total", "overdrawn", "any_debit", "keyword"}

// Critical reasons break through quiet hours and are escalated: a stranger's
// first steps (a new link, the first debit of a service, a debit soon after a
// link), a burst, an account pulled below zero by a payment service.
func (r Reason) Critical() bool {
	return r&(NewLink|FirstSeen|AfterNewLink|Burst) != 0 || r&Overdrawn != 0 && r&ServiceDebit != 0
}

// Has tells whether all of q are in r.
func (r Reason) Has(q Reason) bool { return r&q == q }

// Names lists the reasons in a fixed order.
func (r Reason) Names() []string {
	var out []string
	for i, n := range reasonNames {
		if r&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return out
}

func (r Reason) String() string { return strings.Join(r.Names(), ",") }

// Reasons is a set of reasons as it is stored. Two are equal if they mean the
// same and keep the same names.
type Reasons struct {
	Reason
	// Unknown are the names that this program has no meaning for, separated by
	// commas: a newer one wrote them, and gets them back.
	Unknown string
}

// Because makes the set of the given reasons.
func Because(r Reason) Reasons { return Reasons{Reason: r} }

// Names lists the reasons in a fixed order, the unknown ones last.
func (r Reasons) Names() []string {
	out := r.Reason.Names()
	if r.Unknown != "" {
		out = append(out, strings.Split(r.Unknown, ",")...)
	}
	return out
}

func (r Reasons) String() string { return strings.Join(r.Names(), ",") }

// MarshalText writes the reasons as their names, separated by commas.
func (r Reasons) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what MarshalText wrote, also that of a newer program.
func (r *Reasons) UnmarshalText(b []byte) error {
	*r = Reasons{}
	var unknown []string
	for name := range strings.SplitSeq(string(b), ",") {
		if i := slices.Index(reasonNames, name); i >= 0 {
			r.Reason |= 1 << i
		} else if name != "" && !slices.Contains(unknown, name) {
			unknown = append(unknown, name)
		}
	}
	r.Unknown = strings.Join(unknown, ",")
	return nil
}
