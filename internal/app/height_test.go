package app_test

import (
	"cmp"
	"encoding/json"
	"strings"
	"testing"

	"kozamori/infra/pictures/gallery"
	"kozamori/internal/line"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// Every kind of alert stands on one screen, with amount and answers, in both
// languages and both sizes, by LINE's own measures. The gallery's own test draws
// them in a browser.
func TestAnAlertStandsOnOneScreen(t *testing.T) {
	t.Parallel()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, k := range gallery.Alerts(lang) {
			t.Run(k.ID(lang), func(t *testing.T) {
				t.Parallel()
				m := k.Message
				bubbles, err := gallery.Bubbles(m)
				if err != nil || len(bubbles) != 1 {
					t.Fatalf("%d bubbles, %v", len(bubbles), err)
				}
				for scale, most := range map[float64]float64{1: gallery.InSight, gallery.Big: gallery.InSightBig} {
					if high := gallery.Height(bubbles[0], scale); high > most {
						t.Errorf("%.0f pixels high at ×%g, at most %g", high, scale, most)
					}
				}
				f := line.Flex(m, wording.LabelsIn(m.Lang))
				raw, err := json.Marshal(f.Contents)
				if err != nil {
					t.Fatal(err)
				}
				said := string(raw)
				for _, must := range append([]string{m.Badge, m.Title}, m.Text...) {
					if !strings.Contains(said, must) {
						t.Errorf("%q is not shown", must)
					}
				}
				answers := 0
				for _, b := range m.Buttons {
					if b.Postback != "" && len([]rune(cmp.Or(b.Short, b.Label))) <= 20 {
						answers++
					}
				}
				quick := 0
				if f.QuickReply != nil {
					quick = len(f.QuickReply.Items)
				}
				if quick != answers && (answers > 1 || quick > 0) {
					t.Errorf("%d answers with room, and %d quick replies", answers, quick)
				}
				if len(m.Why)+len(m.Steps) > 0 && !strings.Contains(said, `"uri":"https://`) {
					t.Error("what is left out stands nowhere")
				}
			})
		}
	}
}
