package wording

import (
	"slices"
	"sort"
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tHistory    = text{ja: "これまでの流れ", en: "What happened when"}
	tCameDebit  = text{ja: "口座から引き落としがありました", en: "The account was debited"}
	tCameLink   = text{ja: "決済サービスに口座が登録されました", en: "A charge link was registered on the account"}
	tCameUndone = sure{text{ja: "%sが引き落としを取り消しました", en: "%s reversed the debit"},
		text{ja: "%sが引き落としの取り消しを知らせました（別の引き落としの可能性があります）", en: "%s told us of a reversal (it may be of another debit)"}}
	tCameUnlinked = sure{text{ja: "決済サービスへの口座の登録が解除されました", en: "The charge link was removed"},
		text{ja: "決済サービスへの登録の解除の連絡がありました（別の登録の可能性があります）", en: "The bank told us of a removal (it may be of another link)"}}
	tCameToUs     = text{ja: "%sから口座守に連絡が届きました", en: "%s told Kozamori"}
	tCameByFile   = text{ja: "名義人が調べた明細から、記録に加わりました", en: "It was put on record from a statement that the owner looked through"}
	tBy           = text{ja: "%sであなたにお知らせしました", en: "We told you by %s"}
	tByOften      = text{ja: "このあと、%[1]sで%[2]d回お知らせしました（一つずつの記録は省いています）", en: "After that we told you by %[1]s, times: %[2]d (not listed one by one)"}
	tByOf         = text{ja: "%[1]sで、%[2]sをあなたにお知らせしました", en: "We told you of %[2]s by %[1]s"}
	tByCalled     = text{ja: "ご本人がまだ回答していないので、%sであなたにお知らせしました", en: "They had not answered: we told you by %s"}
	tByReported   = text{ja: "「身に覚えがない」との回答があったので、%sであなたにお知らせしました", en: "Somebody had answered that it was not them: we told you by %s"}
	tByAgain      = text{ja: "まだ回答がないので、%sでもお知らせしました", en: "You had not answered: we told you by %s too"}
	tOfMore       = text{ja: "続き", en: "more"}
	tOfChange     = text{ja: "内容の変更", en: "a change"}
	tOfUndone     = text{ja: "取り消し", en: "the reversal"}
	tOfRemoved    = text{ja: "解除", en: "the removal"}
	tOfAnswer     = text{ja: "ほかの方の回答", en: "somebody's answer"}
	tOfBank       = text{ja: "銀行からの連絡", en: "the bank's word"}
	tCallFamily   = text{ja: "まだ回答がないので、見守り家族にお知らせしました", en: "There was no answer: we told the family"}
	tCallReport   = text{ja: "「身に覚えがない」との回答があったので、見守り家族にお知らせしました", en: "Somebody had answered that it was not them: we told the family"}
	tNotBy        = text{ja: "%sではお知らせできませんでした", en: "We could not reach you by %s"}
	tTookBack     = text{ja: "「身に覚えがない」が取り消されました", en: "The report was taken back"}
	tHasReport    = text{ja: "%[1]sに伝えました（受付番号：%[2]s）", en: "We told %[1]s (report number %[2]s)"}
	tHasAdded     = text{ja: "お申し出のあとの%[2]d件を、追加で%[1]sに伝えました", en: "We told %[1]s of %[2]d more that came after the report"}
	tHasChanged   = text{ja: "内容の変更を%sに伝えました", en: "We told %s what had changed"}
	tHasWithdrawn = text{ja: "取り消しを%sに伝えました", en: "We told %s that it was taken back"}
	tNoReport     = text{ja: "%sに伝えられませんでした", en: "We could not reach %s"}
)

