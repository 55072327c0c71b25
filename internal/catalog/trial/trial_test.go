package trial_test

import (
	"bytes"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/catalog/trial"
	_ "kozamori/internal/testkit/roomy"
)

// cutShort are the ordinary lines that leave two readings: the bank cut the word
// behind the name, so that it may be another.
var cutShort = map[string]bool{"口座振替３　ＰＡＹＰＡＹジドウシ": true, "口座振替４　ＰＡＹＰＡＹジドウシ": true, "自払　PAYPAYジドウシヤ": true, "自払/PAYPAYｼﾞﾄﾞｳｼﾔ": true}

func TestNoOrdinaryLineRings(t *testing.T) {
	if n := len(trial.Lines()); n < 3000 {
		t.Fatalf("only %d ordinary lines", n)
	}
	for _, r := range trial.Rings(catalog.BuiltIn()) {
		if r.Strength > catalog.Two || !cutShort[r.Text] {
			t.Errorf("%q of bank %s (%s) rings: %s by %s, %s", r.Text, r.Bank, r.Kind, r.Service, r.Pattern, r.Strength)
		}
	}
	banks := map[string]int{}
	for _, l := range trial.Lines() {
		banks[l.Bank]++
	}
	t.Logf("%d lines of %d banks", len(trial.Lines()), len(banks))
}

// What would ruin the catalogue does not pass.
func TestRuinIsRefused(t *testing.T) {
	for _, name := range []string{"電話", "ガス", "ヌ", "ヤチン", "振込手数料", "カード", "ペイ", "AT", "デンリヨク", "コウザフリカエ", "カ", "ローン", "キユウヨ", "給与", "手数料", "ATM", "トウキヨウデンリヨク", "ホケン", "ドコモ", "保険", "利息", "スイドウ"} {
		for _, kind := range []string{"guessed", "guessed alone"} {
			e, err := catalog.With(catalog.File{Name: "new.rec", Text: []byte("Service: x\nJa: x\nEn: x\nDebit: charge\nName: " + name + " | " + kind + "\n")})
			var problems []error
			if err == nil {
				problems = trial.Check(e)
			} else {
				problems = []error{err}
			}
			if len(problems) == 0 || !strings.Contains(fmt.Sprint(problems), "new.rec:") {
				t.Errorf("the name %s (%s) passes", name, kind)
			}
		}
	}
}

// BenchmarkCheckOfAThousandServices is what an operator waits for: a thousand new
// services are read, go together, and are tried on the ordinary lines. The
// processor's time is reported too, which others on the machine disturb less.
func BenchmarkCheckOfAThousandServices(b *testing.B) {
	text := thousand()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := used()
	for b.Loop() {
		e, err := catalog.With(catalog.File{Name: "new.rec", Text: text})
		if err != nil {
			b.Fatal(err)
		}
		if problems := trial.Check(e); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
	b.ReportMetric((used()-start).Seconds()/float64(b.N), "cpu-s/op")
}

// A thousand services that nothing is wrong with pass, whatever they are called.
func TestAThousandServicesPass(t *testing.T) {
	e, err := catalog.With(catalog.File{Name: "new.rec", Text: thousand()})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range trial.Check(e) {
		t.Error(p)
	}
}

// thousand is the records of so many services.
func thousand() []byte {
	var b bytes.Buffer
	kana := []rune("アイエオカキクケコサシスセソ")
	for i := range 1000 {
		name := ""
		for n, k := i, 0; k < 3; n, k = n/len(kana), k+1 {
			name += string(kana[n%len(kana)])
		}
		fmt.Fprintf(&b, "Service: x%d\nJa: x\nEn: x\nDebit: charge\nName: ヌ%sネペイ | guessed\nNot: ヌ%sネペイモール | shop\n\n", i, name, name)
	}
	return b.Bytes()
}

// More than can be looked for is an error, not silence.
func TestTooManyEntriesAreAnError(t *testing.T) {
	var b strings.Builder
	b.WriteString("Service: x\nJa: x\nEn: x\nDebit: charge\n")
	for i := range 70_000 {
		fmt.Fprintf(&b, "Name: ヌネノ%05d | guessed\n", i)
	}
	if _, err := catalog.With(catalog.File{Name: "new.rec", Text: []byte(b.String())}); err == nil {
		t.Error("70,000 names are taken")
	}
}
