package catalog

import "kozamori/internal/watch"

type pattern struct {
	text, service string
	confidence    watch.Confidence
	whole         bool // must be the whole name, but for a mark in front
}

// Folded, see Fold. Spellings marked Seen stood on a real bank line.
var patterns = []pattern{
	{"ドコモコウザ", "docomo", watch.Seen, false},
	{"デイバライ", "docomo", watch.Seen, false},
	{"PAYPAY", "paypay", watch.Seen, false},
	{"ペイペイ", "paypay", watch.Seen, false},
	{"ラインペイ", "linepay", watch.Seen, false},
	{"LINEPAY", "linepay", watch.Guessed, false},
	{"PAYBバライ", "payb", watch.Seen, false},
	{"メルペイ", "merpay", watch.Guessed, false},
	{"MERPAY", "merpay", watch.Guessed, false},
	{"KYASH", "kyash", watch.Guessed, false},
	{"キヤツシユ", "kyash", watch.Guessed, true},
}

// Bills and businesses of the same brands, and others that hold a name.
var traps = []string{
	"PAYPAYカド", "ペイペイカド", "PAYPAYCARD", "PAYPAYギンコウ", "ペイペイギンコウ", "PAYPAY銀行",
	"PAYPAYシヨウケン", "ペイペイシヨウケン", "PAYPAY証券", "PAYPAYホケン", "ペイペイホケン",
	"タイムズペイ", "ペイデイ", "ドコモケイタイ", "NTTドコモ",
}

var prefixes = []string{"口座振替", "コウザフリカエ", "自払", "フリカエ", "RTK", "RK", "RS", "JD"}

// Names of services. No number is given that was not looked up as live.
var services = map[string]*Service{
	"docomo":  {ID: "docomo", NameJa: "d払い（ドコモ口座）", NameEn: "d Barai (Docomo Koza)"},
	"paypay":  {ID: "paypay", NameJa: "PayPay", NameEn: "PayPay"},
	"linepay": {ID: "linepay", NameJa: "LINE Pay", NameEn: "LINE Pay"},
	"merpay":  {ID: "merpay", NameJa: "メルペイ", NameEn: "Merpay"},
	"kyash":   {ID: "kyash", NameJa: "Kyash", NameEn: "Kyash"},
	"payb":    {ID: "payb", NameJa: "PayB", NameEn: "PayB"},
}

// The 35 banks that were linked to ドコモ口座 in September 2020, by
// 金融機関コード, and those whose lines are sampled here.
var banks = index([]Bank{
	{"0001", "みずほ銀行", "Mizuho Bank"}, {"0009", "三井住友銀行", "Sumitomo Mitsui Banking Corporation"},
	{"9900", "ゆうちょ銀行", "Japan Post Bank"}, {"0040", "イオン銀行", "AEON Bank"},
	{"0174", "伊予銀行", "Iyo Bank"}, {"0161", "池田泉州銀行", "Senshu Ikeda Bank"},
	{"0576", "愛媛銀行", "Ehime Bank"}, {"0183", "大分銀行", "Oita Bank"},
	{"0152", "大垣共立銀行", "Ogaki Kyoritsu Bank"}, {"0163", "紀陽銀行", "Kiyo Bank"},
	{"0158", "京都銀行", "Bank of Kyoto"}, {"0157", "滋賀銀行", "Shiga Bank"},
	{"0149", "静岡銀行", "Shizuoka Bank"}, {"0125", "七十七銀行", "77 Bank"},
	{"0153", "十六銀行", "Juroku Bank"}, {"0150", "スルガ銀行", "Suruga Bank"},
	{"0512", "仙台銀行", "Sendai Bank"}, {"0035", "ソニー銀行", "Sony Bank"},
	{"0164", "但馬銀行", "Tajima Bank"}, {"0546", "第三銀行", "Daisan Bank"},
	{"0134", "千葉銀行", "Chiba Bank"}, {"0135", "千葉興業銀行", "Chiba Kogyo Bank"},
	{"0168", "中国銀行", "Chugoku Bank"}, {"0126", "東邦銀行", "Toho Bank"},
	{"0166", "鳥取銀行", "Tottori Bank"}, {"0162", "南都銀行", "Nanto Bank"},
	{"0190", "西日本シティ銀行", "Nishi-Nippon City Bank"}, {"0143", "八十二銀行", "Hachijuni Bank"},
	{"0182", "肥後銀行", "Higo Bank"}, {"0173", "百十四銀行", "Hyakujushi Bank"},
	{"0169", "広島銀行", "Hiroshima Bank"}, {"0177", "福岡銀行", "Bank of Fukuoka"},
	{"0501", "北洋銀行", "North Pacific Bank"}, {"0118", "みちのく銀行", "Michinoku Bank"},
	{"0187", "琉球銀行", "Bank of the Ryukyus"},
	{"0005", "三菱UFJ銀行", "MUFG Bank"}, {"0138", "横浜銀行", "Bank of Yokohama"},
	{"0038", "住信SBIネット銀行", "SBI Sumishin Net Bank"}, {"0036", "楽天銀行", "Rakuten Bank"},
})

func index(list []Bank) map[string]*Bank {
	out := make(map[string]*Bank, len(list))
	for i := range list {
		out[list[i].Code] = &list[i]
	}
	return out
}
