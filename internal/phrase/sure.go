package phrase

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A denial with a slip of the thumb in it often reads like a confirmation: 身に
// 覚えがありません without its last letters, "dont" without its n. So "it was me"
// holds only for a text of which nothing is left once the words below are taken
// out: Japanese denies in hiragana or with a few kanji, English with words.
const (
	mineJapanese = "確認したところ|調べたところ|聞いたところ|聞いたら|調べたら|したところ|もちろん|勿論|もちろんです|当然|忘れてました|忘れていました|忘れてた|忘れとつた|忘れとりました|すつかり忘れ|了承済み|承諾済み|許可済み|了解済み|承認済み|了承して|許可して|相違ない|相違ありません|相違ございません|記憶|平気|平気です|子ども|子供|こども|頼まれ|お願いされ|落とし|振込|のぶん|たぶんだわ|です|ですよ|ですわ|ですね|ですので|ですから|でした|でしたよ|でしたね|でございます|だよ|だね|だわ|だけど|だつた|だつたよ|だつたわ|だ|じや|じやよ|じやつた|じやわ|や|やで|やね|やわ|やつた|やつたわ|ですけど|ですが|なので|のです|んです|んや|んよ|のよ|ねん|" +
		"は|が|を|に|も|で|と|の|よ|ね|わ|から|まで|より|だけ|など|って|つて|には|では|のは|のも|とも|" +
		"これ|それ|あれ|この|その|あの|こちら|そちら|こちらは|ここ|さつき|きのう|けさ|ゆうべ|さきほど|ついさつき|こないだ|このあいだ|このまえ|おとつい|せんじつ|きょう|きよう|おととい|いま|せんげつ|" +
		"いれたんじや|いれたんや|いれたんだ|確認したら|聞いたら|聞いてみたら|いれた|いれたん|へい|ほい|あいよ|へえ|おつす|問題なし|心配なし|異常なし|あり|間違いなし|けん|けえ|さかい|から|けど|じゃけん|孫|小遣い|お小遣い|こづかい|買い物だわ|お土産|お昼|使うた|使うたん|使うたんじや|うたん|やつたん|やつたんだ|やつたんや|したん|払い出し|払出し|したもの|したものです|やりました|支払い|支払いました|買つたもの|で利用|御座います|御座いました|はい|ええ|うん|ああ|あ|あつ|おう|おお|ありがとう|ありがとうございます|すみません|すいません|ごめん|ごめんなさい|みたい|みたいです|みたいだ|そうです|ようです|らしい|らしいです|つす|やつたわ|したわ|してたわ|だつたみたい|でしたわ|なんです|ごめんね|そう|そうです|そうだ|そうそう|ほんとに|ほんとう|たしかに|確かに|間違いなく|間違いない|間違いないです|間違いありません|間違いございません|問題ない|問題ないです|問題ありません|問題ございません|心配ない|心配いらん|心配いりません|心配ありません|心配無用|心配しないで|大丈夫|だいじようぶ|だいじよぶ|よろしく|安心して|ください|下さい|ごあんしんください|" +
		"私|自分|本人|俺|おれ|おれおれ|僕|ぼく|わし|わい|うち|わて|おら|わ|あたい|うちら|ご|お|さん|ちやん|" +
		"身に|みに|覚え|覚えあり|覚えあります|覚えありますよ|覚えありました|覚えある|覚えがある|覚えてる|覚えてます|覚えています|覚えとる|覚えております|覚えありやす|覚えあるわ|覚えあるで|あるわ|あるで|ありやす|あつたわ|あるねん|あるけん|心当たり|こころあたり|心あたり|見覚え|みおぼえ|あり|ある|あるよ|あります|ありますよ|ありました|あつた|ございます|ございました|思い出し|思い出しました|思い出した|知つてる|知つてます|知つています|知つとる|把握して|承知して|おります|います|いました|いた|る|てる|てます|ています|ております|" +
		"使つた|使いました|使うたやつ|つこた|つこうた|使うたんや|使つたみたい|使つたそう|払つたそう|使つたらしい|つかつた|使つてる|使つてます|使つています|使つとる|使うた|使つ|使い|利用した|利用しました|利用いたしました|いたしました|致しました|した|したよ|しました|しましたよ|したぶん|した分|したやつ|したもの|してます|しています|やりました|やつた|やつたやつ|やつてる|買つた|買いました|かいました|かつた|払つた|払いました|払うた|はらいました|はらつた|支払つた|支払いました|チャージ|ちやーじ|引き出した|引き出しました|下ろした|下ろしました|おろした|おろしました|入れた|入れました|頼んだ|頼まれて|たのまれて|つないだ|登録した|申し込んだ|申し込みました|もうしこみました|契約しました|申込みました|買い物|かいもの|支払い|払い|引落|引落し|引落しです|やつ|やつです|もの|もん|それなら|なら|使わせました|使わせた|買わせました|買わせた|払わせました|払わせた|せや|せやで|せやねん|そや|そやで|ほうや|ぶん|なやつ|な分|なもの|頼んで|もらつた|もらつて|もらいました|払つて|買つて|こと|とき|ため|ちやんと|まちがいなく|オーケー|おーけー|おけ|あつてます|あつています|合つて|合つてる|合つてます|合つています|正しい|笑|わら|おかげさまで|いつも|いつもの|ただしい|" +
		"思い出しました|心配かけました|心配おかけしました|心配をかけました|心配をおかけしました|お騒がせしました|心配いらない|心配いらないよ|心配かけ|心配おかけ|心配をかけ|心配をおかけ|お騒がせ|騒がせ|失礼|いたし|合うとる|合うとります|合うてる|合うてます|合うとるよ|合うとるで|合うとるわ|合うてるで|いらないです|いらんよ|の件|なんだ|なんや|わたす|おいら|" +
		"不正じやない|不正じやないです|不正ではない|不正ではないです|不正ではありません|詐欺じやない|詐欺ではない|詐欺ではありません"
	// Kanji that deny, or leave open.
	mineNever = "無不未非否嘘違疑怪変誰詐盗騙勝他第別犯罪害消減抜奪"

	mineEnglish = "every each always often usually regularly sorry can totally absolutely definitely certainly obviously course indeed surely i me my mine myself own am is are was were it this that these those one ones the a an and so all just only topping groceries yes yeah yep yup yea ok okay fine good great sure correct right true thats real really legit legitimate safe expected normal usual hi hello thanks thank you do did have has had been be by for from of to in on at with as too also both" +
		" thing things charges whoops fee tickets checking asking lessons tuition nursery kindergarten cinema concert hairdresser tax taxes pension loan mortgage parking made make paid pay bought buy used use using authorised authorized authorise authorize approve approved recognise recognize recognised recognized know knew remember set up top topped charge charged charging link linked links registered added add ordered order spent took withdrew sent transferred signed subscribed bill rent something permission monthly yearly annual weekly regular recurring subscription subscriptions says said told ticket train groceries lunch dinner coffee shopping shop store phone gas" +
		" payment payments purchase purchases transaction transactions debit debits transfer wallet app account bank card money yen paypay docomo barai merpay kyash edy rakuten line pay mercari famipay aupay wife wifes husband husbands son sons daughter daughters mother mum mom father dad family we us our ours he she her his they konbini supermarket market store stores mall station restaurant cafe bakery pharmacy chemist hairdresser dentist doctor petrol fuel lawson familymart about today yesterday morning last night week monday tuesday wednesday thursday friday saturday sunday online there then now again earlier before lol haha confirm confirmed everything relax calm down ah buying shopping getting paying using connect connecting connected opened open started initiated requested placed agreed agree genuine game games lunch subscription convenience buy bus taxi movie gift present book books clothes medicine while when out went rent utilities electricity water internet netflix amazon spotify apple google uber insurance school fees club gym donation dinner drinks parking toll thanks no_need usual wallet docomo weekend trip hotel flight aware withdrawal withdrawals deduction deductions bill bills any subscriptions medicines parking know knew done nothing_wrong morning afternoon evening mums dads sons moms partner partners grandson granddaughter grandsons allowance pocket fine problem worries here please worry worrying fuss bother alarm its i'm for about together trouble usual weekly concern ignore" +
		" the_one_who the_person_who me_who not_fraud not_a_fraud not_fraudulent not_a_scam not_stolen not_suspicious not_hacked i_know_what_it_is i_know_what_that_is i_know_what_this_is know_what_it_is know_what_that_is know_what_this_was know_what_it_was know_who_it_was sorry_for_the_trouble usual_top_up together no_problem no_worries no_problems do_not_worry not_to_worry no_need_to_worry do_not_panic nothing_to_worry nothing_wrong no_cause_for_concern"
)

