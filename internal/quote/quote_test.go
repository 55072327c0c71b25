package quote_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"kozamori/internal/quote"
	"kozamori/internal/testkit/hostile"
)

func TestWhatIsShownHidesNothing(t *testing.T) {
	texts := hostile.Texts()
	if len(texts) < 300 {
		t.Fatalf("%d hostile texts", len(texts))
	}
	for _, x := range texts {
		q := quote.Text(x.Raw)
		line, full := q.Line(), q.Full()
		for _, s := range []string{line, full, q.Cell(), q.Quoted(false), q.Quoted(true), q.Whole(false)} {
			if flaw := hostile.Flaw(s); flaw != "" || strings.ContainsAny(s, "\n\u3000") || strings.Contains(s, "  ") || !utf8.ValidString(s) {
				t.Errorf("%s %q is shown as %q: %s", x.Kind, x.Raw, s, flaw)
			}
		}
		if n := quote.Cells(line); n > quote.MaxCells {
			t.Errorf("%s %q is %d cells wide", x.Kind, x.Raw, n)
		}
		if line != full && !strings.HasSuffix(line, "…") {
			t.Errorf("%q is cut to %q, which does not say so", full, line)
		}
		if again := quote.Text(full); again.Full() != full || !q.Empty() && !again.Sound() {
			t.Errorf("%s %q: cleaning %q again gives %q (sound %v)", x.Kind, x.Raw, full, again.Full(), again.Sound())
		}
		if q.Raw() != x.Raw || fmt.Sprint(q) != line || fmt.Sprintf("%v", any(q)) != line {
			t.Errorf("%q: the bytes are kept as %q, and printed as %q", x.Raw, q.Raw(), fmt.Sprint(q))
		}
		if q.Empty() != (line == "") || q.Empty() != (q.Quoted(false) == "") {
			t.Errorf("%q: empty %v, shown as %q", x.Raw, q.Empty(), line)
		}
	}
}

// Nothing closes the quotation but its end.
func TestAQuotationIsClosedByItsEnd(t *testing.T) {
	for _, x := range hostile.Texts() {
		q := quote.Text(x.Raw)
		if q.Empty() {
			continue
		}
		ja, en := q.Quoted(false), q.Quoted(true)
		if strings.Count(ja, "「") != 1 || strings.Count(ja, "」") != 1 || strings.ContainsAny(ja, "｢｣") || !strings.HasPrefix(ja, "「") || !strings.HasSuffix(ja, "」") {
			t.Errorf("%q is quoted as %s", x.Raw, ja)
		}
		if strings.Count(en, "“") != 1 || strings.Count(en, "”") != 1 || strings.Contains(en, `"`) || !strings.HasPrefix(en, "“") || !strings.HasSuffix(en, "”") {
			t.Errorf("%q is quoted as %s", x.Raw, en)
		}
	}
}

