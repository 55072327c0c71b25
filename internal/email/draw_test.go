package email

import (
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/testkit/markuptest"
)

func TestNoTextOfAMailIsTakenForMarkup(t *testing.T) {
	t.Parallel()
	for _, tone := range []message.Tone{message.Critical, message.Notice, message.Calm} {
		markuptest.Check(t, func(text string) string {
			m := message.Message{Tone: tone}
			markuptest.Fill(&m, text, "Tone")
			_, html := render(m, message.Labels{})
			return html
		})
	}
}
