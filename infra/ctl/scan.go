package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/lookback"
	"kozamori/internal/statement"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// scan looks through statements for debits of payment services.
func scan(_ context.Context, c *console, flags *flag.FlagSet, args []string) error {
	bank := flags.String("bank", "", "the bank's `code` (金融機関コード), which tells how descriptors are read")
	english := flags.Bool("en", false, "answer in English")
	asJSON := jsonFlag(flags)
	files, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return misused(flags, "Name at least one statement: a CSV of a bank, or a file of 全銀協's format.")
	}
	if _, ok := catalog.BankByCode(*bank); *bank != "" && !ok {
		return misused(flags, "-bank must be the code of a bank in the catalogue, such as 0125.")
	}
	look := lookback.Looker{Bank: *bank}
	failed := 0
	for i, name := range files {
		s, err := readStatement(name)
		if err != nil {
			failed++
			_, _ = fmt.Fprintf(c.Err, "%d of %d, %s: not read: %v.\n", i+1, len(files), name, reason(err))
			continue
		}
		known := ""
		if !s.Known {
			known = " (this layout is not known: columns were told by their names)"
		}
		_, _ = fmt.Fprintf(c.Err, "%d of %d, %s: %s, %s%s, %d rows.\n", i+1, len(files), name, s.Charset, s.Layout, known, len(s.Rows))
		for _, p := range slices.Concat(s.Unread, s.Misfits) {
			_, _ = fmt.Fprintf(c.Err, "  %v\n", p)
		}
		if n := len(s.Skipped); n > 0 {
			_, _ = fmt.Fprintf(c.Err, "  Left aside, because they are no debit and no credit: %d lines.\n", n)
			for _, p := range s.Skipped[:min(n, shownSkipped)] {
				_, _ = fmt.Fprintf(c.Err, "    %v\n", p)
			}
			if n > shownSkipped {
				_, _ = fmt.Fprintf(c.Err, "    and %d more\n", n-shownSkipped)
			}
		}
		failed += min(len(s.Unread), 1)
		look.Add(name, s)
	}
	out := bufio.NewWriter(c.Out)
	r := look.Report()
	if *asJSON {
		for i := range r.Debits {
			d := &r.Debits[i]
			if err := object(out, scanned{d.File, d.Line, d.Day.Format(time.DateOnly), d.Out, strings.TrimSpace(d.Text + " " + d.Detail), d.Service, d.Other, d.Sure}); err != nil {
				return err
			}
		}
	} else {
		printReport(out, &r, *english, time.Now().In(watch.JST))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d files were not read, or not whole: see above", failed, len(files))
	}
	return nil
}

// shownSkipped is how many lines that were left aside are named.
const shownSkipped = 20

// scanned is a debit as -json prints it.
type scanned struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Day     string `json:"day"`
	Yen     int64  `json:"yen"`
	Text    string `json:"text"`
	Service string `json:"service"`
	Other   string `json:"other,omitempty"`
	Sure    bool   `json:"sure"`
}

func readStatement(name string) (*statement.Statement, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case info.Size() > statement.MaxFile:
		return nil, fmt.Errorf("it is larger than %d MB", statement.MaxFile>>20)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return statement.Read(data, time.Now().In(watch.JST))
}

