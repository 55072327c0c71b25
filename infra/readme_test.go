package infra_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"kozamori/internal/edition"
	"kozamori/internal/lesson"
	"kozamori/internal/store"
)

// measured are the figures of the README that no constant makes: what was
// measured (infra/bench and infra/samlocal print it, and assert the most that
// may be), and samples.
var measured = []string{
	"cost about $0.81", "about $21 a month", "A million events, 5 % of them", "one person each",
	"within a second or two", "takes five minutes", "200 alerts a second", "in batches of 100", "years of statements",
	"only 10 functions at a time", "1,000 concurrent executions", "camt.052 to .054", "port 8080", "UTF-16", "the public half", "three plain ways of doing it",
	"two banks", "a year of 35 banks", "a day pass", "a month of a bank's lines", "at most once over each channel", "one stage each", "One tap",
}

// costs are those of the paper on cost: what was measured, and what AWS asks.
var costs = []string{
	"At us-east-1's list prices of November 2026", "a million events, 5 % of them alerting one person each", "| about $0.81 |", "| $0.96 |",
	"a year old, with 64 debits of two wallets and ten monthly bills each | $0.77: only those of the last week", "seven times a day, which are fifty in that week | $1.10 |",
	"| about $1.80 |", "two in a hundred", "at three writes", "some 6 KB for ten bills", "about $21 a month", "costs $0.45 a GB", "5.2 calls of DynamoDB", "two writes",
	"a hundredth of a batch read at half the price", "(8 to 13 ms, of which 7 to 10 of processor)", "(10 to 13 MB)",
}

func TestTheNumbersOfTheReadmeAreThoseInUse(t *testing.T) {
	t.Parallel()
	text := read(t, "../README.md")
	text = regexp.MustCompile("(?s)```.*?```|`[^`]*`|\\]\\([^)]*\\)").ReplaceAllString(text, " ") // commands, names and addresses
	stack := read(t, "../template.yaml")
	count := func(kind string) int { return strings.Count(stack, "    Type: "+kind+"\n") }
	together := 0
	for _, c := range regexp.MustCompile(`MaximumConcurrency: (\d+)`).FindAllStringSubmatch(stack, -1) {
		n, _ := strconv.Atoi(c[1])
		together += n
	}
	queues := strings.Count(stack, "ScalingConfig: {MaximumConcurrency") // those that a function takes from; each has its dead letters
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "../go.mod"))[1]
	left := told(t, "README.md", text, append([]string{
		fmt.Sprintf("%s Lambda functions, %s queues and %s table", words[count("AWS::Serverless::Function")], words[queues], words[count("AWS::DynamoDB::Table")]),
		fmt.Sprintf("the queues alone take %d", together),
		fmt.Sprintf("With Go %s or newer", version),
		fmt.Sprintf("Programs look once %s,", map[string]string{"1m0s": "a minute"}[edition.Stale.String()]),
		fmt.Sprintf("from %d accounts or more", lesson.MinAccounts),
	}, measured...))
	unlisted(t, "README.md", left)

	paper := regexp.MustCompile("(?s)```.*?```|`[^`]*`").ReplaceAllString(read(t, "papers/cost.md"), " ")
	unlisted(t, "cost.md", told(t, "cost.md", paper, append([]string{
		fmt.Sprintf("asking %s queues", words[queues]),
		fmt.Sprintf("%d alarms", strings.Count(read(t, "alarms.yaml"), "Type: AWS::CloudWatch::Alarm")),
		fmt.Sprintf("a trace is kept for %d days", store.KeepUnheard/(24*time.Hour)),
	}, costs...)))
}
