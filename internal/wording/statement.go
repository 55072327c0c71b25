package wording

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/quote"
	"kozamori/internal/watch"
)

// FieldFiles is the field of the files that are to be looked through.
const FieldFiles = "files"

// DoLook asks for a look through files.
const DoLook = "look"

// StatementPath is the page that looks through statements, below an account's.
const StatementPath = "/statement"

// FileFault is why a file was not read.
type FileFault string

// The faults.
const (
	FileKind   FileFault = "kind"   // a PDF, a picture, a spreadsheet
	FileText   FileFault = "text"   // no text in a known writing
	FileHeader FileFault = "header" // no statement
	FileLarge  FileFault = "large"
	FileEmpty  FileFault = "empty"
)

// LookedFile is a file and how it was read.
type LookedFile struct {
	Name    quote.Text
	Fault   FileFault // empty if it was read
	Layout  string    // whose, if it is known
	Rows    int
	Unread  []int // lines that could not be read
	Misfits []int // lines at which balances or totals do not fit
}

// LookedDebit is a debit of a payment service.
type LookedDebit struct {
	Day     time.Time
	Yen     int64
	Text    quote.Text
	Service string
	Other   string // what else it may be, in Japanese
	Pending bool
	Kept    bool   // it is on record
	Link    string // to the page of what is on record, if it is to be answered there
	// Reported tells that it was answered "not mine". Choice is its number among
	// those that can be ticked, from 1; 0 if it cannot.
	Reported bool
	Choice   int
	Ticked   bool
}

// StatementFacts is what the page that looks through statements is worded from.
type StatementFacts struct {
	View        AccountView
	Home        string
	MaxMB       int  // of all files together
	Looked      bool // there is a result
	Files       []LookedFile
	First, Last time.Time
	Rows, Again int
	Services    []LookedService
	Debits      []LookedDebit // newest first
	Gaps        []time.Time   // months without a row
	Accounts    int           // that the files speak of, as far as they say
	OtherBank   string        // whose layout a file has, if that is not the account's bank
	NamedBank   string        // whose account a file says that it is of, if that is not the account's bank: a name, or a code
	// OtherAccount tells that the files name an account that does not seem to be this
	// one, and Ask that the person was asked about that.
	OtherAccount, Ask bool
	Packed            string // the debits that can be ticked, as the form carries them
	Unsure, Unticked  bool   // what a form lacked
}