// printReport says what came of a look back, Japanese first.
func printReport(w io.Writer, r *lookback.Report, english bool, now time.Time) {
	lang := map[bool]watch.Lang{true: watch.English, false: watch.Japanese}[english]
	say := func(ja, en string, args ...any) {
		text := ja
		if english {
			text = en
		}
		_, _ = fmt.Fprintf(w, text+"\n", args...)
	}
	if r.Rows == 0 {
		say("調べられる行がありませんでした。", "There was no row to look at.")
		return
	}
	say("%[1]sから%[2]sまで、%[3]d行を調べました。", "Looked at %[3]d rows, from %[1]s to %[2]s.", dayIn(r.First, english), dayIn(r.Last, english), r.Rows)
	if r.Again > 0 {
		say("ほかのファイルと重なる%d行は、1回だけ数えました。", "%d rows that other files held as well were counted once.", r.Again)
	}
	if len(r.Gaps) > 0 {
		say("行のない月があります: %s", "Months without a row: %s", strings.Join(spans(r.Gaps), ", "))
	}
	if len(r.Debits) == 0 {
		say("決済サービスの引き落としは見つかりませんでした。", "No debit of a payment service was found.")
		say("ほかの口座、カードの利用、このファイルより前や後のことは、これでは分かりません。", "This says nothing of other accounts, of cards, or of the time before and after these files.")
		return
	}
	say("決済サービスの引き落とし %d件、合計 %s", "Debits of payment services: %d, %s in all.", len(r.Debits), wording.Yen(lang, r.Total()))
	for i := range r.Services {
		s := &r.Services[i]
		name := s.Service
		if known, ok := catalog.ByID(s.Service); ok {
			name = known.Name(lang)
		}
		_, _ = fmt.Fprintln(w)
		say("%[1]s  %[2]d件 %[3]s（最大 %[4]s）  %[5]s ～ %[6]s", "%[1]s  %[2]d, %[3]s (the largest %[4]s)  %[5]s to %[6]s",
			name, s.Count, wording.Yen(lang, s.Total), wording.Yen(lang, s.Largest), dayIn(s.First, english), dayIn(s.Last, english))
		if s.Doubtful > 0 {
			say("  うち%d件は、別の支払いかもしれません。", "  %d of them may be another payment.", s.Doubtful)
		}
		bars(w, s.Months, lang)
		claims := lookback.Claims(s, now)
		if len(claims) == 0 {
			say("  届け出の期限は分かっていません。サービスと銀行に確かめてください。", "  Until when it can be claimed is not known. Ask the service and the bank.")
		}
		for _, c := range claims {
			if c.Until.IsZero() {
				say("  届け出の期限: 引き落としの日から%d日以内（%s。%s、%s現在）", "  To be claimed within %d days of the debit (%s; %s, as of %s).", c.Days, c.What, c.Source, c.AsOf)
				continue
			}
			if c.Over {
				say("  届け出の期限（%d日、%s）は過ぎています。それでも銀行に相談してください。", "  The time for a claim (%d days, %s) is over. Ask the bank all the same.", c.Days, c.What)
				continue
			}
			say("  届け出の期限: %s、あと%d日（%s。%s、%s現在）", "  To be claimed by %s, days left: %d (%s; %s, as of %s).", dayIn(c.Until, english), wording.DaysUntil(c.Until, now), c.What, c.Source, c.AsOf)
		}
	}
	_, _ = fmt.Fprintln(w)
	for i := range r.Debits {
		d := &r.Debits[i]
		more := ""
		if d.Other != "" {
			more = map[bool]string{true: " or ", false: " または "}[english] + d.Other
		}
		_, _ = fmt.Fprintf(w, "%s %12s  %s  [%s%s]\n", d.Day.Format(time.DateOnly), wording.Yen(lang, d.Out), strings.TrimSpace(d.Text+" "+d.Detail), d.Service, more)
	}
}

// bars draws what a service took by month.
func bars(w io.Writer, months map[string]int64, lang watch.Lang) {
	most := int64(1)
	var names []string
	for m, yen := range months {
		most, names = max(most, yen), append(names, m)
	}
	slices.Sort(names)
	for _, m := range names {
		_, _ = fmt.Fprintf(w, "  %s %12s %s\n", m, wording.Yen(lang, months[m]), strings.Repeat("█", int(max(1, 30*months[m]/most))))
	}
}

func dayIn(t time.Time, english bool) string {
	if english {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006年1月2日")
}

// spans are months as they are said: those that follow each other from the first to the
// last.
func spans(months []string) (out []string) {
	for i := 0; i < len(months); {
		last := i
		for last+1 < len(months) && next(months[last]) == months[last+1] {
			last++
		}
		out = append(out, months[i])
		if last > i {
			out[len(out)-1] += " - " + months[last]
		}
		i = last + 1
	}
	return out
}

// next is the month after one.
func next(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 1, 0).Format("2006-01")
}
