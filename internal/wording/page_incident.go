package wording

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// Fields of an answer to an incident on its page: what the page showed, and
// which parts of it are ticked as not the owner's.
const (
	FieldParts = "parts"
	FieldPart  = "part"
	// FieldSaw is what the page showed of each part: "RECORD.MARK …".
	FieldSaw = "saw"
	// FieldAsked confirms which report is taken back: when it was made.
	FieldAsked = "asked"
)

var (
	tAskIncident = text{ja: "これらの引き落としに心当たりはありますか", en: "Were these yours?"}
	tPartsNote   = text{ja: "心当たりのあるものは、チェックを外してから「%s」を押してください。", en: "Untick what you recognise before you press \"%s\"."}
	tPartsTitle  = text{ja: "内訳を見て選ぶ（%d件）", en: "See and choose (%d)"}
	tPartMine    = text{ja: "%s（心当たりあり）", en: "%s (recognised)"}
)

// saw is the field that tells what a page showed.
func saw(parts []*watch.Record) message.Field {
	var all []string
	for id, mark := range watch.Saw(parts) {
		all = append(all, id+"."+mark)
	}
	slices.Sort(all)
	return message.Field{Kind: message.FieldHidden, Name: FieldSaw, Value: strings.Join(all, " ")}
}

// incident tells whether the page shows more than one alert.
func (f *PageFacts) incident() bool { return len(f.Record.Members) > 0 }

// parts are all alerts of the incident, as the reader may know them.
func (f *PageFacts) parts() []AlertFacts {
	var says []watch.Said
	for _, p := range f.Record.Parts() {
		says = append(says, watch.Said{Record: p.ID})
	}
	names := Names{
		Bank: func(string) (string, Contact) { return f.BankName, f.Bank },
		Service: func(id string) (string, Contact) {
			if f.ServiceOf != nil && id != f.Record.Service {
				return f.ServiceOf(id)
			}
			return f.ServiceName, f.Service
		},
	}
	d := watch.Delivery{Watcher: f.Watcher.ID, Lang: f.Watcher.Lang, HideAmount: f.Watcher.HideAmount}
	out := IncidentOf(f.Record, says, d, &f.Watcher, names, "", true).Parts
	for i := range out {
		out[i].Now, out[i].CanAnswer = f.Now, false
		out[i].Notice.Reasons = f.reasons(out[i].Record, out[i].Notice.Reasons)
	}
	return out
}

// reasons are those of a part as they are now: one that came after a report that was
// taken back is not urgent for that, and is not said to follow it.
func (f *PageFacts) reasons(part *watch.Record, why watch.Reasons) watch.Reasons {
	if f.TakenBack != nil && f.TakenBack(part) {
		if why.Reason &^= watch.AfterDispute; why.Reason == 0 {
			why.Unknown = "" // what only a newer program knows was never said of it
		}
	}
	return why
}

// together is what happened in an incident of several alerts: all of it listed,
// unless the boxes to tick list it.
func (f *PageFacts) together(listed bool) message.Message {
	parts := f.parts()
	i := IncidentFacts{Parts: parts, Whole: true, Bare: !listed}
	for _, p := range parts {
		if r := p.Record; r.Kind == watch.Debit && !r.Gone() {
			i.Debits++
			i.Yen += r.Taken()
			if i.First.IsZero() {
				i.First = r.OccurredAt
			}
			i.Last = r.OccurredAt
		}
	}
	if a := f.Record.Answer; a != nil && a.Value == watch.NotMine {
		i.Except = a.Except
	}
	return Incident(i)
}

// notMine is the form that reports the alert. Of an incident it has a box for each
// part, ticked, folded away: most report all of it, and the answers stay in sight.
func (f *PageFacts) notMine(note string) message.Form {
	lang := f.lang()
	say, _ := f.answers()
	form := message.Form{Do: DoNotMine, Label: say, Style: message.Danger, Note: note, Fields: []message.Field{saw(f.Record.Parts())}}
	if a := f.Record.Answer; a != nil && a.Value == watch.Mine && f.Record.Answered() {
		form.Style = message.Secondary // it was answered, and is asked no more
	}
	if f.incident() {
		form.Groups = []message.Group{{Title: tPartsTitle.in(lang, len(f.Record.Parts())), Text: []string{tPartsNote.in(lang, say)},
			Fields: f.boxes(func(*watch.Record) bool { return true }, true)}}
	}
	return form
}

// boxes are a box for each part of some kind, and which they are.
func (f *PageFacts) boxes(which func(*watch.Record) bool, ticked bool) []message.Field {
	var ids []string
	var out []message.Field
	parts := f.parts()
	mixed := slices.ContainsFunc(parts, func(p AlertFacts) bool { return p.ServiceName != parts[0].ServiceName })
	for i := range parts {
		p := &parts[i]
		if !which(p.Record) {
			continue
		}
		ids = append(ids, p.Record.ID)
		out = append(out, message.Field{Kind: message.FieldCheck, Name: FieldPart, Value: p.Record.ID, Checked: ticked,
			Label: When(f.lang(), p.Record, f.Now) + "　" + p.line(mixed)})
	}
	toldApart(f.lang(), out)
	return append(out, message.Field{Kind: message.FieldHidden, Name: FieldParts, Value: strings.Join(ids, " ")})
}

var tRestNote = text{ja: "「心当たりあり」とされた分は、お申し出に含まれていません。これにも身に覚えがないときは、チェックを入れて「%s」を押してください。", en: "What was called your own is not part of the report. If some of it was not you either, tick it and press \"%s\"."}