var (
	tsName       = text{ja: "口座守：明細を調べる", en: "Kozamori: look through statements"}
	tsTitle      = text{ja: "過去の明細を調べる", en: "Look through past statements"}
	tGoStatement = text{ja: "銀行の明細から、決済サービスの引き落としを探します", en: "Find debits by payment services in your bank's statements"}
	tsIntro      = text{ja: "銀行のサイトからダウンロードした入出金明細（CSV）を選んでください。決済サービスの引き落としがあるかを、その場で調べます。", en: "Choose statements (CSV) that you downloaded from your bank's site. We look at once whether payment services took money."}
	tsForget     = text{ja: "ファイルの内容は調べるためだけに読みます。あなたが選ばないかぎり、保存しません。", en: "The files are read for this only, and nothing of them is kept unless you ask for it."}
	tsField      = text{ja: "ファイル", en: "Files"}
	tsHint       = text{ja: "いくつでも選べます（合わせて%dMBまで）。全銀形式、camt（XML）も読めます。", en: "Choose as many as you like (up to %d MB together). Zengin files and camt (XML) are read as well."}
	tsButton     = text{ja: "調べる", en: "Look through them"}
	tsAgain      = text{ja: "ほかのファイルを調べる", en: "Look through other files"}

	tsLooked    = text{ja: "%[1]sから%[2]sまで、%[3]d行を調べました", en: "We looked at %[3]d rows, from %[1]s to %[2]s"}
	tsFound     = text{ja: "決済サービスの引き落としは%[1]d件、合計%[2]sです。", en: "Debits by payment services: %[1]d, %[2]s in all."}
	tsNothing   = text{ja: "調べられる行がありませんでした", en: "There was no row to look at"}
	tsFoundNone = text{ja: "決済サービスの引き落としは見つかりませんでした。", en: "No debit of a payment service was found."}
	tsNoProof   = text{ja: "この結果で分かるのは、このファイルのことだけです。前後の期間、ほかの口座、カードの利用については分かりません。口座守が知らないサービスは見つけられません。", en: "This speaks of these files only. It says nothing of the time before and after them, of other accounts or cards, and services that Kozamori does not know are not found."}
	tsOverlap   = text{ja: "ほかのファイルと重なる%d行は、一度だけ数えました。", en: "%d rows that another file held as well were counted once."}
	tsGaps      = text{ja: "行のない月があります：%s。その月の明細も調べてください。", en: "Months without a row: %s. Please look through those as well."}
	tsMonths    = text{ja: "%[1]sから%[2]s", en: "%[1]s to %[2]s"}
	tsMonth     = text{ja: "1月", en: "January"} // a time layout
	tsAccounts  = text{ja: "ファイルには、口座が%dつあるようです。すべてご自分の口座か、確かめてください。", en: "The files seem to be of %d accounts. Please make sure that all of them are yours."}
	tsOther     = text{ja: "%[1]sの形式のファイルがあります。この口座は%[2]sです。ご自分の明細か、確かめてください。", en: "One of the files has the layout of %[1]s, and this account is with %[2]s. Please make sure that it is yours."}
	tsNamed     = text{ja: "ファイルには、ほかの銀行（%[1]s）の口座と書かれています。この口座は%[2]sです。ご自分の明細か、確かめてください。", en: "One of the files says that it is of an account with another bank (%[1]s), and this account is with %[2]s. Please make sure that it is yours."}
	tsUnknown   = text{ja: "心当たりのない引き落としがあったら、すぐに銀行へ電話してください。電話番号は「困ったとき」にあります。", en: "If any of these was not you, call your bank at once. The numbers are under \"I need help\"."}

	tsSumCount   = text{ja: "回数", en: "Debits"}
	tsSumTotal   = text{ja: "合計", en: "In all"}
	tsSumLargest = text{ja: "最大", en: "The largest"}
	tsSumSpan    = text{ja: "最初と最後", en: "First and last"}
	tsCount      = text{ja: "%d件", en: "%d"}
	tsSpan       = text{ja: "%[1]s ～ %[2]s", en: "%[1]s to %[2]s"}
	tsDebits     = text{ja: "引き落とし（新しい順）", en: "The debits, newest first"}
	tsMore       = text{ja: "ほかに%d件あります。期間を分けて調べてください。", en: "There are %d more. Please look through a shorter time."}
	tsOr         = text{ja: "%[1]s（または%[2]s）", en: "%[1]s (or %[2]s)"}
	tsPending    = text{ja: "未確定", en: "pending"}

	tsFiles      = text{ja: "ファイルの読み取り", en: "How the files were read"}
	tsRead       = text{ja: "%[1]s、%[2]d行", en: "%[1]s, %[2]d rows"}
	tsByNames    = text{ja: "列の名前から読みました", en: "read by the names of its columns"}
	tsUnread     = text{ja: "%[1]s：読めなかった行が%[2]dあります（%[3]s）。この行は調べていません。", en: "%[1]s: %[2]d rows could not be read (lines %[3]s). They were not looked at."}
	tsMisfit     = text{ja: "%[1]s：残高や合計のつながらないところがあります（%[3]s行目、%[2]dか所）。行が抜けているかもしれません。", en: "%[1]s: balances or totals do not fit at %[2]d places (lines %[3]s). Rows may be missing."}
	tsFaultKind  = text{ja: "読めませんでした。PDF、画像、表計算のファイルは読めません。銀行のサイトで、CSVをダウンロードしてください。", en: "Not read. PDFs, pictures and spreadsheets cannot be read. Please download a CSV at your bank's site."}
	tsFaultText  = text{ja: "読めませんでした。文字として読めないところが多すぎます。銀行からダウンロードしたままのファイルを選んでください。", en: "Not read. Too much of it is no text. Please choose the file as the bank gave it."}
	tsFaultHead  = text{ja: "読めませんでした。日付、摘要、出金の列が見つかりません。入出金明細のファイルか、確かめてください。", en: "Not read. It has no columns for the day, the text and the money that went out. Please check that it is a statement."}
	tsFaultLarge = text{ja: "合わせて%dMBを超えるファイルは読めません。期間を分けて選んでください。", en: "More than %d MB cannot be read at once. Please choose a shorter time."}
	tsFaultEmpty = text{ja: "空のファイルです。", en: "The file is empty."}
	tsNoFile     = text{ja: "ファイルが選ばれていません。", en: "No file was chosen."}
)

