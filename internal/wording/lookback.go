package wording

import (
	"slices"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// LookedService is what a payment service took, as far as statements tell.
type LookedService struct {
	Name           string
	First, Last    time.Time // days in Japan; zero if they are not known
	Count          int
	Total, Largest int64
	Doubtful       int // of Count: that may be another payment
	Months         []MonthSum
	Claims         []ClaimFact
	At             time.Time // of which the days are counted that are left
}

// MonthSum is what was taken in a month.
type MonthSum struct {
	Month time.Time
	Yen   int64
}

// PastedFacts is what lines that a person pasted came to.
type PastedFacts struct {
	Lang     watch.Lang
	Lines    int
	Services []LookedService
}

var (
	tlFound     = text{ja: "決済サービスの引き落としと読める行があります", en: "Some of these lines read as debits of payment services"}
	tlFoundOne  = text{ja: "%sの引き落としと読める行です", en: "This reads as a debit of %s"}
	tlAlt       = text{ja: "明細を調べました", en: "We looked through your lines"}
	tlLines     = text{ja: "%d行を調べました。「入金」と書かれていない行は、引き落としとして読んでいます。", en: "We looked at %d lines. Those that do not say that money came in were read as debits."}
	tlCountYen  = text{ja: "%[1]d件・%[2]s", en: "%[1]d, %[2]s"}
	tlDoubtful  = text{ja: "%[1]s：うち%[2]d件は、別の支払いかもしれません。", en: "%[1]s: %[2]d of them may be another payment."}
	tlUnknownTo = text{ja: "心当たりがないときは、すぐに銀行へ連絡してください。", en: "If this was not you, please call your bank at once."}
	tlNotKept   = text{ja: "送られた行は、お知らせや履歴に加えていません。", en: "These lines were not added to your alerts or your history."}
	tlNone      = text{ja: "決済サービスの引き落としは見つかりませんでした", en: "No debit of a payment service was found"}
	tlNoProof   = text{ja: "この結果で分かるのは、送られた行のことだけです。ほかの期間、ほかの口座、カードの利用については分かりません。口座守が知らないサービスは見つけられません。", en: "This speaks of these lines only. It says nothing of other times, other accounts or cards, and services that Kozamori does not know are not found."}

	tlFile       = text{ja: "明細のファイルは、ページで調べられます", en: "A page looks through statements"}
	tlFileHow    = text{ja: "トークに送られたファイルは、開いておらず、保存もしていません。下のボタンで開くページの「%s」から、同じファイルを選んでください。", en: "The file that you sent here has not been opened or kept. Please choose it again under \"%s\" on the page that the button opens."}
	tlFileBig    = text{ja: "このファイルは%[1]dMBを超えています。%[1]dMBまでになるように、期間を分けてダウンロードしてください。", en: "This file is larger than %[1]d MB. Please download a shorter time, of at most %[1]d MB."}
	tlFileKind   = text{ja: "PDF、画像、表計算のファイルは読めません。銀行のサイトで、CSVをダウンロードしてください。", en: "PDFs, pictures and spreadsheets cannot be read. Please download a CSV at your bank's site."}
	tlFileUnread = text{ja: "読めなかった行が%dあります。この行は調べていません。", en: "Rows that could not be read, and were not looked at: %d."}
	tlFileMisfit = text{ja: "残高や合計のつながらないところがあります。行が抜けているかもしれません。", en: "Balances or totals do not fit in places: rows may be missing."}
	tlFileKept   = text{ja: "ファイルの内容は保存していません。引き落としをひとつずつ見て、身に覚えのないものを届け出るには、下のボタンで開くページの「%s」から、同じファイルを選んでください。", en: "Nothing of the file was kept. To see each debit, and to report what was not you, please choose the same file under \"%s\" on the page that the button opens."}
	tlFileOther  = text{ja: "ファイルの内容は保存していません。ほかのファイルは、ここに送るか、下のボタンで開くページの「%s」から選んでください。", en: "Nothing of the file was kept. Please send another file here, or choose one under \"%s\" on the page that the button opens."}
	tlFileOpen   = text{ja: "ページを開く", en: "Open the page"}

	tlClaimNotice = text{ja: "%[1]s：届け出の期限は、気づいた日から%[2]d日以内です（%[3]s現在）。", en: "%[1]s: to be claimed within %[2]d days of noticing it (as of %[3]s)."}
	tlClaimLoss   = text{ja: "%[1]s：届け出の期限は、引き落としの日から%[2]d日以内です（%[3]s現在）。", en: "%[1]s: to be claimed within %[2]d days of the debit (as of %[3]s)."}
	tlClaimUntil  = text{ja: "%[1]s：最後の引き落としについては、%[4]sまでに届け出てください。%[6]sの時点で、あと%[5]d日です（引き落としの日から%[2]d日以内。%[3]s現在）。", en: "%[1]s: for the latest debit, claim by %[4]s; days left on %[6]s: %[5]d (within %[2]d days of the debit, as of %[3]s)."}
	tlClaimToday  = text{ja: "%[1]s：最後の引き落としについては、今日（%[4]s）までに届け出てください（引き落としの日から%[2]d日以内。%[3]s現在）。", en: "%[1]s: for the latest debit, claim today, %[4]s (within %[2]d days of the debit, as of %[3]s)."}
	tlClaimOver   = text{ja: "%[1]s：引き落としの日から%[2]d日以内という期限（%[3]s現在）は過ぎています。それでも銀行に相談してください。", en: "%[1]s: the %[2]d days from the debit (as of %[3]s) are over. Please ask your bank all the same."}
	tlClaimNone   = text{ja: "%s：届け出の期限は分かっていません。サービスと銀行に確かめてください。", en: "%s: until when it can be claimed is not known here. Please ask the service and your bank."}
)

// Pasted answers lines of a statement that were pasted into the chat.
func Pasted(f PastedFacts) message.Message {
	lang := langOf(f.Lang)
	if len(f.Services) == 0 {
		m := chat(lang, tlAlt.in(lang), tlNone.in(lang), tlLines.in(lang, f.Lines), tlNoProof.in(lang), tlNotKept.in(lang))
		m.Choices = choices(lang, CmdNotMe, CmdPhone, CmdGuide)
		return m
	}
	title := tlFound.in(lang)
	if len(f.Services) == 1 {
		title = tlFoundOne.in(lang, orElse(f.Services[0].Name, tTheService.in(lang)))
	}
	m := chat(lang, tlAlt.in(lang), title, tlUnknownTo.in(lang))
	for i := range f.Services {
		s := &f.Services[i]
		s.Name = orElse(s.Name, tTheService.in(lang))
		m.Facts = append(m.Facts, message.Fact{Label: s.Name, Value: tlCountYen.in(lang, s.Count, Yen(lang, s.Total))})
		m.Text = append(m.Text, s.notes(lang)...)
	}
	m.Text = append(m.Text, tlLines.in(lang, f.Lines), tlNotKept.in(lang))
	m.Choices = choices(lang, CmdPhone, CmdNotMe, CmdGuide)
	return m
}

// notes say what is doubtful of a service's debits, and until when they can be
// claimed.
func (s *LookedService) notes(lang watch.Lang) (out []string) {
	if s.Doubtful > 0 {
		out = append(out, tlDoubtful.in(lang, s.Name, s.Doubtful))
	}
	for _, c := range s.Claims {
		switch {
		case !c.FromLoss:
			out = append(out, tlClaimNotice.in(lang, s.Name, c.Days, month(lang, c.AsOf)))
		case c.Until.IsZero():
			out = append(out, tlClaimLoss.in(lang, s.Name, c.Days, month(lang, c.AsOf)))
		case c.Over:
			out = append(out, tlClaimOver.in(lang, s.Name, c.Days, month(lang, c.AsOf)))
		case DaysUntil(c.Until, s.At) <= 0:
			out = append(out, tlClaimToday.in(lang, s.Name, c.Days, month(lang, c.AsOf), Date(lang, c.Until)))
		default:
			out = append(out, tlClaimUntil.in(lang, s.Name, c.Days, month(lang, c.AsOf), Date(lang, c.Until), DaysUntil(c.Until, s.At), dayOf(lang, s.At)))
		}
	}
	if len(s.Claims) == 0 {
		out = append(out, tlClaimNone.in(lang, s.Name))
	}
	return out
}

// MaxFileMB is how large the files may be that are looked through at once.
const MaxFileMB = 4

// unreadable are the endings of files that hold no text.
var unreadable = []string{"pdf", "xls", "xlsx", "zip", "png", "jpg", "jpeg", "gif", "heic", "webp", "numbers", "doc", "docx"}

// FileSent answers a file that was sent into the chat, of so many bytes and with an
// ending of its name: the page that link opens looks through statements.
func FileSent(lang watch.Lang, link string, bytes int64, ending string) message.Message {
	lang = langOf(lang)
	m := chat(lang, tlFile.in(lang), tlFile.in(lang))
	switch {
	case FileReadable(bytes, ending):
	case slices.Contains(unreadable, ending):
		m.Text = append(m.Text, tlFileKind.in(lang))
	default:
		m.Text = append(m.Text, tlFileBig.in(lang, MaxFileMB))
	}
	m.Text = append(m.Text, tlFileHow.in(lang, tsTitle.in(lang)), tcSettingsOnce.in(lang, minutes(watch.DoorFor)))
	m.Buttons = []message.Button{{Label: tlFileOpen.in(lang), Style: message.Primary, URL: link}}
	return m
}

// FileReadable tells whether a file of so many bytes, and with an ending of its name, is
// looked through.
func FileReadable(bytes int64, ending string) bool {
	return bytes <= MaxFileMB<<20 && !slices.Contains(unreadable, ending)
}

// FileFacts is what a file that was sent into the chat came to.
type FileFacts struct {
	Lang                  watch.Lang
	Link                  string    // to the page on which its rows are shown
	Fault                 FileFault // empty if it was read
	First, Last           time.Time // days in Japan
	Rows, Unread, Misfits int
	Services              []LookedService
}

// FileLooked answers a file that was looked through.
func FileLooked(f FileFacts) message.Message {
	lang := langOf(f.Lang)
	m := chat(lang, tlAlt.in(lang), tsNothing.in(lang))
	if f.Rows > 0 {
		m.Title = tsLooked.in(lang, f.First.Format(tDate.in(lang)), f.Last.Format(tDate.in(lang)), f.Rows)
	}
	count, yen := 0, int64(0)
	for i := range f.Services {
		s := &f.Services[i]
		s.Name = orElse(s.Name, tTheService.in(lang))
		count, yen = count+s.Count, yen+s.Total
		m.Facts = append(m.Facts, message.Fact{Label: s.Name, Value: tlCountYen.in(lang, s.Count, Yen(lang, s.Total))})
	}
	switch {
	case f.Fault != "":
		m.Text = append(m.Text, fileFault(f.Fault, lang, MaxFileMB))
	case count > 0:
		m.Text = append(m.Text, tsFound.in(lang, count, Yen(lang, yen)), tlUnknownTo.in(lang))
	case f.Rows > 0:
		m.Text = append(m.Text, tsFoundNone.in(lang), tsNoProof.in(lang))
	}
	if f.Unread > 0 {
		m.Text = append(m.Text, tlFileUnread.in(lang, f.Unread))
	}
	if f.Misfits > 0 {
		m.Text = append(m.Text, tlFileMisfit.in(lang))
	}
	for i := range f.Services {
		m.Text = append(m.Text, f.Services[i].notes(lang)...)
	}
	m.Text = append(m.Text, pick(f.Rows > 0, tlFileKept, tlFileOther).in(lang, tsTitle.in(lang)), tcSettingsOnce.in(lang, minutes(watch.DoorFor)))
	m.Buttons = []message.Button{{Label: tlFileOpen.in(lang), Style: message.Primary, URL: f.Link}}
	return m
}
