package radar

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/feed"
)

const (
	// millionth is the unit of what is kept of counts.
	millionth = 1_000_000
	// kept is what is left of a service's counts after an hour more: half after four
	// weeks; hourKept the same of an hour of the week after a week.
	kept     = 0.99897
	hourKept = 0.9
	// flat is how many accounts an hour of the week is taken to have been seen with as
	// usual before any was.
	flat = 3 * millionth
	// Learning is how many hours have to be known of a bank before anything is said of
	// it, and settling how many of a service before its new links are: a service that
	// begins at a bank has many.
	Learning = feed.Week
	settling = 4 * feed.Week
)

// Norm is what is usual of a bank.
type Norm struct {
	Bank string `json:"bank"`
	// Through is the end of the last hour that was learnt from, Hours how many were.
	Through time.Time  `json:"through,omitzero"`
	Hours   int        `json:"hours,omitempty"`
	Kinds   []KindNorm `json:"kinds,omitempty"`
	Version int64      `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// KindNorm is what is usual of a kind.
type KindNorm struct {
	Kind Kind `json:"kind"`
	// Week are accounts by the hour of the week, of all services together, in
	// millionths: the hours of people are the same whatever they use, and of one
	// service there are too few to know them.
	Week     []int64       `json:"week,omitempty"`
	Services []ServiceNorm `json:"services,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// ServiceNorm is how much of a kind there usually is of a service.
type ServiceNorm struct {
	Service string `json:"service"`
	// Count is accounts, and Hours in how many hours, in millionths; older ones weigh
	// less. An hour of the week weighs as much as is usual of it.
	Count int64 `json:"count,omitempty"`
	Hours int64 `json:"hours,omitempty"`
	// Since is when the service was first counted.
	Since time.Time `json:"since,omitzero"`

	Unknown jsontext.Value `json:",embed"`
}

func (n *Norm) kind(k Kind) *KindNorm {
	i := slices.IndexFunc(n.Kinds, func(is KindNorm) bool { return is.Kind == k })
	if i < 0 {
		i = len(n.Kinds)
		n.Kinds = append(n.Kinds, KindNorm{Kind: k})
	}
	return &n.Kinds[i]
}

func (k *KindNorm) service(id string) (s ServiceNorm, known bool) {
	i := slices.IndexFunc(k.Services, func(is ServiceNorm) bool { return is.Service == id })
	if i < 0 {
		return ServiceNorm{Service: id}, false
	}
	return k.Services[i], true
}

// share is how much there is in an hour of the week, against the mean of all.
func (k *KindNorm) share(hour int) float64 {
	if len(k.Week) < feed.Week {
		return 1
	}
	sum := int64(0)
	for _, n := range k.Week {
		sum += n
	}
	return float64(k.Week[hour]+flat) / (float64(sum)/feed.Week + flat)
}

// Learn takes an hour into the norm: the cells of it. What stands out now, by except,
// is not what is usual.
func (n *Norm) Learn(at time.Time, cells []*Cell, except func(service string) bool) {
	for _, kind := range Kinds {
		n.kind(kind).learn(at, n.Hours, counted(cells, kind), except)
	}
	n.Hours++
}

// counted counts the accounts of a kind by service.
func counted(cells []*Cell, kind Kind) map[string]int {
	by := map[string][]*Cell{}
	for _, c := range cells {
		if c.Kind == kind {
			by[c.Service] = append(by[c.Service], c)
		}
	}
	out := map[string]int{}
	for service, list := range by {
		out[service], _ = Sum(list)
	}
	return out
}

func (k *KindNorm) learn(at time.Time, hours int, seen map[string]int, except func(string) bool) {
	for len(k.Week) < feed.Week {
		k.Week = append(k.Week, 0)
	}
	hour := feed.HourOfWeek(at)
	share := k.share(hour)
	for service := range seen {
		if _, known := k.service(service); !known {
			// It was there before, with nothing to count.
			k.Services = append(k.Services, ServiceNorm{Service: service, Hours: int64(min(hours, settling)) * millionth, Since: at})
		}
	}
	sum := 0
	for i := range k.Services {
		s := &k.Services[i]
		if except(s.Service) {
			continue
		}
		s.Count = int64(float64(s.Count)*kept) + int64(seen[s.Service])*millionth
		s.Hours = int64(float64(s.Hours)*kept + share*millionth)
		sum += seen[s.Service]
	}
	k.Week[hour] = int64(float64(k.Week[hour])*hourKept) + int64(sum)*millionth
	slices.SortFunc(k.Services, func(a, b ServiceNorm) int { return compare(a.Service, b.Service) })
}

// expected is how many accounts there usually are of a kind and service between two
// moments, and how many were seen that this is known by.
func (n *Norm) expected(kind Kind, service string, from, to time.Time) (mean, by float64) {
	k := n.kind(kind)
	s, known := k.service(service)
	hours, count := float64(s.Hours)/millionth, float64(s.Count)/millionth
	if !known {
		hours = float64(min(n.Hours, settling))
	}
	sum := 0.0
	for at := from; at.Before(to); {
		end := at.Truncate(time.Hour).Add(time.Hour)
		if end.After(to) {
			end = to
		}
		sum += k.share(feed.HourOfWeek(at)) * end.Sub(at).Hours()
		at = end
	}
	// Of a service that never had any, one was about to come: a third of one is taken to
	// have been seen.
	by = count + unseen
	return by / (hours + 1) * sum, by
}

// unseen is how many accounts are taken to have been seen before any was.
const unseen = 1.0 / 3
