package email

import (
	"testing"

	"kozamori/internal/testkit/markuptest"
	"kozamori/internal/wording"
)

func TestNoTextOfAMailIsTakenForMarkup(t *testing.T) {
	for _, tone := range []wording.Tone{wording.Critical, wording.Notice, wording.Calm} {
		markuptest.Check(t, func(text string) string {
			m := wording.Message{Tone: tone}
			markuptest.Fill(&m, text, "Tone")
			_, html := render(m)
			return html
		})
	}
}
