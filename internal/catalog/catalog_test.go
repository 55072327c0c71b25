package catalog_test

import (
	"testing"

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
	if m := catalog.Link("その他", "ﾍﾟｲﾍﾟｲ", ""); m.Service != "paypay" || m.Confidence != watch.Seen {
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

func TestLimitsOf(t *testing.T) {
	t.Parallel()
	for service, want := range map[string][2]int64{"docomo": {100_000, 300_000}, "paypay": {500_000, 2_000_000}, "aupay": {100_000, 0}, "kyash": {}, "none": {}} {
		if once, month := catalog.LimitsOf(service); once != want[0] || month != want[1] {
			t.Errorf("%s takes at most %d at once and %d in a month, want %v", service, once, month, want)
		}
	}
}
