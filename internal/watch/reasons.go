package watch

import (
	"cmp"
	"slices"
	"strings"
)

// Reason is why a watcher is told, or several of those together, as bits.
type Reason uint32

// Critical reasons break through quiet hours and are escalated.
func (r Reason) Critical() bool {
	return slices.ContainsFunc(table, func(row Rule) bool { return row.Critical != 0 && r.Has(row.Critical) })
}

// InFile are the reasons as they are of what came in a bank's file, a night later or
// more: what only what has just happened makes urgent does not. Of a link, of what
// follows one or a report, and of what comes near a limit they stay as urgent.
func (r Reason) InFile() Reason {
	if r.Has(FirstSeen) {
		r |= FirstWatched // by which what is near a limit is urgent
	}
	return r &^ (FirstSeen | Burst | Overdrawn)
}

// Has tells whether all of q are in r.
func (r Reason) Has(q Reason) bool { return r&q == q }

// reasonName is a reason and its name in records.
type reasonName struct {
	reason Reason
	says   string
}

// named are the reasons that have a name, the oldest first.
var named = func() []*reasonName { // pointers are sorted by code that every program has
	var out []*reasonName
	for _, row := range table {
		if row.Says != "" {
			out = append(out, &reasonName{row.Reason, row.Says})
		}
		if row.Unsure != 0 {
			out = append(out, &reasonName{row.Unsure, row.UnsureSays})
		}
		if row.Own != 0 {
			out = append(out, &reasonName{row.Own, row.OwnSays})
		}
		if row.Lately != 0 {
			out = append(out, &reasonName{row.Lately, row.LatelySays})
		}
	}
	slices.SortFunc(out, func(a, b *reasonName) int { return cmp.Compare(a.reason, b.reason) })
	return out
}()

// Names lists the reasons in a fixed order, that of their bits.
func (r Reason) Names() []string {
	var out []string
	for _, n := range named {
		if r.Has(n.reason) {
			out = append(out, n.says)
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
		if i := slices.IndexFunc(named, func(n *reasonName) bool { return n.says == name }); i >= 0 {
			r.Reason |= named[i].reason
		} else if name != "" && !slices.Contains(unknown, name) {
			unknown = append(unknown, name)
		}
	}
	r.Unknown = strings.Join(unknown, ",")
	return nil
}
