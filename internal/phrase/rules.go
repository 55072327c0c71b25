package phrase

import (
	_ "embed" // rules.bz2
	"regexp"
	"slices"
	"strings"
	"sync"
)

// rule is one way in which a meaning is said: a word of each group stands in
// the text, each pattern is found in it, and none of not.
type rule struct {
	meaning  Meaning
	all      [][]word
	not      []word
	patterns []expression
}

// rulesPacked is rules.txt, all rules in the order in which they are tried. It is
// a text and no Go: as Go it was 60 KB of code in each function that reads phrases;
// packed it is a third of what it is as a text. The tests pack it, with -update.
//
//go:embed rules.bz2
var rulesPacked []byte

var rules []rule

// meant are the names of rules.txt that are not written like their meaning.
var meant = map[string]Meaning{"unsure": Unsure, "balance": Balance}

// readRules reads rules.txt, which the tests read too.
func readRules(text string) []rule {
	var out []rule
	lists, read := map[string][]string{}, map[string]word{}
	for line := range strings.SplitSeq(text, "\n") {
		kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case kind == "" || kind[0] == '#':
		case kind[0] == '$':
			lists[kind[1:]] = expand(strings.TrimPrefix(rest, "= "), lists)
		case kind == "+":
			r := &out[len(out)-1]
			r.all = append(r.all, readWords(rest, lists, read))
		case kind == "?":
			r := &out[len(out)-1]
			r.patterns = append(r.patterns, pattern(rest))
		case kind == "-":
			out[len(out)-1].not = readWords(rest, lists, read)
		default:
			m, ok := meant[strings.ToLower(kind)]
			if !ok {
				m = Meaning(strings.ToLower(kind))
			}
			out = append(out, rule{meaning: m})
		}
	}
	return out
}

// named are the lists of patterns, which stand in them as <name>.
var named = strings.NewReplacer("<people>", "(私|自分|本人|俺|おれ|僕|ぼく|わし|わい|わて|うち|うちら|おら|おいら|あたい|当方|家族|母|父|夫|妻|主人|旦那|嫁|息子|娘|祖母|祖父|ばあちやん|じいちやん|おかん|おとん|弊社|当社|会社|うちの人|じいさん|爺さん|婆さん|ばあさん|孫|兄|姉|弟|妹|社員|経理|従業員|彼氏|彼女|友人|友達|両親|義母|義父)(ども|共|たち|達|側|とこ|んとこ|ところ|んち)?",
	"<memory>", "(覚え|心当たり|記憶|思い当た|思い出せ|見覚え|存じ)",
	"<no>", "(ない|なあ|なし|なさ|なすぎ|らない|せない|無い|無し|無く|なく|なかつ|なかと|なかよ|なかけ|なかば|ありません|ございません|ござりません|おりません|いません|しません|まへん|あらへん|へん|ねえ|ねがす|ねつす|なつしん|ゼロ|0|皆無)",
	"<isnot>", "(じやない|じやな|ではない|ではな|じやありま|ではありま|ではござ|じやござ|と違|違う|違い|ちがう|ちがい|でない|ちやう|ちやいま)",
	"<did>", "(使つ|使う|使わ|使い|買つ|買う|買わ|頼ん|頼み|頼ま|頼む|登録|契約|申し込|申込|払つ|払う|払わ|払い|支払|チャージ|入れ|作つ|作り|作ら|利用|購入|注文|連携|許可|許し|承認|承諾|同意|加入|入会|入つ|ダウンロード|インストール|つない|つなが|送金|送つ|引き出|下ろし|おろし|触つ|操作|押し|開設|開い|始め|持つて|やつ|行つ|手続|紐付|ひも付)",
	"<debit>", "(payment|charge|debit|transaction|withdrawal|transfer|purchase|deduction|bill|order|subscription|money|yen|link|registration|connection|payment request|entry|item|thing|amount|top up|fee)s?",
	"<it>", "(this|that|it|these|those|they|them|one|any|anything|something|paypay|docomo|merpay|kyash|edy|wallet|pay|<debit>)",
	"<kin>", "(wife|husband|son|daughter|mother|mum|mom|father|dad|family|partner|grandmother|grandma|grandfather|grandpa|granny|sister|brother|kids?|children|child|parents|boyfriend|girlfriend|nan|grandson|granddaughter|uncle|aunt)",
	"<doing>", "(mak(e|es|ing)|made|do|does|did|done|doing|buy|bought|buying|order(ed)?|authori[sz](e|ed|ing)|authori[sz]ation|approv(e|ed|al)|agreed?|ask(ed)? for|pay|paid|request(ed)?|consent(ed)?|set (this |it |that |these |anything )?up|sign(ed)? (up|off|for)?|initiat(e|ed)|place(d)?|purchas(e|ed)|spend|spent|open(ed)?|link(ed)?|connect(ed)?|regist(er|ered)|subscrib(e|ed)|install(ed)?|download(ed)?|creat(e|ed)|use[sd]?|using|own|owned|join(ed)?|sent|transfer(red)?|withdr[ae]w|withdrawn|charged|topped|allow(ed)?|permit(ted)?|took|take this|performed?|execut(e|ed)|carr(y|ied) out|touch(ed)?|instruct(ed)?|enter(ed)? into|appl(y|ied)|give (permission|consent)|gave)",
	"<knowing>", "(recogni[sz](e|es|ed)|know|knows|knew|remember|remembers|recall|recalls|aware|acknowledged?|accept|understand|expect|expected|identify|place|account for|explain|familiar|heard|seen|saw|match|make sense|makes sense|acquainted|notice)",
	"<thief>", "(someone|somebody|some one|anyone|anybody|stranger|scammer|hacker|thief|thieves|crook|criminal|fraudster|another person|other person|other people|people|they|he|some (guy|man|woman|person|company|people)|person|a company|intruder)",
	"<mine>", "(me|mine|my|ours?|us|him|her|his|hers|them|theirs?|myself|i)")