// history is what happened to an alert, oldest first, as one watcher may
// know it: what others were sent is not said.
var (
	tCameAmount   = text{ja: "%[1]sが金額を%[2]sと知らせました", en: "%[1]s gave the amount as %[2]s"}
	tCameChange   = text{ja: "%sが金額の変更を知らせました", en: "%s changed the amount"}
	tCameReturned = sure{text{ja: "%[1]sが%[2]sの返金を知らせました", en: "%[1]s returned %[2]s"},
		text{ja: "%[1]sが%[2]sの返金を知らせました（別の引き落としの可能性があります）", en: "%[1]s told us of a return of %[2]s (it may be of another debit)"}}
	tCameSome = sure{text{ja: "%sが一部の返金を知らせました", en: "%s returned part of it"},
		text{ja: "%sが一部の返金を知らせました（別の引き落としの可能性があります）", en: "%s told us of a return of part of it (it may be of another debit)"}}
)

// came says what the bank said of a debit after the first.
func (f *PageFacts) came(say func(time.Time, text, ...any)) {
	lang, r, hide := f.lang(), f.Record, f.Watcher.HideAmount
	if r.Kind != watch.Debit {
		return
	}
	var amount int64
	for i, e := range r.Story() {
		switch {
		case e.Releases() && r.Status == watch.Posted: // no money came back
		case e.Kind == watch.DebitReversed && e.Amount > 0 && e.Amount < amount && hide:
			say(e.At, pickSure(e.Releases(), &tCameFreedSome, &tCameSome).of(r), f.bank())
		case e.Kind == watch.DebitReversed && e.Amount > 0 && e.Amount < amount:
			say(e.At, pickSure(e.Releases(), &tCameFreed, &tCameReturned).of(r), f.bank(), Yen(lang, e.Amount))
		case e.Kind != watch.Debit:
		case i > 0 && e.Amount != amount && hide:
			say(e.ReceivedAt, tCameChange, f.bank())
		case i > 0 && e.Amount != amount:
			say(e.ReceivedAt, tCameAmount, f.bank(), Yen(lang, e.Amount))
		}
		if e.Kind == watch.Debit {
			amount = e.Amount
		}
	}
}

func (f *PageFacts) history() []message.Moment {
	lang, r := f.lang(), f.Record
	var out []message.Moment
	say := func(at time.Time, t text, args ...any) {
		if !at.IsZero() {
			out = append(out, message.Moment{At: at, When: bankTime(lang, at, f.Now), Say: t.in(lang, args...)})
		}
	}
	once := func(at time.Time, t text, args ...any) { // to two of the family at once
		n := len(out)
		if say(at, t, args...); slices.ContainsFunc(out[:n], func(m message.Moment) bool { return len(out) > n && m.Say == out[n].Say && m.When == out[n].When }) {
			out = out[:n]
		}
	}
	link := r.Kind == watch.LinkRegistered
	say(r.OccurredAt, pick(link, tCameLink, tCameDebit))
	if r.OfStatement() {
		say(r.ReceivedAt, tCameByFile)
	} else {
		say(r.ReceivedAt, tCameToUs, f.bank())
	}
	f.came(say)
	for _, d := range r.Deliveries {
		if d.Kind == watch.TellUnreachable {
			continue
		}
		if d.Watcher != f.Watcher.ID {
			f.called(&d, once)
			continue
		}
		switch d.State {
		case watch.Accepted:
			f.by(&d, say)
			if d.OmittedTold > 0 {
				say(d.AcceptedAt, tByOften, f.channel(d.Channel), d.OmittedTold)
			}
		case watch.Undelivered:
			say(d.CreatedAt, tNotBy, f.channel(d.Channel))
		}
	}
	if link {
		say(r.UndoneAt, tCameUnlinked.of(r))
	} else {
		say(r.UndoneAt, tCameUndone.of(r), f.bank())
	}
	if f.Dispute != nil {
		f.disputeHistory(say)
	}
	mine := func(watcher string, at time.Time) {
		if watcher == f.Watcher.ID {
			say(at, pick(f.guardian(), tYouTheirs, tYouMine))
		} else {
			say(at, pick(f.guardian(), tSomebodyMine, tOtherMine))
		}
	}
	for _, o := range r.Overruled {
		mine(o.Watcher, o.At)
	}
	if a := r.Answer; a != nil && a.Value == watch.Mine {
		mine(a.Watcher, a.At)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At.Before(out[j].At) })
	return out
}

