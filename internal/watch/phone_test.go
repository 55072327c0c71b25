package watch

import (
	"strings"
	"testing"
)

func TestANumberToCallIsOneThatEveryTelephoneDials(t *testing.T) {
	for _, s := range []string{"0120-000-000", "0120-108420", "022-000-0000", "03-1234-5678", "0312345678", "090-1234-5678", "0570-018-360", "0800-111-2222", "+81-3-1234-5678", "+12125550100", "110", "119", "188"} {
		if fe := CheckPhone("phone", s); fe != nil {
			t.Errorf("%q: %v", s, fe)
		}
	}
	for _, s := range []string{"", "abc", "#9110", "#9785", "911", "0", "00", "-", "+", "+-", "0120", "0120-000-00", "0120-000-0000-0", "0120--000-000", "-0120-000-000", "0120-000-000-", "120-000-000", "00-1234-5678", "0010-1234-567", "+0312345678", "+8131", "+1234567890123456",
		"0120 000 000", "０１２０－０００－０００", "0120-000-000,1", "0120-000-000\n", "tel:0120000000", "0120-000-00a", "1-1-0"} {
		if fe := CheckPhone("phone", s); fe == nil || fe.Field != "phone" || !strings.Contains(fe.Problem, "0120-000-000") {
			t.Errorf("%q is taken, or not told what is right: %v", s, fe)
		}
	}
}