// expression is a pattern, and the side of a text that it reads.
type expression struct {
	*regexp.Regexp
	japanese bool
}

// pattern reads a regular expression, as the texts are read: without small kana
// or katakana. A list may stand in a list.
func pattern(text string) expression {
	text = largeHiragana(named.Replace(named.Replace(text)))
	return expression{Regexp: regexp.MustCompile(text), japanese: strings.ContainsFunc(text, isJapanese)}
}

// expand lists what an expression stands for.
func expand(expr string, lists map[string][]string) []string {
	var out []string
	for _, one := range split(expr, '|') {
		product := []string{""}
		for _, factor := range split(one, '>') {
			var of []string
			switch {
			case strings.HasPrefix(factor, "$"):
				of = lists[factor[1:]]
			case strings.HasPrefix(factor, "("):
				of = expand(factor[1:len(factor)-1], lists)
			default:
				of = []string{factor}
			}
			next := make([]string, 0, len(product)*len(of))
			for _, x := range product {
				for _, y := range of {
					next = append(next, x+y)
				}
			}
			product = next
		}
		out = append(out, product...)
	}
	return out
}

// split divides an expression where a separator stands outside of parentheses.
func split(expr string, at byte) []string {
	var out []string
	depth, from := 0, 0
	for i := range len(expr) {
		switch {
		case expr[i] == '(':
			depth++
		case expr[i] == ')':
			depth--
		case expr[i] == at && depth == 0:
			out = append(out, expr[from:i])
			from = i + 1
		}
	}
	return append(out, expr[from:])
}

// readWords reads an expression: what stands in parts that follow each other is
// kept in parts, since their products are tens of thousands.
func readWords(expr string, lists map[string][]string, read map[string]word) []word {
	var out []word
	for _, one := range split(expr, '|') {
		parts := split(one, '>')
		var after []word
		for i := len(parts) - 1; i > 0; i-- {
			list := words(expand(parts[i], lists), read)
			for j := range list {
				list[j].after = after
			}
			after = list
		}
		list := words(expand(parts[0], lists), read)
		for j := range list {
			list[j].after = after
		}
		out = append(out, list...)
	}
	return out
}

// words reads a list of words as the texts are read, each once: the lists that
// are named stand in many rules.
func words(list []string, read map[string]word) []word {
	out := make([]word, 0, len(list))
	for _, w := range list {
		one, ok := read[w]
		if !ok {
			one = readWord(w)
			read[w] = one
		}
		out = append(out, one)
	}
	return out
}

func readWord(w string) word {
	switch {
	case w == "":
		return word{}
	case w[0] == '~':
		return word{text: kana(w[1:], false), slack: kana(w[1:], true)}
	case w[0] >= 'a' && w[0] <= 'z':
		text := " " + strings.TrimSuffix(w, "*")
		if !strings.HasSuffix(w, "*") {
			text += " "
		}
		return word{text: text, english: true}
	}
	return word{text: kana(w, false), slack: kana(w, true)}
}

// known are the English words of the rules, and longWords those in which a slip
// is forgiven.
var (
	known     map[string]bool
	longWords []string
)

func vocabulary() (map[string]bool, []string) {
	all := map[string]bool{}
	for _, r := range rules {
		for _, group := range append(slices.Clone(r.all), r.not) {
			for _, w := range group {
				if w.english {
					for part := range strings.FieldsSeq(w.text) {
						all[part] = true
					}
				}
			}
		}
		for _, p := range r.patterns {
			if !p.japanese {
				wordsOf(p.String(), all)
			}
		}
	}
	// Beginnings stand in the rules; these are the whole words.
	for _, w := range strings.Fields("recognise recognize recognised recognized unauthorised unauthorized authorise authorize authorised authorized transaction transactions withdrawal unrecognized unrecognised unfamiliar suspicious fraudulent notifications notification phishing purchase registered subscribe decreased decreasing increased released removing blocked locked frozen freezing vanished disappeared disappearing impersonating pretending accessed accessing wanted another earlier before reversed") {
		all[w] = true
	}
	var long []string
	for w := range all {
		if len(w) >= 6 {
			long = append(long, w)
		}
	}
	slices.Sort(long)
	return all, long
}

var (
	stems    = regexp.MustCompile(`([a-z]+)(?:\(([a-z|]+)\)|([a-z])\?)`)
	lettered = regexp.MustCompile(`[a-z]+`)
)

// wordsOf adds the words that stand in a pattern: none of them is a slip.
func wordsOf(pattern string, all map[string]bool) {
	for _, w := range lettered.FindAllString(pattern, -1) {
		all[w] = true
	}
	for _, m := range stems.FindAllStringSubmatch(pattern, -1) {
		for end := range strings.SplitSeq(m[2]+m[3], "|") {
			all[m[1]+end] = true
		}
	}
}

var once sync.Once

// ready builds the tables when the first text is read: programs that read none
// neither wait for them nor hold them.
func ready() {
	once.Do(func() {
		spellings, slackSpellings, endings, slackEndings = spelt(false), spelt(true), spoken(false), spoken(true)
		spared, keptOn, calming = patterns()
		negations()
		polite = readManners()
		fillSyllables()
		rules = readRules(unpack(rulesPacked))
		whole = map[bool]map[string]Meaning{false: wholes(false), true: wholes(true)}
		known, longWords = vocabulary()
		fillMine()
	})
}
