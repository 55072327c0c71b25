package catalog

import (
	"fmt"
	"strings"
)

// Why is the reasons of a reading.
type Why uint32

// Reasons for and against a reading.
const (
	WhySeen        Why = 1 << iota // the name was seen at this bank
	WhyElsewhere                   // it was seen at another bank
	WhyGuessed                     // the name is a guess, or may be another word
	WhyCut                         // the line ends inside the name
	WhyRail                        // a real-time rail, which bills do not use
	WhyNamed                       // the bank names the service
	WhyCollector                   // the code of the service's collector
	WhyLink                        // the account has a link with the service
	WhyNewLink                     // it was made within freshLink
	WhyText                        // the text says so, and the bank another
	WhyWord                        // a word next to the name
	WhyMark                        // the mark in front of the name
	WhyUnknownWord                 // an unknown word next to the name
	WhyCommon                      // others are called so too
	WhyEnded                       // the service took no money on that day
	WhyTooMuch                     // it takes less at once
	WhyRhythm                      // such a debit comes each month, as a bill does
	WhyNotMine                     // such a debit was answered "not mine"
	WhyChosen                      // the person chose this reading before
	WhyAtBank                      // that is what the name stands for at this bank
	WhyFull                        // the line is as long as the bank prints, and a bill's word may have followed
)

// Has tells whether any of some reasons is among them.
func (y Why) Has(some Why) bool { return y&some != 0 }

var whyTexts = [...]string{
	"name seen at this bank", "name seen at other banks", "name guessed", "name cut off by the bank", "real-time rail", "named by the bank",
	"collector's code", "linked with the account", fmt.Sprintf("linked within the last %d hours", int(freshLink.Hours())), "name in the text", "word next to the name", "mark in front of the name",
	"unknown word next to the name", "common word", "service had ended or not begun on that day", "more than the service takes at once",
	"same day of each month", "such a debit was answered \"not mine\"", "chosen before", "what the name is at this bank", "the bank cuts its lines there",
}

func (y Why) String() string {
	var out []string
	for i, t := range whyTexts {
		if y&(1<<i) != 0 {
			out = append(out, t)
		}
	}
	return strings.Join(out, ", ")
}

// String says a reading and its reasons: "paypay: name seen at this bank".
func (r Reading) String() string {
	what := r.Service
	if what == "" {
		what = r.What
	}
	return what + ": " + r.Why.String()
}