// maxDebits is how many debits the page lists, and linesNamed how many lines it names.
const (
	maxDebits  = 300
	linesNamed = 10
	maxBar     = 8 // of the longest bar, in letters: as many as a narrow phone shows on a line at twice the size
)

// StatementPage asks for statements, or says what came of them.
func StatementPage(f StatementFacts) message.Page {
	lang := langOf(f.View.Lang)
	form := message.Form{Do: DoLook, Label: tsButton.in(lang), Style: message.Primary,
		Fields: []message.Field{{Kind: message.FieldFile, Name: FieldFiles, Label: tsField.in(lang), Hint: tsHint.in(lang, f.MaxMB)}}}
	if f.Unsure || f.Unticked {
		p := plainPage(lang, tsName, tsTitle, f.View.Title())
		p.Notice = pick(f.Unsure, tsUnsure, tsUnticked).in(lang)
		p.Parts = append(append(p.Parts, f.debits(lang)...), backTo(lang, f.Home))
		return p
	}
	if !f.Looked {
		p := plainPage(lang, tsName, tsTitle, f.View.Title(), tsIntro.in(lang), tsForget.in(lang))
		p.Parts[0].Forms = []message.Form{form}
		p.Parts = append(p.Parts, backTo(lang, f.Home))
		return p
	}
	p := f.summary(lang)
	if f.OtherAccount {
		p.Parts[0].Text = append(p.Parts[0].Text, tsOtherAcct.in(lang, f.View.Mask.Line()))
	}
	for i := range f.Services {
		p.Parts = append(p.Parts, message.Part{Message: f.Services[i].part(lang)})
	}
	p.Parts = append(p.Parts, f.debits(lang)...)
	p.Parts = append(p.Parts, message.Part{Message: f.files(lang)},
		message.Part{Message: message.Message{Lang: string(lang), Title: tsAgain.in(lang), Text: []string{tsForget.in(lang)}}, Forms: []message.Form{form}},
		backTo(lang, f.Home))
	return p
}

// StatementRefused is the page again, with why nothing was looked at.
func StatementRefused(f StatementFacts, fault FileFault) message.Page {
	lang := langOf(f.View.Lang)
	f.Looked = false
	p := StatementPage(f)
	p.Notice = tsNoFile.in(lang)
	if fault == FileLarge {
		p.Notice = tsFaultLarge.in(lang, f.MaxMB)
	}
	return p
}

func (f *StatementFacts) summary(lang watch.Lang) message.Page {
	if f.Rows == 0 {
		return plainPage(lang, tsName, tsNothing)
	}
	p := plainPage(lang, tsName, tsTitle)
	m := &p.Parts[0].Message
	m.Title = tsLooked.in(lang, f.First.Format(tDate.in(lang)), f.Last.Format(tDate.in(lang)), f.Rows)
	if n := 0; len(f.Services) > 0 {
		var yen int64
		for _, s := range f.Services {
			n, yen = n+s.Count, yen+s.Total
		}
		m.Text = append(m.Text, tsFound.in(lang, n, Yen(lang, yen)), tsUnknown.in(lang))
	} else {
		m.Text = append(m.Text, tsFoundNone.in(lang))
	}
	if f.OtherBank != "" {
		m.Text = append(m.Text, tsOther.in(lang, f.OtherBank, f.View.BankName))
	}
	if f.NamedBank != "" {
		m.Text = append(m.Text, tsNamed.in(lang, f.NamedBank, f.View.BankName))
	}
	if f.Accounts > 1 {
		m.Text = append(m.Text, tsAccounts.in(lang, f.Accounts))
	}
	if len(f.Gaps) > 0 {
		m.Text = append(m.Text, tsGaps.in(lang, listed(lang, spans(lang, f.Gaps))))
	}
	if f.Again > 0 {
		m.Text = append(m.Text, tsOverlap.in(lang, f.Again))
	}
	m.Text = append(m.Text, tsNoProof.in(lang))
	p.Parts[0].Links = []message.PageLink{{Href: f.Home + "/help", Label: tGoHelp.in(lang), Hint: tGoHelpHint.in(lang)}}
	return p
}

