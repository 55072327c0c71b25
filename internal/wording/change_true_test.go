package wording

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"kozamori/internal/watch"
)

// Whatever a debit was shown as, and whatever it has become: what is told says only what
// is true of it, and says it, alone and next to another.
func TestEachToldChangeIsTrue(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(12, 4))
	at := jst("2020-09-05 10:30:00")
	random := func() *watch.Record {
		d := debit()
		d.Complete, d.Balance, d.Amount = true, nil, []int64{1000, 5000, 8000}[r.IntN(3)]
		d.Again, d.OccurredAt = r.IntN(2), at.Add(time.Duration(r.IntN(3))*time.Hour)
		switch r.IntN(3) {
		case 0:
			d.UndoneAt = at.Add(4 * time.Hour)
		case 1:
			d.Returned = []int64{500, 700, 900}[r.IntN(3)]
		}
		d.Unsure, d.Early, d.MayBeIt = r.IntN(4) == 0, r.IntN(4) == 0, r.IntN(4) == 0
		if d.MayBeIt && d.UndoneAt.IsZero() {
			d.MayBack = []int64{d.Kept(), 100, 200}[r.IntN(3)]
		}
		return d
	}
	told := map[string]int{} // how often each was said
	for range 20_000 {
		is, shown := random(), random()
		was := shown.Shows("w1")
		again, _ := was.Changed(is)
		if !again || !is.UndoneAt.IsZero() {
			continue
		}
		before := was.Amount - was.Kept()
		later := is.Again > was.Again && is.OccurredAt.After(was.OccurredAt)
		less := is.Returned < before && !later
		turnedOut := was.MayBack > 0 && is.MayBack == 0 && !less && !later && !(is.Returned > was.Returned && is.Kept() < was.Kept())
		f := alertFacts(watch.Japanese, is, watch.ServiceDebit, func(f *AlertFacts) { f.Was = was })
		m := Incident(IncidentFacts{Parts: []AlertFacts{f}})
		said := m.Title + "\n" + strings.Join(m.Text, "\n")
		sum := fmt.Sprintf("%sのうち%sが", Yen(watch.Japanese, is.Amount), Yen(watch.Japanese, is.Returned))
		for words, want := range map[string]bool{
			"もう一度": later,
			"取り消された可能性があります":    is.MayBack > 0 && !less && (is.MayBack > was.MayBack || later),
			"ではなかった":            turnedOut,
			"は、戻っていません":         less && is.Returned == 0 && !is.MayBeIt,
			"は、戻っていない可能性":       less && is.Returned == 0 && is.MayBeIt,
			"で戻った金額は、お知らせより少ない": less && is.Returned > 0,
			sum: is.Returned > 0 && (is.Returned > was.Returned || less || later || was.Doubted(is)),
			"金額が" + Yen(watch.Japanese, was.Amount) + "から": is.Amount > was.Amount || later && is.Amount != was.Amount,
		} {
			if strings.Contains(said, words) != want {
				t.Fatalf("%q is said: %v, and true: %v\nshown %+v\nis %+v\n%s", words, !want, want, was, is.Shows("w1"), said)
			}
			if want {
				told[words]++
			}
		}
		may := fmt.Sprintf("%sのうち%sが取り消された可能性", Yen(watch.Japanese, is.Amount), Yen(watch.Japanese, is.MayBack))
		part := strings.Contains(m.Title, "一部が戻")
		if part && is.Returned == 0 || m.Title == "" || strings.Count(strings.ReplaceAll(said, may, ""), "のうち") > 0 && !strings.Contains(said, sum) {
			t.Fatalf("shown %+v\nis %+v\n%s", was, is.Shows("w1"), said)
		}
		line := f.line(false)
		if strings.Contains(line, "取り消された可能性") != (is.MayBack > 0 && !less) || strings.Contains(line, "取り消されていません") != (turnedOut && is.Returned == 0) {
			t.Fatalf("shown %+v\nis %+v\n%s", was, is.Shows("w1"), line)
		}
		if strings.Contains(line, "戻っていません") != (less && is.Returned == 0 && !is.MayBeIt) || strings.Contains(line, "が戻") && is.Returned == 0 {
			t.Fatalf("shown %+v\nis %+v\n%s", was, is.Shows("w1"), line)
		}
	}
	if len(told) < 10 {
		t.Errorf("too little was told to say anything: %v", told)
	}
}
