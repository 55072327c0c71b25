package wording

import (
	"slices"
	"strings"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// The three ranks that people learn, by what a message asks of its reader.
var (
	tUrgent = text{ja: "緊急", en: "Urgent"}       // act now: what the reader's reasons call critical, and stands
	tCheck  = text{ja: "確認", en: "Please check"} // please look: there is something to answer
	tNotice = text{ja: "お知らせ", en: "Notice"}     // for the record

	tMarked = text{ja: "【%s】", en: "[%s]"} // how a rank begins what a locked phone shows
)

// ranked gives a message its rank: in its badge, its tone, and what a locked phone
// shows of it. Only here is it decided which of the three it is.
func ranked(lang watch.Lang, m message.Message, critical bool) message.Message {
	asks := slices.ContainsFunc(m.Buttons, func(b message.Button) bool { return b.Postback != "" })
	is := tNotice
	switch {
	case critical:
		is, m.Tone = tUrgent, message.Critical
	case asks:
		is, m.Tone = tCheck, message.Notice
	}
	return marked(lang, m, is)
}

// marked is a message with the mark of a rank.
func marked(lang watch.Lang, m message.Message, is text) message.Message {
	m.Badge = is.in(lang)
	for _, other := range []text{tUrgent, tCheck, tNotice} {
		if rest, ok := strings.CutPrefix(m.Alt, tMarked.in(lang, other.in(lang))); ok {
			m.Alt = tMarked.in(lang, m.Badge) + rest
			break
		}
	}
	return m
}

// usual are the reasons that the first debits of any new link have.
const usual = watch.AfterNewLink | watch.AfterOwnLink | watch.FirstSeen | watch.FirstWatched | watch.FirstLately |
	watch.ServiceDebit | watch.AnyDebit | watch.Keyword | watch.Night

// Follow marks the debits that ask for no more than the link of which their reader was
// told before, over the same channel, as urgent. People who link a service charge it, and
// a word that is said again of each small charge is one that they stop heeding. Only the
// word differs: such a message waits for no quiet hours, and the family is called if it
// is not answered. A burst, an overdraft, a report and whatever else is remarkable stays urgent. linksOf are
// the incidents of the links that a debit follows; none if it is no small one.
func (f *IncidentFacts) Follow(linksOf func(debit *watch.Record) ([]*watch.Record, error)) error {
	for i := range f.Parts {
		p := &f.Parts[i]
		if !p.mayFollow() || !p.Notice.Critical(p.Record) {
			continue
		}
		leads, err := linksOf(p.Record)
		if err != nil {
			return err
		}
		p.Follows = len(leads) > 0 && !slices.ContainsFunc(leads, func(l *watch.Record) bool { return !p.toldOf(l) })
	}
	return nil
}

// toldOf tells whether a link of the debit's service alarmed the reader before. What
// has happened since changes nothing: see before.
func (f *AlertFacts) toldOf(lead *watch.Record) bool {
	d := &f.Delivery
	n := slices.IndexFunc(lead.Deliveries, func(o watch.Delivery) bool { return !o.CreatedAt.Before(d.CreatedAt) })
	if n < 0 {
		n = len(lead.Deliveries)
	}
	return slices.ContainsFunc(lead.Parts(), func(p *watch.Record) bool {
		s, told := lead.Seen(p, d.Watcher, d.Channel, n)
		return told && p.Kind == watch.LinkRegistered && s.Service == f.Record.Service && alarmed(s)
	})
}

// mayFollow tells whether nothing but a new link makes it urgent.
func (f *AlertFacts) mayFollow() bool {
	return f.Record.Kind == watch.Debit && f.Record.Second == nil && f.Delivery.Called == "" && f.Delivery.Report == "" &&
		f.Notice.Reasons.Reason&^usual == 0
}

// alarmed tells whether a link was urgent by nothing but that it is new, and stood.
func alarmed(s *watch.Shown) bool {
	return s.Reasons.Reason == watch.NewLink && s.UndoneAt.IsZero()
}

// critical tells whether it is urgent, as its reader is told it.
func (f *AlertFacts) critical() bool { return f.Notice.Critical(f.Record) && !f.Follows }
