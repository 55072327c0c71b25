// Package events is the sample events: what banks sent, or would have sent,
// for trying things and as fixtures. Each file is the body of one webhook;
// the digits that its name begins with are the bank. It never sends anything.
package events

import (
	"embed"
	"regexp"
	"slices"
	"strings"
	"time"
)

//go:embed *.json
var files embed.FS

// Sample is one file.
type Sample struct {
	File  string // 0125-four-debits.json
	Bank  string // 0125
	Title string
	Says  string // what it shows
}

// Samples lists the files in the order in which they are worth trying.
var Samples = []Sample{
	sample("0125-four-debits.json", "ドコモ口座 ×4", "September 2020: four in 75 seconds"),
	sample("0168-rk-debit.json", "RKデイ―バライ", "中国銀行’s spelling of d払い"),
	sample("0125-link-then-debit.json", "PayPay: link, then debit", "used an hour after it was linked"),
	sample("0125-overdrawn.json", "当座貸越", "leaves the account 170,000 yen below zero"),
	sample("0125-pending-then-posted.json", "Pending, then posted", "one debit told twice: one alert"),
	sample("0125-reversal.json", "Debit and reversal", "the bank takes it back"),
	sample("0125-ordinary.json", "Ordinary debits", "phone, card, rent, gas, ATM: silence"),
	sample("0125-good-and-bad.json", "Good and bad", "2 good among 7 bad, each with its reason"),
}

func sample(file, title, says string) Sample { return Sample{file, file[:4], title, says} }

// Accounts that the samples are about, by bank, and how their owner knows them.
var Accounts = map[string]struct{ Ref, Mask string }{
	"0125": {"acc_8f3k", "普通 ***4567"},
	"0168": {"acc_c2n5", "普通 ***0812"},
}

// ByFile finds a sample.
func ByFile(file string) (Sample, bool) {
	i := slices.IndexFunc(Samples, func(s Sample) bool { return s.File == file })
	if i < 0 {
		return Sample{}, false
	}
	return Samples[i], true
}

// Body is the file as it is.
func (s Sample) Body() []byte {
	b, err := files.ReadFile(s.File)
	if err != nil {
		panic(err) // a sample that is not embedded: the tests walk them all
	}
	return b
}

// Both work on the text and not on what it means, because what is wrong with
// an event must stay wrong.
var (
	timeField = regexp.MustCompile(`("occurred_at"\s*:\s*")([^"]*)(")`)
	idField   = regexp.MustCompile(`("(?:id|transaction_id)"\s*:\s*")([^"]+)(")`)
)

// Shift moves the times of a body so that the latest one is now and all keep
// their distance. What is no time, or lies after now, is left alone.
func Shift(body []byte, now time.Time) []byte {
	var latest time.Time
	each := func(s string) (time.Time, bool) {
		at, err := time.Parse(time.RFC3339, s)
		return at, err == nil && !at.After(now)
	}
	for _, m := range timeField.FindAllSubmatch(body, -1) {
		if at, ok := each(string(m[2])); ok && at.After(latest) {
			latest = at
		}
	}
	by := now.Sub(latest)
	return timeField.ReplaceAllFunc(body, func(field []byte) []byte {
		m := timeField.FindSubmatch(field)
		at, ok := each(string(m[2]))
		if !ok {
			return field
		}
		return slices.Concat(m[1], []byte(at.Add(by).Format("2006-01-02T15:04:05.000Z07:00")), m[3])
	})
}

// Rename gives every event and transaction of a body a new id, the same for
// the same old one, as if it all happened once more.
func Rename(body []byte, tag string) []byte {
	return idField.ReplaceAll(body, []byte("${1}${2}-"+strings.ReplaceAll(tag, "$", "")+"${3}"))
}
