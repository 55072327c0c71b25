package statement

import (
	"slices"
	"strings"
)

// layout is the names of the columns of a bank's file, in their order.
type layout struct {
	bank string
	head string
}

// layouts were seen in a real file, or in two sources that do not depend on each
// other.
var layouts = []layout{
	{"三菱UFJ銀行", "日付,摘要,摘要内容,支払い金額,預かり金額,差引残高,メモ,未資金化区分,入払区分"},
	{"三井住友銀行", "年月日,お引出し,お預入れ,お取り扱い内容,残高,メモ,ラベル"},
	{"みずほ銀行", "明細通番,日付,お引出金額,お預入金額,残高,お取引内容"},
	{"ゆうちょ銀行", "取引日,入出金明細ＩＤ,受入金額（円）,払出金額（円）,詳細１,詳細２,現在（貸付）高,"},
	{"楽天銀行", "取引日,入出金(円),取引後残高(円),入出金内容"},
	{"住信SBIネット銀行", "日付,内容,出金金額(円),入金金額(円),残高(円),メモ"},
	{"PayPay銀行", "操作日(年),操作日(月),操作日(日),操作時刻(時),操作時刻(分),操作時刻(秒),取引順番号,摘要,お支払金額,お預り金額,残高,メモ"},
	{"りそな銀行", "レコード区分,年,月,日,時,分,連絡先名,金融機関名,支店名,口座番号区分,口座種別,口座番号,再送表示,取引名,取扱日付　年,取扱日付　月,取扱日付　日,金額,取引後残高,摘要,コメント"},
	{"SBI新生銀行", "取引日,摘要,出金金額,入金金額,残高"},
	{"ソニー銀行", "お取り引き日,摘要,参考情報,お預け入れ額,お引き出し額,差し引き残高"},
	{"ＪＡバンク", "番号,明細区分,取扱日付,起算日,お支払金額,お預り金額,取引区分,残高,摘要"},
	{"地方銀行（ANSER）", "照会口座,番号,勘定日,(起算日),出金金額(円),入金金額(円),小切手区分,残高(円),取引区分,明細区分,金融機関名,支店名,摘要"},
}

// What banks call the columns of their files, the likelier first.
var (
	dayNames     = []string{"日付", "年月日", "取引日", "お取り引き日", "お取引日", "取引年月日", "お取引年月日", "取引日付", "取扱日付", "勘定日", "操作日", "取扱日", "ご利用日", "利用日", "取引日時", "日時", "取引月日", "入出金日", "受払日", "記帳日", "月日", "date", "transactiondate"}
	textNames    = []string{"摘要", "お取り扱い内容", "お取扱内容", "入出金内容", "取引内容", "お取引内容", "内容", "詳細1", "取引名", "ご利用内容", "適用", "入出金先内容", "description", "details", "備考"}
	detailNames  = []string{"摘要内容", "詳細2", "参考情報"}
	outNames     = []string{"支払い金額", "お引出し", "お引き出し額", "お引出金額", "お引出し金額", "払出金額", "出金金額", "お支払金額", "お支払い金額", "支払金額", "お支払額", "支払額", "引出金額", "出金額", "出金", "支払", "払出", "払出額", "引落金額", "引落額", "引落", "払戻金額", "払戻額", "払戻", "withdrawal", "withdrawals", "debit"}
	inNames      = []string{"預かり金額", "お預入れ", "お預け入れ額", "お預入金額", "お預入れ金額", "お預け入れ金額", "受入金額", "入金金額", "お預り金額", "お預かり金額", "預り金額", "預入金額", "お預り額", "入金額", "入金", "お預り", "受入額", "受入", "預入額", "受取金額", "受取額", "受取", "deposit", "deposits", "credit"}
	bothNames    = []string{"金額", "取引金額", "お取引金額", "入出金額", "入出金金額", "入出金"}
	balanceNames = []string{"差引残高", "残高", "現在(貸付)高", "取引後残高", "差し引き残高", "お取引後残高", "balance"}
	sideNames    = []string{"取引名", "入払区分", "入出金区分", "入出金", "明細区分", "取引区分", "区分"}
	accountNames = []string{"照会口座", "口座番号"}
)

// columns is where a file has what; -1 where it has not.
type columns struct {
	day, month, mday             int // month and mday only where a date takes three columns
	text, detail                 int
	out, in, both, side, balance int
	account                      int
	// signed says that a single column of amounts is known to have signs: what
	// has none came in.
	signed bool
	// sideDigits says that the column of the side is 全銀's: 1 is in, 2 is out.
	sideDigits bool
}

// name is a heading without its unit, in the one way that the lists write it.
func name(heading string) string {
	return strings.ToLower(strings.ReplaceAll(plain(strings.Trim(heading, "\"' \uFEFF")), " ", ""))
}

