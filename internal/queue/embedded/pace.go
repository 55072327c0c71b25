package embedded

import "time"

// pace counts what happened in the last minute, second by second.
type pace struct {
	seconds [60]int64
	n       [60]int
}

func (p *pace) count(now time.Time, n int) {
	s := now.Unix()
	if i := s % 60; p.seconds[i] == s {
		p.n[i] += n
	} else {
		p.seconds[i], p.n[i] = s, n
	}
}

// minute is how much it was in the minute that ends now.
func (p *pace) minute(now time.Time) (sum int) {
	for i, s := range p.seconds {
		if age := now.Unix() - s; age >= 0 && age < 60 {
			sum += p.n[i]
		}
	}
	return sum
}