// by says that the reader was told, of what and why.
func (f *PageFacts) by(d *watch.Delivery, say func(time.Time, text, ...any)) {
	ch := f.channel(d.Channel)
	calls := map[watch.Call]text{watch.CallUnanswered: tByCalled, watch.CallReported: tByReported, watch.CallAgain: tByAgain}
	if t, ok := calls[d.Called]; ok && f.firstCall(d) {
		say(d.AcceptedAt, t, ch)
		return
	}
	of := map[watch.DeliveryKind]text{watch.TellMore: tOfMore, watch.TellChanged: tOfChange, watch.TellAnswer: tOfAnswer, watch.TellDispute: tOfBank,
		watch.TellUndone: pick(f.Record.Kind == watch.LinkRegistered, tOfRemoved, tOfUndone)}
	t, ok := of[d.Kind]
	if !ok || d.Kind == watch.TellMore && f.Record.FirstOver(d) {
		say(d.AcceptedAt, tBy, ch)
		return
	}
	say(d.AcceptedAt, tByOf, ch, t.in(f.lang()))
}

// called says that the family was told, and why. What else others were sent is
// not said.
func (f *PageFacts) called(d *watch.Delivery, say func(time.Time, text, ...any)) {
	switch {
	case d.State != watch.Accepted || !f.firstCall(d):
	case d.Called == watch.CallUnanswered:
		say(d.AcceptedAt, tCallFamily)
	case d.Called == watch.CallReported:
		say(d.AcceptedAt, tCallReport)
	}
}

// firstCall tells whether a delivery is the first one that reached its watcher for
// the reason that it was called for.
func (f *PageFacts) firstCall(d *watch.Delivery) bool {
	for i := range f.Record.Deliveries {
		if o := &f.Record.Deliveries[i]; o.Watcher == d.Watcher && o.Called == d.Called && o.State == watch.Accepted {
			return o.ID == d.ID
		}
	}
	return false
}

func (f *PageFacts) disputeHistory(say func(time.Time, text, ...any)) {
	d, latest := f.Dispute, 0
	for _, c := range d.Changes {
		if c.Status == watch.DisputeOpened {
			latest = c.Seq
		}
	}
	for _, c := range d.Changes {
		switch c.Status {
		case watch.DisputeOpened:
			// The versions before kept who made it with the latest only.
			if c.Watcher == f.Watcher.ID || c.Watcher == "" && c.Seq == latest && d.Watcher == f.Watcher.ID {
				say(c.At, pick(f.guardian(), tYouNotTheirs, tYouNotMine))
			} else {
				say(c.At, pick(c.By == watch.Guardian, tGuardNotMine, tOwnerNotMine))
			}
			say(c.ToldAt, tHasReport, f.bank(), d.Reference)
		case watch.DisputeUpdated: // ours, and told together below
		case watch.DisputeWithdrawn:
			say(c.At, tTookBack)
			say(c.ToldAt, tHasWithdrawn, f.bank())
		default:
			said, _ := saidByBank(c)
			say(c.At, said, f.bank())
		}
		say(c.GaveUpAt, tNoReport, f.bank())
	}
	f.updates(say)
}

// updates says that the bank has heard what followed the report: of all that it
// took, when it took the latest.
func (f *PageFacts) updates(say func(time.Time, text, ...any)) {
	added := 0
	var last, changed time.Time
	for _, c := range f.Dispute.Changes {
		switch {
		case c.Status != watch.DisputeUpdated || c.ToldAt.IsZero():
		case c.Further != nil:
			added++
			last = c.ToldAt
		default:
			changed = c.ToldAt
		}
	}
	say(last, tHasAdded, f.bank(), added)
	say(changed, tHasChanged, f.bank())
}
