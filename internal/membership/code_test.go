package membership_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/membership"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

func TestCodesHoldFiftyBitsAndCanBeReadOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := regexp.MustCompile(`^[` + token.Letters + `]{4}-[` + token.Letters + `]{4}-[` + token.Letters + `]{4}$`)
	seen, letters := map[string]bool{}, map[rune]int{}
	const n = 400
	for range n {
		code := w.issue(membership.CodeRequest{})
		if !form.MatchString(code) || seen[code] {
			t.Fatalf("%q, seen %v", code, seen[code])
		}
		seen[code] = true
		for _, r := range strings.ReplaceAll(code, "-", "") {
			letters[r]++
		}
	}
	if bits := 12 * math.Log2(float64(len(letters))); bits < 50 {
		t.Errorf("%.1f bits from %d letters", bits, len(letters))
	}
	// Each letter 200 times on average, ±14: six times that is never chance.
	for r, times := range letters {
		if times < 115 || times > 285 {
			t.Errorf("%c came %d times of 200", r, times)
		}
	}
}

func TestTheTableHoldsNoCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.issue(membership.CodeRequest{})
	for item, body := range w.everything() {
		if strings.Contains(item+body, code) || strings.Contains(item+body, strings.ReplaceAll(code, "-", "")) {
			t.Errorf("%s holds the code", item)
		}
	}
}

func TestLooksLikeCode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"7F3K-9Q4M-AACD":    "7F3K-9Q4M-AACD",
		"7f3k9q4maacd":      "7F3K-9Q4M-AACD",
		" 7F3K 9Q4M\nAACD ": "7F3K-9Q4M-AACD",
		"７Ｆ３Ｋ－９Ｑ４Ｍ－ＡＡＣＤ":                      "7F3K-9Q4M-AACD",
		"７ｆ３ｋ　９ｑ４ｍ　ａａｃｄ":                      "7F3K-9Q4M-AACD",
		"7F3Kー9Q4MーAACD":                      "7F3K-9Q4M-AACD",
		"7F3K‐9Q4M–AACD":                      "7F3K-9Q4M-AACD",
		"7 F 3 K 9 Q 4 M A A C D":             "7F3K-9Q4M-AACD",
		"コードは 7F3K-9Q4M-AACD です。":             "7F3K-9Q4M-AACD",
		"登録コード：7f3k9q4maacd":                  "7F3K-9Q4M-AACD",
		"My code: 7F3K-9Q4M-AACD":             "7F3K-9Q4M-AACD", // "code" is no part of it
		"7F3K-9Q4U-AACD":                      "7F3K-9Q4V-AACD", // U is heard for V
		"7F3K-9Q4M-AAC0":                      "7F3K-9Q4M-AAC0", // meant as a code, and wrong
		"こんにちは":                               "",
		"hello world!":                        "",
		"unsubscribed":                        "",
		"346799346799":                        "", // a number
		"090-1234-5678":                       "",
		"7F3K-9Q4M":                           "",
		"7F3K-9Q4M-AACDE":                     "",
		"x7F3K-9Q4M-AACD7":                    "",
		"KZ-7F3K-9Q4M":                        "", // a dispute's reference
		"":                                    "",
		strings.Repeat("7F3K-9Q4M-AACD ", 40): "",
	} {
		t.Run(fmt.Sprintf("%.40q", text), func(t *testing.T) {
			got, ok := membership.LooksLikeCode(text)
			if got != want || ok != (want != "") {
				t.Errorf("%q, %v; want %q", got, ok, want)
			}
		})
	}
}

func FuzzLooksLikeCode(f *testing.F) {
	f.Add("コードは 7F3K-9Q4M-AACD です")
	f.Add("７Ｆ３Ｋ－９Ｑ４Ｍ－ＡＡＣ０")
	form := regexp.MustCompile(`^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$`)
	f.Fuzz(func(t *testing.T, text string) {
		code, ok := membership.LooksLikeCode(text)
		if ok != form.MatchString(code) {
			t.Fatalf("%q, %v", code, ok)
		}
		if again, ok2 := membership.LooksLikeCode(code); ok && (again != code || !ok2) {
			t.Fatalf("%q becomes %q", code, again)
		}
	})
}

func TestARequestThatNoCodeCanBeMadeFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		req   membership.CodeRequest
		field string
	}{
		"no account":                     {membership.CodeRequest{}, "account_ref"},
		"an account with a #":            {membership.CodeRequest{AccountRef: "a#b"}, "account_ref"},
		"an account in Japanese":         {membership.CodeRequest{AccountRef: "口座"}, "account_ref"},
		"an account that is too long":    {membership.CodeRequest{AccountRef: strings.Repeat("a", 65)}, "account_ref"},
		"a mask with a line feed":        {membership.CodeRequest{AccountRef: "a", Mask: "a\nb"}, "account_mask"},
		"an address with a line feed":    {membership.CodeRequest{AccountRef: "a", Email: "a@example.jp\nBcc: b@example.jp"}, "email"},
		"an address with a name":         {membership.CodeRequest{AccountRef: "a", Email: "A <a@example.jp>"}, "email"},
		"a language that we do not know": {membership.CodeRequest{AccountRef: "a", Lang: "fr"}, "lang"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.members.Issue(context.Background(), account.Bank, c.req)
			if fe, ok := errors.AsType[*watch.FieldError](err); !ok || fe.Field != c.field {
				t.Errorf("%v, want %s", err, c.field)
			}
		})
	}
}

func TestFiveWrongCodesLockOutForAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	right := w.issue(membership.CodeRequest{})
	for i := range membership.MaxWrong {
		_, err := w.redeem(alice, fmt.Sprintf("7F3K-9Q4M-AAC%d", i+3))
		locked, ok := errors.AsType[*membership.Locked](err)
		if last := i == membership.MaxWrong-1; ok != last || !ok && !errors.Is(err, membership.ErrCode) || ok && !locked.Until.Equal(w.Now().Add(time.Hour)) {
			t.Fatalf("wrong code %d: %v", i+1, err)
		}
	}
	if _, err := w.redeem(alice, right); err == nil {
		t.Error("the right code was taken while locked")
	}
	if _, err := w.redeem(bob, w.issue(membership.CodeRequest{AccountRef: "acc_2"})); err != nil {
		t.Errorf("somebody else is locked out too: %v", err)
	}
	w.Add(time.Hour)
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
}

func TestWrongCodesAreHeldForAnHourAndEndWithARightOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wrong := func(n int) {
		t.Helper()
		for range n {
			if _, err := w.redeem(alice, "7F3K-9Q4M-AACD"); !errors.Is(err, membership.ErrCode) {
				t.Fatal(err)
			}
		}
	}
	wrong(membership.MaxWrong - 1)
	w.Add(time.Hour)
	wrong(membership.MaxWrong - 1)
	w.mustRedeem(alice, w.issue(membership.CodeRequest{}))
	wrong(membership.MaxWrong - 1)
}

func TestManyGuessesAtATimeLearnNoMoreThanFive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var mu sync.Mutex
	told := 0
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			// A writer that loses too often against the others is told nothing.
			_, err := w.redeem(alice, fmt.Sprintf("7F3K-9Q4M-A%c%c%c", token.Letters[i%24], token.Letters[i/24], 'A'))
			if errors.Is(err, membership.ErrCode) {
				mu.Lock()
				told++
				mu.Unlock()
			} else if err == nil {
				t.Error("a guess was right")
			}
		})
	}
	wg.Wait()
	if told >= membership.MaxWrong {
		t.Errorf("%d guesses were answered", told)
	}
	if _, err := w.redeem(alice, w.issue(membership.CodeRequest{})); err == nil {
		t.Error("fifty wrong codes did not lock")
	}
}

func TestOneOfFiftyRedeemersIsBound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.issue(membership.CodeRequest{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 50 {
		wg.Go(func() {
			b, err := w.redeem(fmt.Sprintf("U%032x", i), code)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && !b.Already:
				won++
			case !errors.Is(err, membership.ErrCode):
				t.Errorf("%+v, %v", b, err)
			}
		})
	}
	wg.Wait()
	a, err := w.store.Account(context.Background(), account)
	if err != nil || won != 1 || len(a.Watchers) != 1 {
		t.Errorf("%d won, %+v, %v", won, a, err)
	}
}

func TestTheSameTapManyTimesBindsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.issue(membership.CodeRequest{Email: "a@example.jp"})
	var wg sync.WaitGroup
	var mu sync.Mutex
	fresh := 0
	for range 8 {
		wg.Go(func() {
			b, err := w.redeem(alice, code)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if !b.Already {
				fresh++
			}
		})
	}
	wg.Wait()
	a, err := w.store.Account(context.Background(), account)
	if err != nil || fresh != 1 || len(a.Watchers) != 1 || len(a.Watchers[0].Channels) != 2 {
		t.Errorf("%d times fresh, %+v, %v", fresh, a, err)
	}
}

// A wrong code is counted, and what is logged of it names neither the code nor who
// gave it.
func TestAWrongCodeIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var log bytes.Buffer
	w.members.Logger = slog.New(slog.NewTextHandler(&log, nil))
	code := w.issue(membership.CodeRequest{})
	wrong := "ACDE-FGHJ-KMNP"
	if _, err := w.redeem(alice, wrong); !errors.Is(err, membership.ErrCode) {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), membership.LogCodeWrong); n != 1 || strings.Contains(log.String(), wrong) || strings.Contains(log.String(), alice) {
		t.Errorf("counted %d times: %s", n, log.String())
	}
	log.Reset()
	w.mustRedeem(alice, code)
	if strings.Contains(log.String(), membership.LogCodeWrong) {
		t.Errorf("a right one is counted: %s", log.String())
	}
}
