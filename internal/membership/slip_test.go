package membership_test

import (
	"strings"
	"testing"

	"kozamori/internal/membership"
	"kozamori/internal/token"
)

func TestASlipInACodeIsNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]membership.Slip{
		"7F3K-9Q4M-AAC": {Length: 12, Missing: 1},
		"7f3k9q4maa":    {Length: 12, Missing: 2},
		"７Ｆ３Ｋー９Ｑ４ＭーＡＡＣＤＥ": {Length: 12, Missing: -1},
		" 7F3K 9Q4M OACI ":   {Length: 12, Letters: "O I"},
		"7F3K-9Q4M-0OAC-":    {Length: 12, Letters: "0 O"},
		"ACDEF-G3JKM-N7QR":   {Length: 15, Missing: 1},
		"ACDEF-G3JKM-N7QRT4": {Length: 15, Missing: -1},
		"ACDEF-G3JKM-N7QR0":  {Length: 15, Letters: "0"},
	} {
		if got, ok := membership.Slipped(text); !ok || got != want {
			t.Errorf("%q: %+v, %v, want %+v", text, got, ok, want)
		}
	}
}

// What is a code, or was never meant as one, is not a slip.
func TestWhatIsNoSlip(t *testing.T) {
	t.Parallel()
	for range 2000 {
		for _, n := range []int{12, 15} {
			if s, ok := membership.Slipped(token.Aloud(n)); ok {
				t.Fatalf("a good code of %d: %+v", n, s)
			}
		}
	}
	for _, text := range []string{"", "100000", "0120-123-456", "PAYPAY10000", "unauthorized", "身に覚えがない", "paypay 100000円", "acc_0123456789", strings.Repeat("7F3K", 100)} {
		if s, ok := membership.Slipped(text); ok {
			t.Errorf("%.20q: %+v", text, s)
		}
	}
}

// Whatever is typed where the code is asked for has a slip if it is not of a
// code's length and letters, however it looks: a made code too, cut anywhere.
func TestWhatIsTypedForTheCodeHasASlipOrIsOne(t *testing.T) {
	t.Parallel()
	for range 2000 {
		code := token.Aloud(12)
		if s, ok := membership.SlippedPaper(code); ok {
			t.Fatalf("%s: %+v", code, s)
		}
		for n := range code {
			if s, ok := membership.SlippedPaper(code[:n]); !ok || s.Missing != 12-n || s.Letters != "" {
				t.Fatalf("%d of %s: %+v, %v", n, code, s, ok)
			}
		}
		if s, ok := membership.SlippedPaper(code + code[:1]); !ok || s.Missing != -1 {
			t.Fatalf("%s and one more: %+v, %v", code, s, ok)
		}
		if s, ok := membership.SlippedPaper(code[:11] + "O"); !ok || s.Missing != 0 || s.Letters != "O" {
			t.Fatalf("%s with an O: %+v, %v", code, s, ok)
		}
	}
}
