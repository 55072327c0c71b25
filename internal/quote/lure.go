package quote

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Lure is what a chat or a mail program would make of a text, or what a reader
// would be led away by.
type Lure string

// The lures.
const (
	NoLure  Lure = ""
	Link    Lure = "a link"
	Mail    Lure = "an @"
	Phone   Lure = "a telephone number"
	Address Lure = "a postal address"
	Number  Lure = "a report number"
)

// Lures tells what a program that makes links of what it shows would find in
// the text, in any width or style of letters. What lures is shown on our page
// only, where nothing is made into a link.
func (t Text) Lures() Lure {
	s := strings.ToLower(norm.NFKC.String(t.Full()))
	switch {
	case strings.Contains(s, "@"):
		return Mail
	case links(s):
		return Link
	case dials(s):
		return Phone
	case postal(s):
		return Address
	case strings.Contains(s, "kz-"):
		return Number
	}
	return NoLure
}

// schemes are those that programs follow without "//".
var schemes = []string{"http", "https", "tel", "sms", "mailto", "line", "javascript", "data", "file", "ftp", "intent", "market", "facetime",
	"skype", "sip", "callto", "geo", "maps", "magnet", "tg", "weixin", "whatsapp", "paypay", "bitcoin", "vbscript", "view-source"}

func links(s string) bool {
	if strings.Contains(s, "://") || strings.Contains(s, "www.") || strings.Contains(s, "xn--") {
		return true
	}
	for i, r := range s {
		rest := s[i+utf8.RuneLen(r):]
		next, _ := utf8.DecodeRuneInString(rest)
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		switch r {
		case ':':
			for _, scheme := range schemes {
				if strings.HasSuffix(s[:i], scheme) && rest != "" && next != ' ' {
					return true
				}
			}
		case '#':
			if wordly(next) {
				return true
			}
		case '/', '\\':
			if next == r {
				return true
			}
		case '。': // a dot of a domain only between Latin letters
			if latin(before) && domain(rest) {
				return true
			}
		case '.':
			if wordly(before) && domain(rest) {
				return true
			}
		}
	}
	return false
}

func wordly(r rune) bool { return r != utf8.RuneError && unicode.In(r, unicode.L, unicode.Nd) }

func latin(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }

// tops are the ends of domains that are not in Latin letters, of those that
// can be registered in Japanese or Chinese.
var tops = []string{"みんな", "コム", "ストア", "クラウド", "セール", "ポイント", "ファッション", "アマゾン", "グーグル", "世界", "食品", "家電", "書籍", "通販", "電訊盈科",
	"中国", "中國", "香港", "台湾", "台灣", "澳門", "公司", "网络", "網絡", "网址", "网站", "網站", "网店", "在线", "商城", "商店", "商标", "中文网", "中信", "公益", "政务", "娱乐",
	"游戏", "移动", "手机", "购物", "餐厅", "集团", "信息", "八卦", "慈善", "时尚", "机构", "健康", "招聘", "大拿", "广东", "佛山", "我爱你", "谷歌", "亚马逊", "新闻", "企业"}

// domain tells whether what follows a dot could be the end of a domain: two
// letters or more, or a number of an address in numbers.
func domain(s string) bool {
	n, letters, dots := 0, false, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9' || r == '-':
		case latin(r), r > 0x7f && r < 0x0530 && unicode.IsLetter(r):
			letters = true
		case r == '.' && !letters:
			dots++
			continue
		default:
			return n >= 2 && letters || n > 0 && dots >= 2 || n == 0 && topped(s)
		}
		n++
	}
	return n >= 2 && letters || n > 0 && dots >= 2
}

func topped(s string) bool {
	for _, top := range tops {
		if strings.HasPrefix(s, top) {
			return true
		}
	}
	return false
}

// PhoneDigits is from how many digits on programs take a number for one to
// call. An account's mask shows fewer.
const PhoneDigits = 7

// numerals are digits in kanji: no program dials them, and people do.
const numerals = "〇零一二三四五六七八九"

// dials tells whether there is a number that a program would offer to call.
func dials(s string) bool {
	digits, gap, plus := 0, 0, false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Nd, r), strings.ContainsRune(numerals, r):
			digits++
			gap = 0
			if digits >= PhoneDigits || plus && digits >= 5 {
				return true
			}
		case r == '+':
			digits, gap, plus = 0, 0, true
		case strings.ContainsRune(" -()[].・·ー‐‑‒–—―−~_/*", r) && gap < 3:
			gap++
		default:
			digits, gap, plus = 0, 0, false
		}
	}
	return false
}

// postal tells whether a program would offer a map.
func postal(s string) bool {
	digit := strings.IndexFunc(s, unicode.IsDigit)
	switch {
	case strings.ContainsRune(s, '〒'):
		return true
	case digit < 0:
		return false
	case strings.Contains(s, "丁目"), strings.Contains(s, "番地"):
		return true
	}
	place := strings.IndexAny(s, "都道府県")
	if place >= 0 && strings.ContainsAny(s[place:], "市区町村郡") && strings.LastIndexFunc(s, unicode.IsDigit) > place {
		return true
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return !latin(r) })
	number := false
	for _, w := range words {
		switch w {
		case "street", "st", "avenue", "ave", "road", "rd", "boulevard", "blvd", "lane", "ln", "drive", "way", "parkway", "pkwy", "suite", "box":
			if number {
				return true
			}
		}
		number = number || strings.ContainsAny(w, "0123456789")
	}
	return strings.Contains(s, "po box ") || strings.Contains(s, "p.o. box ")
}
