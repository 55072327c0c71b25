package wording

import (
	"testing"

	"kozamori/internal/watch"
)

func TestAnswerTakenBackReadsAsItShould(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		f := answerFacts(lang)
		f.Reference = "KZ-7F3K-9Q2M"
		golden(t, "answer-taken-back", lang, show(AnswerTakenBack(f)))
	}
}
