package line_test

import (
	"encoding/json"
	"strings"
	"testing"

	"kozamori/internal/line"
	"kozamori/internal/message"
	"kozamori/internal/testkit/breadth"
	"kozamori/internal/testkit/hostile"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// texts are all strings of a drawn message that LINE shows.
func texts(v any, under string) (out []string) {
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			out = append(out, texts(x, name)...)
		}
	case []any:
		for _, x := range v {
			out = append(out, texts(x, under)...)
		}
	case string:
		if under == "text" || under == "label" || under == "altText" || under == "displayText" {
			out = append(out, v)
		}
	}
	return out
}

// shown is all that LINE shows of a message, drawn or as text.
func shown(t *testing.T, m message.Message, labels message.Labels) string {
	t.Helper()
	b, err := json.Marshal(line.Flex(m, labels))
	if err != nil {
		t.Fatal(err)
	}
	var drawn any
	if err := json.Unmarshal(b, &drawn); err != nil {
		t.Fatal(err)
	}
	return strings.Join(texts(drawn, ""), "\n") + "\n" + line.PlainText(m, labels)
}

// Whatever a bank prints, no message in LINE hides, stacks or pushes away
// anything, and nothing of it can be tapped; the lock screen has none of it.
func TestNothingThatStrangersWriteGetsOutOfItsLine(t *testing.T) {
	t.Parallel()
	for l, lang := range []watch.Lang{watch.Japanese, watch.English} {
		labels := wording.LabelsIn(string(lang))
		ours, alt := map[string]hostile.Lines{}, map[string]string{}
		for name, m := range hostile.Messages(lang, "ﾍﾟｲﾍﾟｲ") {
			ours[name], alt[name] = hostile.LinesOf(shown(t, m, labels)), m.Alt
		}
		for i, x := range hostile.Texts() {
			if i%(2*breadth.Of(3, 1)) != l { // each in one language
				continue
			}
			for name, m := range hostile.Messages(lang, x.Raw) {
				if harm := ours[name].Harm(shown(t, m, labels)); harm != "" {
					t.Errorf("%s, %s, %q: %s", lang, name, x.Raw, harm)
				}
				if m.Alt != alt[name] {
					t.Errorf("%s, %s: the lock screen shows %q", lang, name, m.Alt)
				}
			}
		}
	}
}