// addRest offers to report what was called the person's own as well.
func (f *PageFacts) addRest(rest []*watch.Record) message.Form {
	notMine, _ := f.answers()
	fields := f.boxes(func(p *watch.Record) bool {
		return slices.ContainsFunc(rest, func(o *watch.Record) bool { return o.ID == p.ID })
	}, false)
	note := tRestNote.in(f.lang(), notMine)
	if f.Dispute.Status == watch.DisputeClosed {
		note = tSetSavedToo.in(f.lang(), note, tAddFollows.in(f.lang(), f.Dispute.Reference))
	}
	return message.Form{Do: DoNotMine, Label: notMine, Style: message.Danger, Note: note,
		Fields: append(fields, message.Field{Kind: message.FieldHidden, Name: FieldAsked, Value: strconv.FormatInt(f.Dispute.AnsweredAt.Unix(), 10)})}
}

// unseen says to who answered what the report took in that their page, or the message
// that they answered, did not show; empty if that showed all.
func (f *PageFacts) unseen() []string {
	a := f.Record.Answer
	if a == nil || a.Value != watch.NotMine || a.Watcher != f.Watcher.ID {
		return nil
	}
	s := Since{Via: a.Via, Undo: !f.UndoUntil.IsZero()}
	s.Add(f.Record)
	out := s.said(f.lang(), f.Watcher.HideAmount)
	if say := s.mended(f.lang(), true); say != "" {
		out = append(out, say)
	}
	return out
}

// askUndo asks before a report is taken back that others know of.
func (f *PageFacts) askUndo() message.Part {
	lang, d := f.lang(), f.Dispute
	facts := DisputeFacts{Lang: f.Watcher.Lang, Dispute: d, Watcher: f.Watcher.ID, Guardian: f.guardian(), ServiceName: f.ServiceName,
		BankName: f.BankName, Bank: f.Bank, ServiceOf: f.ServiceOf, HideAmount: f.Watcher.HideAmount, Family: f.Family}
	m := ConfirmUndo(facts)
	m.Buttons = nil
	return message.Part{Message: m, Forms: []message.Form{{Do: DoUndo, Label: tUndoAskButton.in(lang), Style: message.Secondary,
		Fields: []message.Field{{Kind: message.FieldHidden, Name: FieldAsked, Value: strconv.FormatInt(d.GrownAt().Unix(), 10)},
			{Kind: message.FieldHidden, Name: FieldShown, Value: d.Mark()}}}}}
}

// WhichFacts is what the page is made from that asks which alerts of a service
// are not the owner's.
type WhichFacts struct {
	View    AccountView
	Home    string
	Record  string         // what the answer was given to
	Entries []HistoryEntry // one for each, the newest first
	Now     time.Time
}

var (
	tWhichName  = text{ja: "口座守：身に覚えのないもの", en: "Kozamori: what was not you"}
	tWhichTitle = text{ja: "身に覚えがないのは、どれですか", en: "Which of these were not you?"}
	tWhichText  = text{ja: "まだ回答のない、最近のものです。チェックのあるものを、ひとつの受付番号でまとめて銀行へ伝えます。", en: "These are recent and not answered yet. We tell the bank of all that are ticked, under one report number."}
)

var tNth = text{ja: "%[1]s（%[2]d件目）", en: "%[1]s (no. %[2]d)"}

// toldApart numbers the boxes that would say the same: several debits of one amount
// within a minute, or of which no amount is shown.
func toldApart(lang watch.Lang, boxes []message.Field) {
	same := map[string]int{}
	for i := range boxes {
		if boxes[i].Kind == message.FieldCheck {
			same[boxes[i].Label]++
		}
	}
	nth := map[string]int{}
	for i := range boxes {
		if b := &boxes[i]; b.Kind == message.FieldCheck && same[b.Label] > 1 {
			nth[b.Label]++
			b.Label = tNth.in(lang, b.Label, nth[b.Label])
		}
	}
}

// WhichPage asks once which alerts of a service are not the owner's.
func WhichPage(f WhichFacts) message.Page {
	lang := langOf(f.View.Lang)
	notMine := pick(f.View.Watcher.Role == watch.Guardian, tNotTheirs, tNotMine).in(lang)
	p := plainPage(lang, tWhichName, tWhichTitle, tWhichText.in(lang), tPartsNote.in(lang, notMine))
	p.Parts[0].Facts = []message.Fact{{Label: tFactAccount.in(lang), Value: f.View.Title()}}
	form := message.Form{Do: DoNotMine, Label: notMine, Style: message.Danger}
	var ids []string
	var shown []*watch.Record
	for i := range f.Entries {
		e := &f.Entries[i]
		shown = append(shown, e.Record)
		ids = append(ids, e.Record.ID)
		form.Fields = append(form.Fields, message.Field{Kind: message.FieldCheck, Name: FieldPart, Value: e.Record.ID, Checked: true,
			Label: When(lang, e.Record, f.Now) + "　" + e.label(lang, f.View.Watcher.HideAmount)})
	}
	toldApart(lang, form.Fields)
	form.Fields = append(form.Fields, message.Field{Kind: message.FieldHidden, Name: FieldParts, Value: strings.Join(ids, " ")},
		saw(shown), message.Field{Kind: message.FieldHidden, Name: "record", Value: f.Record})
	p.Parts[0].Forms = []message.Form{form}
	p.Parts = append(p.Parts, backTo(lang, f.Home))
	return p
}