// stem is a name as all spellings of it have it: お引き出し額, 引出額 and お引出し額(円)
// are one word to people.
func stem(name string) string {
	if i := strings.IndexByte(name, '('); i > 0 && strings.HasSuffix(name, ")") {
		name = name[:i]
	}
	return strings.TrimPrefix(strings.Map(func(r rune) rune {
		if r >= 'ぁ' && r <= 'ゖ' {
			return -1
		}
		return r
	}, name), "御")
}

// column finds the first of some names: whole, or with a unit behind it; or else as it
// is spelt by others.
func column(head, names []string) int {
	if i := spelt(head, names); i >= 0 {
		return i
	}
	stems := make([]string, len(head))
	for i, h := range head {
		if !strings.HasPrefix(h, "操作日(") { // its year, its month, its day
			stems[i] = stem(h)
		}
	}
	for _, n := range names {
		if i := slices.Index(stems, stem(n)); i >= 0 {
			return i
		}
	}
	return -1
}

func spelt(head, names []string) int {
	for _, n := range names {
		for i, h := range head {
			if h == n || strings.HasPrefix(h, n+"(") && h != "操作日(月)" && h != "操作日(日)" {
				return i
			}
		}
	}
	return -1
}

// apart finds a year, a month and a day that stand next to each other in columns of
// their own, as 年, 取引年 or 操作日(年): of several those that the column of the day is
// one of, if there is one. It is -1 if none do.
func apart(head []string, of int) int {
	ends := func(i int, with string) bool { return strings.HasSuffix(strings.TrimSuffix(head[i], ")"), with) }
	for i := 0; i+2 < len(head); i++ {
		if ends(i, "年") && ends(i+1, "月") && ends(i+2, "日") && (of < 0 || of >= i && of < i+3) {
			return i
		}
	}
	return -1
}

func find(head []string) (c columns, ok bool) {
	c = columns{day: column(head, dayNames), month: -1, mday: -1, text: column(head, textNames), detail: column(head, detailNames),
		out: column(head, outNames), in: column(head, inNames), both: column(head, bothNames), side: column(head, sideNames),
		balance: column(head, balanceNames), account: column(head, accountNames)}
	if i := slices.Index(head, "取扱日付年"); i >= 0 {
		c.day = i
	}
	if i := apart(head, c.day); i >= 0 {
		c.day, c.month, c.mday = i, i+1, i+2
	}
	if c.out >= 0 || c.in >= 0 {
		c.both = -1
	}
	if c.both == c.side { // 入出金 is an amount, unless there is one besides
		c.side = -1
	}
	if c.side >= 0 {
		c.sideDigits = head[c.side] == "入払区分" || head[c.side] == "入出金区分"
	}
	return c, c.day >= 0 && c.text >= 0 && (c.out >= 0 || c.both >= 0)
}

// least is how many fields a row has at least: up to the last column that is
// read.
func (c *columns) least() int {
	return 1 + max(c.day, c.month, c.mday, c.text, c.detail, c.out, c.in, c.both, c.balance, c.account)
}

// dayOf reads the day of a row.
func (c *columns) dayOf(rec []string) (date, error) {
	if c.day >= len(rec) || c.mday >= len(rec) {
		return date{}, errDay
	}
	if c.month >= 0 {
		if d, err := day(rec[c.mday]); err == nil && d.Year != 0 {
			return d, nil // a whole day next to its year and its month
		}
		return day(plain(rec[c.day]) + "/" + plain(rec[c.month]) + "/" + plain(rec[c.mday]))
	}
	return day(rec[c.day])
}

// isRow tells whether a row stands for a day.
func (c *columns) isRow(rec []string) bool {
	_, err := c.dayOf(rec)
	return err == nil
}

// known tells whose layout it is.
func known(head []string) (whose string, ok bool) {
	trim := func(h []string) []string {
		for len(h) > 0 && h[len(h)-1] == "" {
			h = h[:len(h)-1]
		}
		return h
	}
	for _, l := range layouts {
		want := strings.Split(l.head, ",")
		for k := range want {
			want[k] = name(want[k])
		}
		if slices.Equal(trim(head), trim(want)) {
			return l.bank, true
		}
	}
	return "by the names of its columns", false
}

// accountAbove is what the lines above the columns call the account: the digits
// of those that speak of it.
func accountAbove(lines []string) string {
	var out []string
	for _, l := range lines {
		if !strings.ContainsAny(l, "号店") && !strings.Contains(l, "口座") {
			continue
		}
		if digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, plain(l)); digits != "" {
			out = append(out, digits)
		}
	}
	return strings.Join(out, "-")
}
