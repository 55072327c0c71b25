package app_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/width"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// What a chat shows of a message at once, in LINE's pixels: a bubble of 300
// across on the lowest screen that is sold, in the ordinary font and in the
// largest.
const (
	bubbleWidth = 300
	inSight     = 420
	inSightBig  = 620
	biggest     = 1.4
)

// Every kind of alert stands on one screen, with amount and answers, in both
// languages and both sizes. LINE's own measures are used; text is measured by
// its letters, a little too wide rather than too narrow.
func TestAnAlertStandsOnOneScreen(t *testing.T) {
	t.Parallel()
	for name, m := range everyAlert() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := line.Flex(m, wording.LabelsIn(m.Lang))
			raw, err := json.Marshal(f.Contents)
			if err != nil {
				t.Fatal(err)
			}
			var bubble map[string]any
			if err := json.Unmarshal(raw, &bubble); err != nil {
				t.Fatal(err)
			}
			for scale, most := range map[float64]float64{1: inSight, biggest: inSightBig} {
				high := 0.0
				for _, part := range []string{"header", "body", "footer"} {
					if box, ok := bubble[part].(map[string]any); ok {
						high += height(box, bubbleWidth, scale)
					}
				}
				if high > most {
					t.Errorf("%.0f pixels high at ×%g, at most %g", high, scale, most)
				}
			}
			said := string(raw)
			for _, must := range append([]string{m.Badge, m.Title}, m.Text...) {
				if !strings.Contains(said, must) {
					t.Errorf("%q is not shown", must)
				}
			}
			answers := 0
			for _, b := range m.Buttons {
				if b.Postback != "" {
					answers++
				}
			}
			if f.QuickReply == nil && answers > 0 || f.QuickReply != nil && len(f.QuickReply.Items) != answers {
				t.Errorf("%d answers, and the quick replies %+v", answers, f.QuickReply)
			}
			if len(m.Why)+len(m.Steps) > 0 && !strings.Contains(said, `"uri":"https://`) {
				t.Error("what is left out stands nowhere")
			}
		})
	}
}

// everyAlert is what alerts can be, by name: with long names, and all that may
// be said of one.
func everyAlert() map[string]message.Message {
	at := time.Date(2020, 9, 4, 5, 5, 11, 0, time.UTC)
	out := map[string]message.Message{}
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		service, bank := "d払い（ドコモ口座）", "七十七銀行"
		if lang == watch.English {
			service, bank = "d-barai (Docomo account)", "The 77 Bank"
		}
		debit := func(change ...func(*watch.Record)) *watch.Record {
			r := &watch.Record{ID: "0123456789abcdefghjkmnpqrs", Kind: watch.Debit, Service: "docomo", Confidence: watch.Seen, Amount: 100000, Mask: "普通 ***4567",
				Descriptor: "ﾄﾞｺﾓｺｳｻﾞ", OccurredAt: at, RecordedAt: at, ReceivedAt: at, OnAccount: watch.On(watch.AccountKey{Bank: "0125", Ref: "acc_1"})}
			for _, c := range change {
				c(r)
			}
			return r
		}
		for _, guardian := range []bool{false, true} {
			facts := func(r *watch.Record) wording.AlertFacts {
				return wording.AlertFacts{Record: r, Notice: watch.Notice{Watcher: "w1", Reasons: watch.Because(watch.ServiceDebit | watch.FirstSeen | watch.AfterNewLink | watch.Burst)},
					Delivery: watch.Delivery{ID: "d1", Watcher: "w1", Channel: watch.LINE, Lang: lang}, Guardian: guardian, ServiceName: service, BankName: bank,
					Bank: wording.Contact{Phone: "0120-000-000", Hours: "9:00-17:00", CheckedOn: "2026-11-02"}, Service: wording.Contact{Phone: "0120-111-111"},
					Link: "https://kozamori.example/a/t0ken", CanAnswer: true}
			}
			name := func(s string) string { return fmt.Sprintf("%s, %s, guardian %v", s, lang, guardian) }
			out[name("a debit")] = wording.Alert(facts(debit()))
			out[name("a pending one of a guessed name")] = wording.Alert(facts(debit(func(r *watch.Record) { r.Status, r.Confidence = watch.Pending, watch.Guessed })))
			out[name("two readings")] = wording.Alert(facts(debit(func(r *watch.Record) { r.Confidence, r.Other = watch.Undecided, "カードの請求" })))
			out[name("a late one")] = wording.Alert(facts(debit(func(r *watch.Record) { r.ReceivedAt = at.Add(60 * time.Hour) })))
			out[name("a link")] = wording.Alert(facts(debit(func(r *watch.Record) { r.Kind, r.Amount, r.Route = watch.LinkRegistered, 0, "web_kouza_furikae" })))
			changed := facts(debit())
			changed.Was, changed.WasServiceName = &watch.Shown{Amount: 1, Service: "docomo"}, service
			out[name("another amount")] = wording.Changed(changed)
			for n, title := range map[int]string{2: "two debits", 4: "four debits", 20: "twenty debits"} {
				f := wording.IncidentFacts{Debits: n, Yen: int64(n) * 100000, First: at, Last: at.Add(75 * time.Second)}
				for i := range n {
					f.Parts = append(f.Parts, facts(debit(func(r *watch.Record) { r.ID, r.OccurredAt = r.ID+strconv.Itoa(i), at.Add(time.Duration(i)*time.Second) })))
				}
				out[name(title)] = wording.Incident(f)
				f.Report = "KZ-7F3K-9Q2M"
				out[name(title+" after a report")] = wording.Incident(f)
			}
			called := wording.IncidentFacts{Parts: []wording.AlertFacts{facts(debit())}, Debits: 1, Yen: 100000, First: at, Last: at, Called: watch.CallUnanswered}
			out[name("the family is called")] = wording.Incident(called)
		}
	}
	return out
}

