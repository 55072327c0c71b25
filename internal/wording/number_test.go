package wording

import (
	"regexp"
	"testing"
)

// digitsIn are the texts that may hold a number, and why.
var digitsIn = map[string]string{
	"tStepPolice": "telephone numbers", "tStepConsumer": "a telephone number",
	"tDate": "a layout", "tMonth": "a layout", "tHistMonth": "a layout", "tsMonth": "a layout", "tSheetDay": "a layout", "tClaimDay": "a layout",
	"tSetEachHint": "0 is what one types", "tTenths": "the zero of the tens",
	"tSetMonthly": "one month", "tWhyNear": "once, and one month", "tSetNear": "the same", "tSetWordsHint": "one a line", "tFamMadeText": "one person", "tFamFull": "one account",
	"tDoorText": "once", "tDoorGoneText": "once", "tcSettingsOnce": "once",
	"tUndecided": "both", "tCoverOne": "one debit", "tFaultQuiet": "two fields",
}

// digit finds a number, also where it is written in words.
var digit = regexp.MustCompile(`[0-9０-９]|[二三四五六七八九十百千][分時日週年人回件個か文]|一(時間|[分日週年人回件個か文])|(?i)\b(two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|sixty|hundred|half)\b|\b(an|one) hour\b|\b(a|one) (minute|day|week|year)\b`)

func TestNumbersAreArgumentsAndNotDigitsOfASentence(t *testing.T) {
	for name, x := range texts(t) {
		has := digit.MatchString(verb.ReplaceAllString(x.ja+x.en, ""))
		if _, may := digitsIn[name]; has != may {
			t.Errorf("%s: digits %v, allowed %v: %q / %q", name, has, may, x.ja, x.en)
		}
	}
}