// part is what one service took, with a bar for each month.
func (s *LookedService) part(lang watch.Lang) message.Message {
	s.Name = orElse(s.Name, tTheService.in(lang))
	m := message.Message{Lang: string(lang), Title: s.Name, Text: s.notes(lang), Facts: []message.Fact{
		{Label: tsSumCount.in(lang), Value: tsCount.in(lang, s.Count)},
		{Label: tsSumTotal.in(lang), Value: Yen(lang, s.Total)},
		{Label: tsSumLargest.in(lang), Value: Yen(lang, s.Largest)},
		{Label: tsSumSpan.in(lang), Value: tsSpan.in(lang, s.First.Format(tDate.in(lang)), s.Last.Format(tDate.in(lang)))}}}
	most := int64(1)
	for _, x := range s.Months {
		most = max(most, x.Yen)
	}
	sort.Slice(s.Months, func(i, j int) bool { return s.Months[i].Month.Before(s.Months[j].Month) })
	for _, x := range s.Months {
		bar := strings.Repeat("▇", int(max(1, maxBar*(x.Yen/1000)/max(1, most/1000))))
		m.Facts = append(m.Facts, message.Fact{Label: x.Month.Format(tHistMonth.in(lang)), Value: Yen(lang, x.Yen) + " " + bar})
	}
	return m
}

// files says of each file how it was read.
func (f *StatementFacts) files(lang watch.Lang) message.Message {
	m := message.Message{Lang: string(lang), Title: tsFiles.in(lang)}
	for i := range f.Files {
		x := &f.Files[i]
		name, says := x.Name.Quoted(lang == watch.English), tsRead.in(lang, orElse(x.Layout, tsByNames.in(lang)), x.Rows)
		if x.Fault != "" {
			says = fileFault(x.Fault, lang, f.MaxMB)
		}
		m.Facts = append(m.Facts, message.Fact{Label: name, Value: says})
		if len(x.Unread) > 0 {
			m.Text = append(m.Text, tsUnread.in(lang, name, len(x.Unread), some(lang, x.Unread)))
		}
		if len(x.Misfits) > 0 {
			m.Text = append(m.Text, tsMisfit.in(lang, name, len(x.Misfits), some(lang, x.Misfits)))
		}
	}
	return m
}

// fileFault says why a file was not read. A fault that this release does not know is
// that of its columns.
func fileFault(fault FileFault, lang watch.Lang, maxMB int) string {
	switch fault {
	case FileKind:
		return tsFaultKind.in(lang)
	case FileText:
		return tsFaultText.in(lang)
	case FileEmpty:
		return tsFaultEmpty.in(lang)
	case FileLarge:
		return tsFaultLarge.in(lang, maxMB)
	}
	return tsFaultHead.in(lang)
}

// spans names months, those that follow each other together.
func spans(lang watch.Lang, months []time.Time) (out []string) {
	for i := 0; i < len(months); {
		last := i
		for last+1 < len(months) && months[last+1].Equal(months[last].AddDate(0, 1, 0)) {
			last++
		}
		name := months[i].Format(tHistMonth.in(lang))
		if last > i {
			end := months[last].Format(tHistMonth.in(lang))
			if lang != watch.English && months[last].Year() == months[i].Year() {
				end = months[last].Format(tsMonth.in(lang))
			}
			name = tsMonths.in(lang, name, end)
		}
		out, i = append(out, name), last+1
	}
	return out
}

// listed puts a list's items next to each other.
func listed(lang watch.Lang, items []string) string {
	if lang == watch.English {
		return strings.Join(items, ", ")
	}
	return strings.Join(items, "、")
}

// some names the first of some lines.
func some(lang watch.Lang, lines []int) string {
	var out []string
	for _, n := range lines[:min(len(lines), linesNamed)] {
		out = append(out, strconv.Itoa(n))
	}
	if len(lines) > linesNamed {
		out = append(out, "…")
	}
	return listed(lang, out)
}