// LINE's measures.
var (
	fontSizes = map[string]float64{"xxs": 11, "xs": 13, "sm": 14, "md": 16, "lg": 19, "xl": 22, "xxl": 29, "3xl": 35}
	spacings  = map[string]float64{"": 0, "none": 0, "xs": 2, "sm": 4, "md": 8, "lg": 12, "xl": 16, "xxl": 20}
)

func pixels(v any, otherwise float64) float64 {
	s, _ := v.(string)
	if s == "" {
		return otherwise
	}
	if n, ok := spacings[s]; ok {
		return n
	}
	n, err := strconv.ParseFloat(strings.TrimSuffix(s, "px"), 64)
	if err != nil {
		return otherwise
	}
	return n
}

// height measures a component that has so many pixels across.
func height(c map[string]any, across, scale float64) float64 {
	switch c["type"] {
	case "button":
		if c["height"] == "sm" {
			return 40
		}
		return 52
	case "separator":
		return 1
	case "text":
		size, _ := c["size"].(string)
		say, _ := c["text"].(string)
		font := fontSizes[size] * scale
		return float64(lines(say, font, across)) * font * 1.4
	}
	all := pixels(c["paddingAll"], 0)
	across -= pixels(c["paddingStart"], all) + pixels(c["paddingEnd"], all)
	high := pixels(c["paddingTop"], all) + pixels(c["paddingBottom"], all)
	gap := pixels(c["spacing"], 0)
	contents, _ := c["contents"].([]any)
	if c["layout"] == "vertical" {
		for i, one := range contents {
			child, _ := one.(map[string]any)
			if i > 0 {
				high += gap
			}
			high += height(child, across, scale)
		}
		return high
	}
	flex := 0.0
	for _, one := range contents {
		n, _ := one.(map[string]any)["flex"].(float64)
		flex += n
	}
	most := 0.0
	for _, one := range contents {
		child, _ := one.(map[string]any)
		n, _ := child["flex"].(float64)
		most = max(most, height(child, (across-gap*float64(len(contents)-1))*n/flex, scale))
	}
	return high + most
}

// lines counts the lines that a text takes: Japanese breaks anywhere, English
// between words.
func lines(s string, font, across float64) int {
	n, used := 1, 0.0
	for _, w := range strings.SplitAfter(s, " ") {
		wide := false
		total := 0.0
		for _, r := range w {
			wide = wide || em(r) == 1
			total += em(r) * font
		}
		if !wide && used > 0 && used+total > across {
			n, used = n+1, 0
		}
		for _, r := range w {
			if used+em(r)*font > across {
				n, used = n+1, 0
			}
			used += em(r) * font
		}
	}
	return n
}

// em is how wide a letter is, of its height: a sans-serif's, set bold.
func em(r rune) float64 {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth, width.EastAsianAmbiguous:
		return 1
	}
	switch {
	case r == ' ':
		return 0.3
	case r >= 'A' && r <= 'Z':
		return 0.7
	}
	return 0.58
}
