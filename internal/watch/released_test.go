package watch

import "testing"

// A debit is back as of when the last of it came back: what the bank says to have come
// back after that moves no date.
func TestWhenAllOfADebitCameBack(t *testing.T) {
	for name, c := range map[string]struct {
		said []string
		want string
	}{
		"at once, and more later":                {[]string{"posted 3000", "back 3000 +1h", "back 3000 +13d"}, "02.13:00"},
		"at once, and all of it again later":     {[]string{"posted 3000", "back 0 +1h", "back 0 +13d"}, "02.13:00"},
		"in two parts, and more later":           {[]string{"posted 3000", "back 1000 +1h", "back 2500 +2d", "back 10 +13d"}, "04.12:00"},
		"more than was posted in the end":        {[]string{"pending 5000", "back 3000 +1h", "posted 2900 +1d", "back 500 +3d"}, "02.13:00"},
		"less than it was corrected to, at once": {[]string{"posted 3000", "back 2000 +1h", "posted 2500 +2h", "back 500 +3d"}, "05.12:00"},
		"a link that is removed twice":           {[]string{"link 0", "unlink 0 +1h", "unlink 0 +13d"}, "02.13:00"},
	} {
		permute(said(t, c.said...), func(order []Entry) {
			records, _ := record(t, order)
			if len(records) != 1 || records[0].UndoneAt.In(JST).Format("02.15:04") != c.want {
				t.Errorf("%s, %v: %s, want it back at %s", name, events(order), saysRecord(records[0]), c.want)
			}
		})
	}
}