// certain tells whether nothing in a text speaks against "it was me".
func certain(text string) bool {
	text = strings.ToLower(norm.NFKC.String(text))
	if !strings.ContainsFunc(text, isJapanese) {
		return certainEnglish(text)
	}
	for _, s := range sentences(text) {
		if !certainJapanese(s) {
			return false
		}
	}
	return true
}

// certainJapanese reads one sentence: the words of two could be put together to
// another that is none of the list.
func certainJapanese(text string) bool {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Hiragana, r) }) {
		// Katakana is a name then; alone it may be anybody's way to write.
		text = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Katakana, r) || r == 'ー' {
				return ' '
			}
			return r
		}, text)
	}
	text = noun.ReplaceAllString(text, "$1$2")
	left := mine.words.Replace(kana(text, false))
	return !strings.ContainsFunc(left, func(r rune) bool { return unicode.Is(unicode.Hiragana, r) }) && !strings.ContainsAny(left, mineNever)
}

// bought is what somebody says that they bought, whatever it is.
var bought = regexp.MustCompile(`\b(bought|buying|buy|ordered|purchased|paid for|paying for) ((?:a|an|some|the|my|our|his|her|their|new) )*(\w+)`)

func certainEnglish(text string) bool {
	text = bought.ReplaceAllStringFunc(english(text, false), func(s string) string {
		if i := strings.LastIndexByte(s, ' '); !strings.Contains(" nothing none no never not neither nor without anything something ", s[i:]+" ") {
			return s[:i]
		}
		return s
	})
	text = mine.phrases.Replace(text)
	for w := range strings.FieldsSeq(text) {
		if !mine.known[w] && strings.ContainsFunc(w, unicode.IsLetter) {
			return false
		}
	}
	return true
}

func isJapanese(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) }

// noun is a letter of a noun between its kanji: 飲み会, 買い物.
var noun = regexp.MustCompile(`(\p{Han})[みりしきいえけげせめれちび](\p{Han})`)

// mine is filled with the other tables.
var mine struct {
	words, phrases *strings.Replacer
	known          map[string]bool
}

func fillMine() {
	list := strings.Split(mineJapanese, "|")
	for i := range list {
		list[i] = kana(list[i], false)
	}
	// The longest word at a place is the one that stands there.
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, w := range slices.Compact(list) {
		pairs = append(pairs, w, "")
	}
	mine.words = strings.NewReplacer(pairs...)
	mine.known, pairs = map[string]bool{}, nil
	for w := range strings.FieldsSeq(mineEnglish) {
		mine.known[w] = true
		if strings.Contains(w, "_") {
			pairs = append(pairs, " "+strings.ReplaceAll(w, "_", " ")+" ", "  ")
		}
	}
	mine.phrases = strings.NewReplacer(pairs...)
}
