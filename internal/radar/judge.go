package radar

import (
	"cmp"
	"math"
	"slices"
	"time"
)

const (
	// Fewest is how many accounts a campaign has: fewer are people.
	Fewest = 3
	// False is the share of false alarms among all that a look at all banks raises, at
	// most, by Benjamini and Hochberg (1995); of looks in which nothing is the matter it
	// is how often there is any. There are 525,600 looks in a year, each of which is
	// nearly the one before it.
	False = 1e-3
)

// Windows are the times that are looked at, up to now.
var Windows = []time.Duration{30 * time.Minute, 3 * time.Hour, LinkedFor}

// spread is by how much more than chance the days of a kind differ: the variance of
// their rate, as a share of its square. A campaign of points brings links.
var spread = map[Kind]float64{Refused: 0.1, NewLink: 1, Charged: 0.1, Reported: 0.1}

// Test is one comparison of what was seen with what is usual.
type Test struct {
	Bank, Service string
	Kind          Kind
	From, To      time.Time
	Seen          int
	Expected      float64
	P             float64 // how likely so many, or more, are by chance
	First         []Seen
}

// Tests compares the cells of a bank's last day with its norm. over is what
// counts no more of a service: what its bank has dismissed.
func Tests(n *Norm, cells []*Cell, over func(service string) Over, now time.Time) []Test {
	if n.Hours < Learning {
		return nil
	}
	type key struct {
		service string
		kind    Kind
	}
	by := map[key][]*Cell{}
	for _, c := range cells {
		by[key{c.Service, c.Kind}] = append(by[key{c.Service, c.Kind}], c)
	}
	var out []Test
	to := CellOf(now).Add(Width)
	for k, list := range by {
		if s, known := n.kind(k.kind).service(k.service); k.kind == NewLink && (!known || to.Sub(s.Since) < settling*time.Hour) {
			continue
		}
		o := over(k.service)
		for _, w := range Windows {
			from := to.Add(-w)
			if o.At.After(from) {
				from = o.At
			}
			if !from.Before(to) {
				continue
			}
			t := Test{Bank: n.Bank, Service: k.service, Kind: k.kind, From: from, To: to}
			t.Seen, t.First = o.seen(k.kind, list, from)
			mean, known := n.expected(k.kind, k.service, from, to)
			t.Expected, t.P = mean, tail(t.Seen, mean, 1/(1/known+spread[k.kind]))
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Test) int {
		return cmp.Or(compare(a.Service, b.Service), compare(a.Kind, b.Kind), a.From.Compare(b.From))
	})
	return out
}

func within(cells []*Cell, from time.Time) []*Cell {
	var out []*Cell
	for _, c := range cells {
		if !c.At.Before(from) {
			out = append(out, c)
		}
	}
	return out
}

func compare[T ~string](a, b T) int { return cmp.Compare(a, b) }

// tail is how likely at least n are of a Poisson process whose rate is not known better
// than by so many that were seen: a negative binomial distribution of that size,
// which becomes Poisson's as they grow.
func tail(n int, mean, size float64) float64 {
	if n <= 0 {
		return 1
	}
	lg := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
	k := float64(n)
	each := math.Exp(lg(size+k) - lg(size) - lg(k+1) + size*math.Log(size/(size+mean)) + k*math.Log(mean/(size+mean)))
	sum := 0.0
	for ; each > 0; k++ {
		before := sum
		sum += each
		if sum == before {
			break
		}
		each *= (size + k) / (k + 1) * mean / (size + mean)
	}
	return min(1, sum)
}

// Comparisons is how many tests a look at a bank is, of those whose count is nothing
// too.
func Comparisons(n *Norm) int {
	services := map[string]bool{}
	for _, k := range n.Kinds {
		for _, s := range k.Services {
			services[s.Service] = true
		}
	}
	return max(1, len(services)) * len(Kinds) * len(Windows)
}

// StandOut are the tests that are no chance among those of all banks together, the
// most certain first; of is how many comparisons a look is.
func StandOut(tests []Test, of int) []Test {
	sorted := slices.Clone(tests)
	slices.SortStableFunc(sorted, func(a, b Test) int { return cmp.Compare(a.P, b.P) })
	last := 0
	for i, t := range sorted {
		if t.P <= False*float64(i+1)/float64(max(of, len(sorted))) {
			last = i + 1
		}
	}
	return slices.DeleteFunc(sorted[:last], func(t Test) bool { return t.Seen < Fewest })
}
