package phrase

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What people say around what they want: greetings, apologies, cries for help,
// thanks in advance. They mean something only when nothing else is said.
const (
	openings = "申し訳ない|申し訳ないです|申し訳ありません|申し訳ございません|申し訳ないですが|すみません|すいません|すんません|すまんけど|すまんが|ごめんください|あの|あのね|あのう|あのー|えっとー|えつとー|うーんと|えつと|えと|ええと|えーと|ええつと|あー|うーん|もしもし|お世話になつております|お世話になります|いつもお世話になつております|いつもお世話になります|夜分にすみません|夜分遅くにすみません|夜分遅くに失礼します|夜分に失礼します|夜遅くにすみません|突然すみません|突然失礼します|朝早くすみません|お忙しいところすみません|お忙しいところ恐れ入ります|恐れ入ります|恐れ入りますが|おそれいりますが|恐縮ですが|恐縮です|失礼します|失礼いたします|こんばんは|こんにちは|こんにちわ|おはようございます|はじめまして|初めまして|はじめて連絡します|初めて連絡します|初めてご連絡します|ちよつと待つて|ちよつと|待つて|まつて|えつ|えー|あつ|ねえねえ|なあ|なあなあ|至急|大至急|緊急|急ぎです|急いでます|急いでいます|助けて|助けてください|助けて下さい|お願いします|お願いです|おねがい|うわ|うわあ|ぎやー|やばい|やだ|いやだ|大変です|たいへんです|大変|たいへん|困りました|困つてます|困つています|怖いです|こわいです|どうしよう|質問です|質問なんですが|質問なのですが|聞きたいんですけど|聞きたいのですが|お聞きしたいのですが|教えてほしいんですが|担当者様|担当の方|銀行さん|銀行の方|口座守さん|口座守様"
	closings = "よろしくお願いします|よろしくお願いいたします|よろしくお願い致します|宜しくお願いします|宜しくお願い致します|宜しくお願いいたします|よろしくです|よろしく|お願いします|お願いいたします|お願い致します|おねがいします|頼みます|たのむ|頼む|頼むわ|たのんます|泣|汗|涙|怒|笑|わら|すみません|すいません|至急|至急です|急ぎです|急いで|助けて|助けてください"
)

// alone are pleasantries that are left out as a sentence of their own only:
// elsewhere they belong to what is said.
const alone = "ありがとう|ありがとうございます|ありがとうございました|ありがとね|どうも|どうもありがとうございます|いつもありがとうございます|あの|あ|えと|えつ|あつ|ねえ|なあ|はあ|え|お疲れ様です|おつかれさまです|お世話様です|" +
	"hello|hi|hey|hi there|hello there|good morning|good evening|good afternoon|please|help|help me|please help|please help me|thanks|thank you|thx|excuse me|urgent|dear sir|dear sir or madam|dear team|ok|oh|oh no|omg|wait|um|uh|hmm|no wait|well"

// manners are the lists, as they are looked for: the longest first.
type manners struct {
	openings, closings []string
	alone              map[string]bool
	ends, joints       *regexp.Regexp
	topic              *regexp.Regexp // what is said of it follows
	digits             *regexp.Regexp // 1,000 is one number
	hello, bye         *regexp.Regexp // in English
}

var polite manners

func readManners() manners {
	m := manners{alone: map[string]bool{}, ends: regexp.MustCompile(`[。．!?\n…‥、，,;]+|\.\.+|\.(\s|$)|[\x{1F000}-\x{1FAFF}\x{2600}-\x{27BF}\x{FE0F}]+|\((泣|汗|涙|怒|笑|;_;|T_T)\)`),
		topic:  regexp.MustCompile(`^\p{Han}{2,5}$|^[\p{Han}ァ-ヶー]{3,9}$|^.{0,6}(お金|もの|やつ|引かれた分)$`),
		digits: regexp.MustCompile(`(\d),(\d)`),
		joints: regexp.MustCompile(`(ない|ません|らん|へん|です|ます|た|んだ|てる|いる|ある|だ|な|なの|なん)(?:ので|から|けど|けれども|けれど|んですが|のですが|が|けん|さかい|し)|\b(?:and|so|but|then|also)\b`)}
	m.hello = regexp.MustCompile(`^((hi|hello|hey|um|uh|er|excuse me|ok so|okay so|ok|okay|look|listen|urgent|oh no|oh|omg|please help me|please help|good (morning|evening|afternoon)|sorry to bother you( but)?|sorry (to|for|about) (trouble|disturb|worry|bother|alarm|scare|worrying|bothering|the trouble|the worry|the fuss|the bother|the alarm|any trouble)( you| all)?( but)?|dear (sir|madam|team|bank)|help|hi there|quick question|i have a question|can you help me|so|well|god|my god|jesus|please please|wtf|wait|hang on|hold on|erm)([ ,:-]+))+`)
	m.bye = regexp.MustCompile(`([ ,]+(please help me|please help|pls help|help me please|thanks so much|thanks a lot|thanks|thank you very much|thank you|please|pls|plz|asap|urgently|immediately|right now|help|lol|wtf|ffs|omg|kind regards|regards|btw))+$`)
	for _, w := range strings.Split(largeHiragana(openings), "|") {
		m.openings, m.alone[w] = append(m.openings, w), true
	}
	for _, w := range strings.Split(largeHiragana(closings), "|") {
		m.closings, m.alone[w] = append(m.closings, w), true
	}
	for _, w := range strings.Split(largeHiragana(alone), "|") {
		m.alone[w] = true
	}
	longest := func(a, b string) int { return len(b) - len(a) }
	slices.SortFunc(m.openings, longest)
	slices.SortFunc(m.closings, longest)
	return m
}

// sentences divides a text where its writer did.
func sentences(text string) []string {
	var out []string
	for _, s := range polite.ends.Split(polite.digits.ReplaceAllString(strings.ToLower(norm.NFKC.String(pictures.Replace(text))), "$1$2"), -1) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// clauses divides a text where one thing ends and another begins.
func clauses(text string) []string {
	var out []string
	topic := ""
	for _, s := range sentences(text) {
		for c := range strings.SplitSeq(polite.joints.ReplaceAllString(s, "$1\n"), "\n") {
			if c = topic + strings.TrimSpace(c); c == "" {
				continue
			}
			if topic = ""; polite.topic.MatchString(c) {
				topic = c
				continue
			}
			out = append(out, c)
		}
	}
	if topic != "" {
		out = append(out, topic)
	}
	return out
}

// bare is a text without the pleasantries around it; empty if nothing else is
// said.
func bare(text string) string {
	var kept []string
	for _, s := range sentences(text) {
		if rest := unwrapped(s); rest != "" {
			kept = append(kept, rest)
		}
	}
	return strings.Join(kept, "。")
}

// unwrapped takes the pleasantries off one sentence.
func unwrapped(s string) string {
	for {
		key := largeHiragana(s)
		if polite.alone[key] {
			return ""
		}
		cut := s
		for _, w := range polite.openings {
			if utf8.RuneCountInString(w) > 2 && strings.HasPrefix(key, w) {
				cut = s[len(w):] // the same letters, large: of one length
				break
			}
		}
		for _, w := range polite.closings {
			if utf8.RuneCountInString(w) > 1 && cut == s && strings.HasSuffix(key, w) {
				cut = s[:len(s)-len(w)]
			}
		}
		if cut == s {
			cut = polite.hello.ReplaceAllString(polite.bye.ReplaceAllString(s, ""), "")
		}
		if cut = strings.TrimSpace(cut); cut == s || cut == "" {
			return s
		}
		s = cut
	}
}
