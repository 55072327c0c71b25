package radar

import (
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	// Period is for how long a Linked gathers links.
	Period = 6 * time.Hour
	// LinkedFor is how long after a link a charge near the limit counts.
	LinkedFor = 24 * time.Hour

	places   = 1 << 14
	perPlace = 4
)

// Linked tells of an account whether it was linked to a service in a period, and names
// none: it is a Bloom filter. It never forgets one, and takes another for one in 1 of
// 20,000 cases at 100 links in a period, 1 of 20 at 2,500.
type Linked struct {
	Bank    string    `json:"bank"`
	Service string    `json:"service"`
	At      time.Time `json:"at"` // when the period begins
	Places  string    `json:"places,omitempty"`
	Version int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// PeriodOf is when the period of a moment begins.
func PeriodOf(at time.Time) time.Time { return at.UTC().Truncate(Period) }

type filter [places / 64]uint64

func placesOf(hash uint64) (out [perPlace]uint64) {
	a, b := hash>>32, hash|1
	for i := range out {
		out[i] = (a + uint64(i)*b) % places
	}
	return out
}

// Has tells whether an account was linked; ErrForm.
func (l *Linked) Has(account string) (bool, error) {
	f, err := filterOf(l.Places)
	if err != nil {
		return false, err
	}
	for _, p := range placesOf(hashOf(l.Bank, account)) {
		if f[p/64]&(1<<(p%64)) == 0 {
			return false, nil
		}
	}
	return true, nil
}

// Add notes that an account was linked; false if that is noted. ErrForm.
func (l *Linked) Add(account string) (changed bool, err error) {
	f, err := filterOf(l.Places)
	if err != nil {
		return false, err
	}
	for _, p := range placesOf(hashOf(l.Bank, account)) {
		if f[p/64]&(1<<(p%64)) == 0 {
			f[p/64] |= 1 << (p % 64)
			changed = true
		}
	}
	if changed {
		l.Places = f.text()
	}
	return changed, nil
}

func (f *filter) text() string {
	out := []byte{few}
	for p := range places {
		if f[p/64]&(1<<(p%64)) != 0 {
			out = binary.BigEndian.AppendUint16(out, uint16(p))
		}
	}
	if len(out) > places/8 {
		out = []byte{all}
		for _, w := range f {
			out = binary.BigEndian.AppendUint64(out, w)
		}
	}
	return base64.RawStdEncoding.EncodeToString(out)
}

func filterOf(text string) (*filter, error) {
	f := &filter{}
	if text == "" {
		return f, nil
	}
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(b) == 0 {
		return nil, ErrForm
	}
	form, b := b[0], b[1:]
	switch {
	case form == all && len(b) == places/8:
		for i := range f {
			f[i] = binary.BigEndian.Uint64(b[8*i:])
		}
	case form == few && len(b)%2 == 0:
		for ; len(b) > 0; b = b[2:] {
			p := binary.BigEndian.Uint16(b)
			if p >= places {
				return nil, ErrForm
			}
			f[p/64] |= 1 << (p % 64)
		}
	default:
		return nil, ErrForm
	}
	return f, nil
}
