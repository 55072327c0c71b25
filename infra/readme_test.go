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
// may be), what AWS asks, and samples.
var measured = []string{
	"about $0.81 at us-east-1's list prices of November 2026", "$0.96 if they come so slowly", "with 64 debits of two wallets and ten monthly bills each ($0.77)",
	"seven times a day those are fifty, and it is $1.10", "some 6 KB for ten bills", "about $21 a month, for", "at $0.45 a GB", "5.2 calls of DynamoDB",
	"a hundredth of a batch read at half the price", "(8 to 13 ms, of which 7 to 10 of processor)", "(10 to 13 MB)", "A million events, 5 % of them",
	"within a second or two", "takes five minutes", "200 alerts a second", "in batches of 100", "years of statements",
	"only 10 functions at a time", "1,000 concurrent executions", "camt.052 to .054", "port 8080", "accounts a year old", "UTF-16", "the public half", "three plain ways of doing it",
	"two banks", "two in a hundred have a text", "at three writes each", "about $1.80 to a million", "a year of 35 banks", "a day pass", "a month of a bank's lines", "at most once over each channel", "one stage each", "One tap", "one person each",
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
		fmt.Sprintf("asking %s queues", words[queues]),
		fmt.Sprintf("the queues alone take %d", together),
		fmt.Sprintf("%d alarms", strings.Count(read(t, "alarms.yaml"), "Type: AWS::CloudWatch::Alarm")),
		fmt.Sprintf("With Go %s or newer", version),
		fmt.Sprintf("Programs look once %s,", map[string]string{"1m0s": "a minute"}[edition.Stale.String()]),
		fmt.Sprintf("a trace is kept for %d days", store.KeepUnheard/(24*time.Hour)),
		fmt.Sprintf("from %d accounts or more", lesson.MinAccounts),
	}, measured...))
	unlisted(t, "README.md", left)
}
