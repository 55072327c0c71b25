package phone_test

import (
	"strings"
	"testing"

	"kozamori/internal/phone"
)

// Each number is told with what people in Japan are shown and their telephones dial.
func TestNumbersThatEveryTelephoneDials(t *testing.T) {
	t.Parallel()
	for given, shown := range map[string]string{
		"0120-000-000": "0120-000-000", "0120-108420": "0120-108420", "0120000000": "0120000000", "0800-111-2222": "0800-111-2222",
		"0570-018-360": "0570-018-360", "022-000-0000": "022-000-0000", "03-1234-5678": "03-1234-5678", "0312345678": "0312345678",
		"0993-00-0000": "0993-00-0000", "0436-00-0000": "0436-00-0000", // Kagoshima, Ibusuki, Ichihara
		"050-1234-5678": "050-1234-5678", "060-1234-5678": "060-1234-5678", "070-1234-5678": "070-1234-5678", "080-1234-5678": "080-1234-5678", "090-1234-5678": "090-1234-5678",
		"110": "110", "118": "118", "119": "119", "171": "171", "188": "188", "189": "189",
		"+81-3-1234-5678": "03-1234-5678", "+81312345678": "0312345678", "+81-90-1234-5678": "090-1234-5678", "+81-120-000-000": "0120-000-000", "+81-22-000-0000": "022-000-0000",
		"+12125550100": "+12125550100", "+44-20-7946-0000": "+44-20-7946-0000", "+82-2-000-0000": "+82-2-000-0000",
	} {
		if p := phone.Problem(given); p != "" || !phone.Dials(given) {
			t.Errorf("%q: %s", given, p)
		}
		if got := phone.Japans(given); got != shown {
			t.Errorf("%q is shown as %q, want %q", given, got, shown)
		}
		if got := phone.Tel(given); got != "tel:"+shown {
			t.Errorf("%q is dialled as %q", given, got)
		}
		if !phone.Dials(phone.Japans(given)) {
			t.Errorf("%q does not dial once it is shown", given)
		}
	}
}

func TestNumbersThatSomeTelephoneDoesNotDial(t *testing.T) {
	t.Parallel()
	for kind, list := range map[string][]string{
		"nothing":             {"", "-", "+", "+-", "0", "00", " "},
		"no number":           {"abc", "tel:0120000000", "0120-000-00a", "なし", "0120-OOO-000", "call me"},
		"a short one of few":  {"#9110", "#9785", "911", "112", "104", "117", "177", "184", "186-0120-000-000", "1-1-0", "+110"},
		"too short, too long": {"0120", "0120-000-00", "0120-000-0000", "0120-000-0000-0", "03-1234-567", "03-1234-56789", "090-1234-567", "0800-111-222", "050-1234-567", "0570-018-3600", "+8131", "+81-3-1234-567", "+81-90-1234-567", "+1234567890123456"},
		"hyphens":             {"0120--000-000", "-0120-000-000", "0120-000-000-", "+-81-3-1234-5678", "0120‐000‐000", "0120ー000ー000", "0120−000−000"},
		"no 0 in front":       {"120-000-000", "3-1234-5678", "81-3-1234-5678"},
		"a 0 too many":        {"+81-03-1234-5678", "+81-0120-000-000", "+0312345678", "00-1234-5678", "0010-1234-567", "010-81-3-1234-5678"},
		"marks":               {"0120 000 000", "０１２０－０００－０００", "03(1234)5678", "(03)1234-5678", "03.1234.5678", "0120/000/000", "0120-000-000\n", "\t0120-000-000", "0120-000-000\u200b"},
		"an extension":        {"03-1234-5678 内線12", "03-1234-5678（内線12）", "03-1234-5678,12", "03-1234-5678;ext=12", "03-1234-5678p12", "03-1234-5678#12", "03-1234-5678x12"},
		"two in one field":    {"0120-000-000 0120-111-111", "0120-000-000,0120-111-111", "0120-000-000/0120-111-111", "0120-000-000、03-1234-5678", "0120-000-000 または 03-1234-5678", "01200000000312345678", "0120-000-000～2"},
		"dear, or a machine":  {"0990-000-000", "0990000000", "+81-990-000-000", "+81990000000", "0180-000-000", "0170-000-000", "020-4000-0000", "0910-000-000", "+979-1-2345-6789", "+1-900-555-0100"},
	} {
		for _, s := range list {
			if p := phone.Problem(s); p == "" || phone.Dials(s) || !strings.Contains(p, "0120-000-000") {
				t.Errorf("%s: %q is taken, or not told what is right: %q", kind, s, p)
			}
			if phone.Tel(s) != "" {
				t.Errorf("%s: %q is a link", kind, s)
			}
			if got := phone.Japans(s); got != s {
				t.Errorf("%s: %q is shown as %q", kind, s, got)
			}
		}
	}
}

// Whatever is written: what is a link holds nothing but digits, hyphens and a plus,
// and is the number that is shown.
func FuzzTel(f *testing.F) {
	for _, s := range []string{"0120-000-000", "+81-3-1234-5678", "#9110", "0990-000-000", "０１２０"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tel := phone.Tel(s)
		if tel == "" {
			return
		}
		number := strings.TrimPrefix(tel, "tel:")
		if strings.Trim(number, "+-0123456789") != "" || number != phone.Japans(s) || phone.Tel(number) != tel || strings.HasPrefix(number, "+81") || strings.HasPrefix(number, "0990") {
			t.Errorf("%q is %q, shown as %q", s, tel, phone.Japans(s))
		}
	})
}
