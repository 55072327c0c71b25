package wording

import (
	"regexp"
	"testing"
)

// digitsIn are the texts that may hold a digit, and why.
var digitsIn = map[string]string{
	"tStepPolice": "telephone numbers", "tStepConsumer": "a telephone number",
	"tDate": "a layout", "tMonth": "a layout", "tHistMonth": "a layout",
	"tSetEachHint": "0 is what one types", "tTenths": "the zero of the tens",
	"tSetMonthly": "one month", "tWhyNear": "once, and one month", "tSetNear": "likewise", "tSetWordsHint": "one a line", "tFamMadeText": "one person", "tFamFull": "one account",
	"tDoorText": "once", "tDoorGoneText": "once", "tcSettingsOnce": "once",
	"tcPauseHour": "the buttons' own words", "tcPauseMorning": "likewise", "tcPauseToday": "likewise", "tcPauseWeek": "likewise",
	"tMailSent": "not from a constant yet", "tMailMany": "likewise", "tReopenText": "likewise",
}

var digit = regexp.MustCompile(`[0-9０-９]`)

func TestNumbersAreArgumentsAndNotDigitsOfASentence(t *testing.T) {
	for name, x := range texts(t) {
		has := digit.MatchString(verb.ReplaceAllString(x.ja+x.en, ""))
		if _, may := digitsIn[name]; has != may {
			t.Errorf("%s: digits %v, allowed %v: %q / %q", name, has, may, x.ja, x.en)
		}
	}
}
