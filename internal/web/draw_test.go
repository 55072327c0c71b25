package web

import (
	"strings"
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/testkit/markuptest"
)

// kinds are all kinds of fields.
var kinds = []message.FieldKind{message.FieldText, message.FieldNumber, message.FieldEmail, message.FieldTime, message.FieldLines, message.FieldCheck,
	message.FieldSelect, message.FieldHidden, "<b>"}

func TestNoTextOfAPageIsTakenForMarkup(t *testing.T) {
	for _, kind := range kinds {
		markuptest.Check(t, func(text string) string {
			var p message.Page
			markuptest.Fill(&p, text, "QR", "Kind")
			for _, part := range p.Parts {
				for _, f := range part.Forms {
					for _, fields := range [][]message.Field{f.Fields, f.Groups[0].Fields} {
						for i := range fields {
							fields[i].Kind = kind
						}
					}
				}
			}
			var b strings.Builder
			if err := draw(p).Render(&b); err != nil {
				t.Fatal(err)
			}
			return b.String()
		})
	}
}

func TestWhatIsNoNumberIsOnlySaid(t *testing.T) {
	page := func(tel string) string {
		var b strings.Builder
		_ = draw(message.Page{Lang: "ja", Parts: []message.Part{{Message: message.Message{Steps: []message.Step{{Text: "銀行に電話", Tel: tel}}}}}}).Render(&b)
		return b.String()
	}
	if got := page("0120-000-000"); !strings.Contains(got, `href="tel:0120-000-000"`) {
		t.Errorf("the number cannot be tapped: %s", got)
	}
	if got := page("#9110"); strings.Contains(got, "<a") || !strings.Contains(got, "#9110") {
		t.Errorf("what phones do not dial is a link, or not said: %s", got)
	}
	if got := page("窓口"); strings.Contains(got, "<a") || !strings.Contains(got, "窓口") {
		t.Errorf("a word is taken for a number, or not said: %s", got)
	}
}
