package wording

import (
	"time"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var (
	tStepCtlAsked   = text{ja: "銀行に停止を頼みました", en: "The bank was asked to stop something"}
	tStepCtlBack    = text{ja: "銀行への停止の依頼が取り下げられました", en: "A stop was taken back"}
	tStepCtlApplied = text{ja: "銀行が停止しました", en: "The bank stopped it"}
	tStepCtlRefused = text{ja: "銀行が、停止できないと回答しました", en: "The bank said that it cannot stop it"}
	tStepCtlNone    = text{ja: "銀行が、この停止を受け付けていないと回答しました", en: "The bank said that it does not offer the stop"}
	tStepCtlLifted  = text{ja: "銀行が停止を解除しました", en: "The bank lifted a stop"}
	tStepCtlKept    = text{ja: "銀行が、停止を解除できないと回答しました", en: "The bank said that it cannot lift a stop"}
	tStepCtlEnded   = text{ja: "停止の期限が来ました", en: "The time of a stop was over"}
	tStepCtlLate    = text{ja: "停止の依頼に、銀行の返事がありませんでした", en: "The bank had not answered about a stop"}
)

// Whose is who made a step, to a reader who did not; empty if that was no watcher.
func (s *StepLine) Whose() string {
	if s.Step.By == "" || s.Step.By == s.Reader.ID {
		return ""
	}
	return s.who(langOf(s.Reader.Lang), s.Step.By, s.Step.ByRole)
}

// controlTitle is what a step says that is about a stop.
func (s *StepLine) controlTitle() text {
	c := s.Step.Control
	if c == nil {
		return tStepOther
	}
	say, known := map[watch.ControlState]text{watch.ControlRequested: tStepCtlAsked, watch.ControlWithdrawn: tStepCtlBack, watch.ControlApplied: tStepCtlApplied,
		watch.ControlRefused: tStepCtlRefused, watch.ControlNotOffered: tStepCtlNone, watch.ControlLifted: tStepCtlLifted, watch.ControlKept: tStepCtlKept,
		watch.ControlEnded: tStepCtlEnded, watch.ControlUnanswered: tStepCtlLate}[c.State]
	if !known {
		return tStepOther // a newer program's
	}
	return say
}

// controlFacts say what was to be stopped, and by whom that was asked for.
func (s *StepLine) controlFacts(lang watch.Lang, now time.Time) (out []message.Fact) {
	if by := orElse(s.from(lang), s.by(lang)); s.Step.By != "" {
		out = append(out, message.Fact{Label: tCtlBy.in(lang), Value: by})
	}
	if c := s.Step.Control; c != nil {
		f := ControlFacts{Lang: lang, Service: s.Service(c.Service), Is: *c, HideYen: s.Reader.HideAmount, Now: now}
		for _, x := range f.facts() {
			if x.Label != tStepWhen.in(lang) {
				out = append(out, x)
			}
		}
	}
	return out
}
