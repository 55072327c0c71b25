package wording

import (
	"slices"
	"strings"

	"kozamori/internal/button"
	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tSilenced      = text{ja: "「知らせない」と設定されていたあいだの引き落としです。このサービスについて「身に覚えがない」との回答があったので、あらためてお知らせします。", en: "This was taken while you had asked us not to tell you of such debits. We tell you now because somebody has answered \"That was not me\" about this service."}
	tSilencedSome  = text{ja: "「知らせない」と設定されていたあいだの引き落としが、%d件あります。このサービスについて「身に覚えがない」との回答があったので、あらためてお知らせします。", en: "Debits taken while you had asked us not to tell you of them: %d. We tell you now because somebody has answered \"That was not me\" about this service."}
	tSilencedThese = text{ja: "「知らせない」と設定されていたあいだの引き落としです。このサービスについて「身に覚えがない」との回答があったので、まとめてお知らせします。", en: "These were taken while you had asked us not to tell you of such debits. We tell you now because somebody has answered \"That was not me\" about this service."}
	tSilencedToo   = text{ja: "「知らせない」と設定されていたあいだの引き落とし（%[1]s）は、お申し出に含まれていません。これにも身に覚えがないときは「%[2]s」を押してください。", en: "What was taken while you had asked us not to tell you (%[1]s) is not part of the report. If that was not you either, press \"%[2]s\"."}
	tSilencedHere  = text{ja: "「知らせない」と設定されていたあいだの引き落とし（%[1]s）は、お申し出に含まれていません。心当たりのあるものはチェックを外してから「%[2]s」を押してください。", en: "What was taken while you had asked us not to tell you (%[1]s) is not part of the report. Untick what you recognise before you press \"%[2]s\"."}
	tAddSilenced   = text{ja: "これにも身に覚えがない", en: "That was not me either"}
	tAddSilDisp    = text{ja: "知らせない設定のあいだの分も身に覚えがない", en: "What I was not told of was not me either"}
)

// silenced says that debits had been kept from the reader by their own setting;
// nothing if none was.
func silenced(parts []AlertFacts) []string {
	n := 0
	for i := range parts {
		if p := &parts[i]; p.Silenced && p.Was == nil && !p.Record.Gone() {
			n++
		}
	}
	switch n {
	case 0:
		return nil
	case len(parts):
		return []string{pick(n == 1, tSilenced, tSilencedThese).in(parts[0].lang())}
	}
	return []string{tSilencedSome.in(parts[0].lang(), n)}
}

// offerSilenced says what a report does not cover because its reader had not been
// told of it, and how it is added.
func (f *DisputeFacts) offerSilenced() []string {
	if f.Silenced == nil {
		return nil
	}
	c := covers{lang: f.lang(), total: *f.Silenced, hide: f.HideAmount}
	label := f.addSilenced()[0].Label
	out := []string{tSilencedToo.in(f.lang(), c.said(), label)}
	if f.Silenced.Several() && f.Link != "" {
		out = append(out, tAddAll.in(f.lang(), label, tDetails.in(f.lang())))
	}
	return out
}

func (f *DisputeFacts) addSilenced() []message.Button {
	if f.Silenced == nil {
		return nil
	}
	lang := f.lang()
	return []message.Button{{Label: labelOf(lang, tAddSilenced.in(lang), accountIf(f.Several, f.account())), Display: saidOf(lang, tAddSilDisp.in(lang), f.account()), Style: message.Danger,
		Postback: answering(button.NotMine, f.SilencedIn, f.Watcher)}}
}

// silenced are the debits of the incident that a trust had kept from the reader
// and that wait for an answer, apart from what the page is about.
func (f *PageFacts) silenced() []*watch.Record {
	var groups []watch.Group
	for _, o := range f.Others {
		groups = append(groups, o.Group)
	}
	parts, _ := watch.SilencedFor(f.Watcher.ID, groups)
	return parts
}

// addSilenced offers to report those as well.
func (f *PageFacts) addSilenced(parts []*watch.Record) message.Form {
	lang := f.lang()
	total := watch.TotalOf(parts, nil)
	c := covers{lang: lang, total: total, hide: f.Watcher.HideAmount}
	form := message.Form{Do: DoNotMine, Label: tAddSilenced.in(lang), Style: message.Danger, Note: tSilencedHere.in(lang, c.said(), tAddSilenced.in(lang))}
	var ids []string
	for _, o := range f.Others {
		g := *f
		g.Record = o.Group.Record
		if o.Group.Record.Answer != nil {
			continue
		}
		for _, p := range g.parts() {
			if slices.ContainsFunc(parts, func(s *watch.Record) bool { return s.ID == p.Record.ID }) {
				ids = append(ids, p.Record.ID)
				form.Fields = append(form.Fields, message.Field{Kind: message.FieldCheck, Name: FieldPart, Value: p.Record.ID, Checked: true,
					Label: When(lang, p.Record, f.Now) + "　" + p.line(true)})
			}
		}
	}
	toldApart(lang, form.Fields)
	form.Fields = append(form.Fields, message.Field{Kind: message.FieldHidden, Name: FieldParts, Value: strings.Join(ids, " ")}, saw(parts))
	return form
}