// What a program would make a link of lures; what banks print every day does
// not.
func TestWhatIsTappedLures(t *testing.T) {
	for _, x := range hostile.Texts() {
		q := quote.Text(x.Raw)
		if found := hostile.Tapped(q.Full()); len(found) > 0 && q.Lures() == quote.NoLure {
			t.Errorf("%s %q becomes %q, and lures nobody", x.Kind, x.Raw, found)
		}
		if strings.HasPrefix(x.Kind, "lure") && !strings.Contains(q.Full(), "□") && q.Lures() == quote.NoLure {
			t.Errorf("%s %q lures nobody", x.Kind, x.Raw)
		}
	}
	for s, want := range map[string]quote.Lure{
		"ﾍﾟｲﾍﾟｲ": quote.NoLure, "ﾄﾞｺﾓｺｳｻﾞ": quote.NoLure, "PAYPAY*ｺﾝﾋﾞﾆ": quote.NoLure, "RKデイ―バライ": quote.NoLure, "普通 ***4567": quote.NoLure, "貯蓄 ****12": quote.NoLure, "ﾐﾂｲｽﾐﾄﾓ.ｶｰﾄﾞ": quote.NoLure,
		"受け付けました。確認します": quote.NoLure, "RT(ﾍﾟｲﾍﾟｲ)": quote.NoLure, "10:30": quote.NoLure, "11/28 12:30": quote.NoLure, "100,000円": quote.NoLure, "東京都水道局": quote.NoLure, "ドコモ　コウザ": quote.NoLure, "長女": quote.NoLure, "NTT東日本": quote.NoLure,
		"ｱﾏｿﾞﾝ.CO.JP": quote.Link, "a@b": quote.Mail, "電話 0120-000-000": quote.Phone, "〒100": quote.Address, "〇一二〇-一二三-四五六": quote.Phone, "零三 一二三四 五六七八": quote.Phone, "三井住友 第一三共 七十七": quote.NoLure,
	} {
		if got := quote.Text(s).Lures(); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestEverydayTextsAreShownAsTheyAre(t *testing.T) {
	for _, s := range []string{"ﾍﾟｲﾍﾟｲ", "PAYPAY ｺﾝﾋﾞﾆ", "普通 ***4567", "ドコモコウザ", "口座振替（電気）", "が", "か\u3099", "é", "e\u0323\u0302", "👍", "髙﨑", "𠮷野家"} {
		q := quote.Text(s)
		if q.Line() != s || q.Full() != s || !q.Sound() {
			t.Errorf("%q is shown as %q (sound %v)", s, q.Line(), q.Sound())
		}
	}
	for in, want := range map[string]string{
		"PAYPAY\u3000\u3000x": "PAYPAY x", "  a  b ": "a b", "a\nb": "a b", "a\u202eb": "ab", "a\u2800b": "a b", "\u0301a": "a", "a\ue000": "a□", "\xff": "□", "שלום": "□□□□",
		strings.Repeat("あ", 21): strings.Repeat("あ", 19) + "…", strings.Repeat("a", 41): strings.Repeat("a", 38) + "…",
	} {
		if got := quote.Text(in).Line(); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

func TestACellIsNoFormulaAndNoNumber(t *testing.T) {
	for _, x := range hostile.Texts() {
		if c := quote.Text(x.Raw).Cell(); c != "" && strings.ContainsAny(c[:1], "=+-@|%\t\r\n") || strings.ContainsRune("＝＋－＠", []rune(c + "x")[0]) {
			t.Errorf("%s %q stands in a cell as %q", x.Kind, x.Raw, c)
		}
	}
	for in, want := range map[string]string{"ﾍﾟｲﾍﾟｲ": "ﾍﾟｲﾍﾟｲ", "=1": "'=1", "001": "'001", "１２": "'１２", "11-28": "'11-28", "1月2日": "'1月2日", "txn-1234": "txn-1234", "1e5": "'1e5", "": "", "普通 ***4567": "普通 ***4567", "'a": "''a"} {
		if got := quote.Text(in).Cell(); got != want {
			t.Errorf("%q stands in a cell as %q, want %q", in, got, want)
		}
	}
}

// A terminal obeys nothing, and what it shows can be read back.
func TestATerminalObeysNothing(t *testing.T) {
	for _, x := range hostile.Texts() {
		for _, step := range []int{1, 3, 1000} {
			var plain, out bytes.Buffer
			body, err := json.Marshal(x.Raw)
			if err != nil {
				t.Fatal(err)
			}
			w := quote.Terminal(&out)
			for part := range slices.Chunk(append([]byte(x.Raw+"\n"), body...), step) {
				if n, err := w.Write(part); n != len(part) || err != nil {
					t.Fatal(n, err)
				}
			}
			plain.WriteString(strings.NewReplacer("\t", "", "\n", "", " ", "", "\u3000", "").Replace(out.String()))
			for _, r := range plain.String() {
				if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff || r >= 0xe0000 && r <= 0xe0fff {
					t.Fatalf("%s %q reaches the terminal as %q", x.Kind, x.Raw, out.String())
				}
			}
			_, after, _ := strings.Cut(out.String(), "\n\"")
			var back string
			if err := json.Unmarshal([]byte("\""+after), &back); strings.Count(x.Raw, "\n\"") == 0 && (err != nil || back != strings.ToValidUTF8(back, "") || utf8.ValidString(x.Raw) && back != x.Raw) {
				t.Errorf("%q is read back as %q, %v", x.Raw, back, err)
			}
		}
	}
}

func FuzzAnyTextIsClean(f *testing.F) {
	for _, x := range hostile.Texts() {
		f.Add(x.Raw)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := quote.Text(s)
		if flaw := hostile.Flaw(q.Line()); flaw != "" || quote.Cells(q.Line()) > quote.MaxCells || quote.Text(q.Full()).Full() != q.Full() {
			t.Errorf("%q is shown as %q: %s", s, q.Line(), flaw)
		}
		q.Lures()
		q.Cell()
	})
}
