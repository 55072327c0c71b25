package catalog

import (
	"testing"
	"time"
)

// What a catalogue that reads the text alone gets wrong: each fault that was
// found in one, and what the evidence makes of it.
func TestWhatTheTextAloneGetsWrong(t *testing.T) {
	t.Parallel()
	now := on("2026-11-27")
	linked := func(s string) []Linked { return []Linked{{Service: s, At: now.Add(-time.Minute)}} }
	for _, c := range []struct {
		name     string
		e        Evidence
		service  string
		strength Strength
	}{
		{"the bill of メルカード at 三菱UFJ", Evidence{Bank: "0005", Descriptor: "口座振替 メルペイ"}, "", None},
		{"the same, with the name in a field of its own", Evidence{Bank: "0005", Descriptor: "口座振替", Detail: "メルペイ"}, "", None},
		{"a charge of メルペイ at ゆうちょ", Evidence{Bank: "9900", Descriptor: "口座振替 メルペイ"}, "merpay", Likely},
		{"a telephone bill", Evidence{Descriptor: "ﾄﾞｺﾓ ｺｳｻﾞﾌﾘｶｴ"}, "", None},
		{"the same by the firm's whole name", Evidence{Descriptor: "NTTﾄﾞｺﾓ ｺｳｻﾞﾌﾘｶｴ"}, "", None},
		{"a real-time rail a minute after a link", Evidence{Bank: "0005", Descriptor: "RTK ﾄﾞｺﾓ", At: now, Links: linked("docomo")}, "docomo", Sure},
		{"a card's bill that was cut at 15 cells", Evidence{Bank: "0138", Descriptor: "ｸﾚｼﾞﾂﾄ   PAYPAY"}, "", None},
		{"the same at a bank that is not known", Evidence{Descriptor: "ｸﾚｼﾞﾂﾄ   PAYPAY"}, "", None},

		{"a shop behind a gap that begins like light", Evidence{Bank: "0009", Descriptor: "ﾍﾟｲﾍﾟｲ ﾋｶﾘｶﾞｵｶｼﾃﾝ"}, "paypay", Two},
		{"a car insurance of the brand", Evidence{Bank: "0009", Descriptor: "PAYPAYジドウシヤホケン"}, "", None},
		{"a service area", Evidence{Bank: "0009", Descriptor: "ペイペイサービスエリア"}, "paypay", Two},

		{"words that strangers add", Evidence{Bank: "0009", Descriptor: "PAYPAY 返金窓口03"}, "paypay", Two},
		{"a sweet that is called a card", Evidence{Bank: "0009", Descriptor: "PAYPAY カード風味饅頭"}, "paypay", Two},
		{"money out is no refund", Evidence{Bank: "0009", Descriptor: "返金 PAYPAY"}, "paypay", Two},

		{"Latin letters", Evidence{Bank: "0009", Descriptor: "PAYPAYグルメ"}, "paypay", Two},
		{"and kana", Evidence{Bank: "0009", Descriptor: "ペイペイグルメ"}, "paypay", Two},
		{"kana behind a known word", Evidence{Bank: "0009", Descriptor: "スマホペイペイ"}, "paypay", Sure},
		{"Latin letters behind a known word", Evidence{Bank: "0009", Descriptor: "WEBPAYPAY"}, "paypay", Sure},
		{"an English statement", Evidence{Descriptor: "DIRECT DEBIT DBARAI"}, "docomo", Likely},

		{"a firm of a common name", Evidence{Bank: "0168", Descriptor: "口座振替 イデア（カ"}, "", None},
		{"one of sweets", Evidence{Bank: "0168", Descriptor: "カ)プリン"}, "", None},
		{"one of bundles", Evidence{Bank: "0168", Descriptor: "バンドル"}, "", None},
		{"one of dreams", Evidence{Bank: "0168", Descriptor: "ユメカ"}, "", None},
		{"the name behind a real-time rail", Evidence{Bank: "0168", Descriptor: "RK プリン"}, "pring", Sure},
		{"the name after a link", Evidence{Bank: "0168", Descriptor: "プリン", At: now, Links: linked("pring")}, "pring", Likely},
		{"the name that the bank gives", Evidence{Bank: "0168", Descriptor: "プリン", Service: "pring"}, "pring", Sure},
	} {
		if d := Decide(&c.e); d.Service() != c.service || d.Strength != c.strength {
			t.Errorf("%s: %q is %s, want %q, %s", c.name, c.e.Descriptor, decided(&d), c.service, c.strength)
		}
	}
	// "Seen" is said of the bank where it was seen, never of a cut card's bill.
	if d := Decide(&Evidence{Bank: "0005", Descriptor: "RTK ﾄﾞｺﾓ"}); d.Readings()[0].Why.Has(WhySeen) {
		t.Errorf("a guess was seen: %s", decided(&d))
	}
	// Old codes lead to the banks of today, whose codes are known.
	for _, b := range []struct{ old, today, name string }{
		{"0118", "0117", "青森みちのく銀行"}, {"0546", "0154", "三十三銀行"}, {"0117", "0117", "青森みちのく銀行"}, {"0154", "0154", "三十三銀行"},
	} {
		if x, ok := BankByCode(b.old); !ok || x.Code != b.today || x.NameJa != b.name {
			t.Errorf("bank %s is %+v", b.old, x)
		}
	}
	for _, s := range Offered(now) {
		if s.ID == "linepay" || s.ID == "paidy" || s.ID == "payeasy" {
			t.Errorf("%s is offered, which can never ring", s.ID)
		}
	}
}
