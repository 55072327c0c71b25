package catalog_test

import (
	"testing"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/watch"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"ドコモコウザ": "docomo", "ﾄﾞｺﾓｺｳｻﾞ": "docomo", "ト゛コモコウサ゛": "docomo",
		"RKデイ―バライ": "docomo", "RKﾃﾞｲ-ﾊﾞﾗｲ": "docomo", "ディーバライ": "docomo", "JD/ﾃﾞｲﾊﾞﾗｲ": "docomo",
		"PAYPAY": "paypay", "ＰＡＹＰＡＹ": "paypay", "ﾍﾟｲﾍﾟｲ": "paypay", "RS PAYPAY": "paypay", "フリカエ　ペイペイ": "paypay", "ＲＴＫ　ペイペイ": "paypay",
		"ﾗｲﾝ ﾍﾟｲ": "linepay", "ラインペイ（カ": "linepay", "PAYBﾊﾞﾗｲ(364)": "payb", "ﾒﾙﾍﾟｲ": "merpay",
		"KYASH": "kyash", "キャッシュ": "kyash", "ｷﾔﾂｼﾕ": "kyash",
		"PAYPAYｶ-ﾄﾞ": "", "ＰＡＹＰＡＹカ－ド": "", "ペイペイカード": "", "ﾍﾟｲﾍﾟｲｷﾞﾝｺｳ": "", "PAYPAYｼﾖｳｹﾝ": "",
		"ﾊﾟｰｸ24(ｶ)ﾀｲﾑｽﾞﾍﾟｲ": "", "ペイデイ": "", "NTTﾄﾞｺﾓ": "", "電話 ドコモケイタイ": "", "ﾒﾙｶﾘ": "",
		"ｺｳｻﾞﾌﾘｶｴ SMBC(ﾁﾝﾘﾖｳﾄｳ": "", "キヤツシユカ-ドテスウリヨウ": "", "": "", "\xff\xfe": "",
	} {
		if got := catalog.Classify("", line); got.Service != want {
			t.Errorf("%q is %q (%+v), want %q", line, got.Service, got, want)
		}
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	if m := catalog.Link("paypay", "", ""); m.Service != "paypay" || m.Confidence != watch.Named {
		t.Errorf("a link that the bank named is %+v", m)
	}
	if m := catalog.Link("その他", "ﾍﾟｲﾍﾟｲ", ""); m.Service != "paypay" || m.Confidence != watch.Elsewhere {
		t.Errorf("a link known by its descriptor is %+v", m)
	}
}

func TestPatternsAndTrapsAreFolded(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"ドコモコウザ", "ﾍﾟｲﾍﾟｲ", "PAYPAYカ-ド"} {
		if f := catalog.Fold(line); f != catalog.Fold(f) {
			t.Errorf("%q folds twice: %q", line, f)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("RKデイ―バライ")
	f.Fuzz(func(_ *testing.T, s string) {
		_ = catalog.Classify("0168", s)
	})
}

// Old codes and names stand on old statements, and mean the bank of today.
func TestFormerBanks(t *testing.T) {
	for code, want := range map[string]string{"0118": "青森みちのく銀行", "0117": "青森みちのく銀行", "0546": "三十三銀行", "0154": "三十三銀行", "0143": "八十二長野銀行", "0542": "あいち銀行", "0125": "七十七銀行"} {
		if b, ok := catalog.BankByCode(code); !ok || b.NameJa != want {
			t.Errorf("bank %s is %+v, want %s", code, b, want)
		}
	}
	for code, want := range map[string]string{"1344": "信用金庫", "5072": "ＪＡ", "2963": "労働金庫"} {
		if g := catalog.GroupOf(code); g == nil || g.NameJa != want {
			t.Errorf("bank %s is of %+v, want %s", code, g, want)
		}
	}
	if g := catalog.GroupOf("0001"); g != nil {
		t.Errorf("bank 0001 is of %+v", g)
	}
}

// Ended services are known, and not offered; what never rings is not
// offered either.
func TestWhatIsOffered(t *testing.T) {
	day := time.Date(2026, 11, 28, 0, 0, 0, 0, watch.JST)
	offered := map[string]bool{}
	for _, s := range catalog.Offered(day) {
		offered[s.ID] = true
	}
	for id, want := range map[string]bool{"paypay": true, "aeonpay": true, "linepay": false, "origami": false, "yahoomoney": false, "paidy": false, "payeasy": false, "jdebit": false} {
		if _, known := catalog.ByID(id); offered[id] != want || !known {
			t.Errorf("%s is offered: %t, known: %t", id, offered[id], known)
		}
	}
	for _, s := range catalog.Offered(time.Date(2020, 9, 3, 0, 0, 0, 0, watch.JST)) {
		offered["then "+s.ID] = true
	}
	if !offered["then linepay"] || offered["then aeonpay"] {
		t.Error("what was offered in 2020 is not what there was")
	}
}

func TestLimitsOf(t *testing.T) {
	t.Parallel()
	for service, want := range map[string][2]int64{"docomo": {100_000, 300_000}, "paypay": {500_000, 2_000_000}, "aupay": {100_000, 0}, "kyash": {}, "none": {}} {
		if once, month := catalog.LimitsOf(service); once != want[0] || month != want[1] {
			t.Errorf("%s takes at most %d at once and %d in a month, want %v", service, once, month, want)
		}
	}
}
