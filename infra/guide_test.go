package infra_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/bankapi"
	"kozamori/internal/bankfile"
	"kozamori/internal/callback"
	"kozamori/internal/control"
	"kozamori/internal/dispute"
	"kozamori/internal/feed"
	"kozamori/internal/ingest"
	"kozamori/internal/inquiry"
	"kozamori/internal/notify"
	"kozamori/internal/radar"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

var guides = []string{"guide/README.md", "guide/README.en.md"}

// Each event and each callback stands in the guide with an example: the events
// are taken, the callbacks are those of the description.
func TestTheExamplesOfTheGuideAreTrue(t *testing.T) {
	t.Parallel()
	doc := document(t)
	hooks := doc.Webhooks
	kinds := slices.Sorted(maps.Keys(hooks))
	for _, v := range doc.Components.Schemas["Event"].Value.Properties["type"].Value.Enum {
		kinds = append(kinds, v.(string))
	}
	if len(kinds) < 9 {
		t.Fatalf("only %q", kinds)
	}
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, watch.JST)
	for _, name := range guides {
		shown := map[string]bool{}
		for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(read(t, name), -1) {
			var got map[string]any
			if err := json.Unmarshal([]byte(block[1]), &got); err != nil {
				t.Fatalf("%s: %v in %s", name, err, block[1])
			}
			kind, _ := got["type"].(string)
			shown[kind] = true
			if hook := hooks[kind]; hook != nil {
				raw, err := json.Marshal(hook.Post.RequestBody.Value.Content["application/json"].Example)
				var want map[string]any
				if err != nil || json.Unmarshal(raw, &want) != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s: %s is not as it is described:\n%s", name, kind, d)
				}
				continue
			}
			taken, err := wire.ReadBody([]byte(`{"events":[`+block[1]+`]}`), "0125", now)
			if err != nil || len(taken.Events) != 1 || len(taken.Events[0].Problems) > 0 || len(taken.Events[0].Ignored) > 0 {
				t.Errorf("%s: %s would not be taken: %v %+v", name, kind, err, taken)
			}
		}
		for _, kind := range kinds {
			if !shown[kind] {
				t.Errorf("%s shows no %s", name, kind)
			}
		}
	}
}

// What is sent, what is described and what ctl listen knows are the same types; that
// each is sent, and nothing else, TestWhatTheBankIsToldIsAsDescribed shows.
func TestEachTypeOfCallbackIsKnownEverywhere(t *testing.T) {
	t.Parallel()
	sent := []string{feed.TypeSilent, feed.TypeBack, feed.TypeLate, feed.TypeOnTime, feed.TypeGap, feed.TypeFilled, bankfile.TypeFinished, radar.TypeSuspected, radar.TypeEnded, callback.TypeUnreachable, callback.PingType}
	for _, s := range []watch.DisputeStatus{watch.DisputeOpened, watch.DisputeWithdrawn, watch.DisputeUpdated} {
		sent = append(sent, dispute.CallbackType(watch.DisputeChange{Status: s}))
	}
	for _, s := range []watch.ControlState{watch.ControlRequested, watch.ControlWithdrawn} {
		sent = append(sent, control.CallbackType(&watch.ControlChange{State: s}))
	}
	for _, s := range []watch.InquiryState{watch.InquiryMine, watch.InquiryWithdrawn, watch.InquiryUnanswered} {
		sent = append(sent, inquiry.CallbackType(&watch.InquiryChange{State: s}))
	}
	slices.Sort(sent)
	if d := cmp.Diff(sent, slices.Sorted(slices.Values(callback.Types))); d != "" {
		t.Errorf("sent (-) and listed (+):\n%s", d)
	}
	doc := document(t)
	if d := cmp.Diff(sent, slices.Sorted(maps.Keys(doc.Webhooks))); d != "" {
		t.Errorf("sent (-) and described (+):\n%s", d)
	}
	for kind, hook := range doc.Webhooks {
		of := hook.Post.RequestBody.Value.Content["application/json"].Schema.Value.Properties["type"].Value
		if of.Const != kind && !slices.Contains(of.Enum, any(kind)) {
			t.Errorf("the schema of %s has another type", kind)
		}
	}
}

func TestTheNumbersOfTheGuideAreThoseInUse(t *testing.T) {
	t.Parallel()
	stage := notify.New(notify.Config{})
	events, mib := wire.MaxEvents, wire.MaxBody>>20
	clock, timeout, wait, lasts := of(watch.ClockSkew, time.Minute), of(callback.Time, time.Second), of(notify.BankMost, time.Minute), of(stage.BankGiveUpAfter, time.Hour)
	calls := callback.PerBank * senders(t)
	stack := read(t, "../template.yaml")
	perSecond, requests := number(t, stack, `  EventsPerSecond:\n    Type: Number\n    Default: (\d+)`), number(t, stack, `  RequestsPerSecond:\n    Type: Number\n    Default: (\d+)`)
	atOnce, first := of(ingest.AtOnce, time.Second), int(notify.BankFirst/time.Second)
	kept, replaced := number(t, stack, `ExpirationInDays: (\d+)`), number(t, stack, `NoncurrentDays: (\d+)`)
	again := 1 + number(t, read(t, "guide/README.en.md"), `fault=accept-then-drop&n=(\d+)`)
	said := map[string][]string{
		"guide/README.md": {
			fmt.Sprintf("プログラムには%s回", map[int]string{4: "四"}[again]),
			fmt.Sprintf("一度に%d件、%d MiBまで", events, mib), fmt.Sprintf("前後%s分", clock), fmt.Sprintf("%s秒以内に2xx", timeout), fmt.Sprintf("最大%s分おきに、%s時間まで", wait, lasts),
			fmt.Sprintf("はじめは%d〜%d秒後、そのあとは毎回二倍", first/2, first), fmt.Sprintf("毎秒%s件で、%s秒分まで", thousands(perSecond), atOnce), fmt.Sprintf("毎秒%d回、本文は%d KiB", requests, bankapi.MaxBody>>10),
			fmt.Sprintf("`Retry-After`には%s分まで", wait), fmt.Sprintf("同時に最大%d件", calls), "10分", "1970年",
			fmt.Sprintf("ファイルは%d日後に、置き換えられたものは%d日後に削除", kept, replaced),
		},
		"guide/README.en.md": {
			fmt.Sprintf("your receiver gets it %s times", map[int]string{4: "four"}[again]),
			fmt.Sprintf("at most %d events and %d MiB", events, mib), fmt.Sprintf("more than %s minutes off", clock), fmt.Sprintf("2xx within %s seconds", timeout), fmt.Sprintf("after %s minutes at most, for %s hours", wait, lasts),
			fmt.Sprintf("after %d to %d seconds, then after twice as long", first/2, first), fmt.Sprintf("%s events a second, and %s seconds' worth", thousands(perSecond), map[string]string{"10": "ten"}[atOnce]),
			fmt.Sprintf("at most %d KiB, %d a second", bankapi.MaxBody>>10, requests),
			fmt.Sprintf("kept to, up to %s minutes", wait), fmt.Sprintf("at most %d calls", calls), "since 1970", "two sample banks", "a second terminal", "same three variables", "a day later",
			fmt.Sprintf("deleted after %s days, replaced ones after %s", map[int]string{7: "seven"}[kept], map[int]string{1: "one"}[replaced]),
		},
	}
	for name, sentences := range said {
		text := regexp.MustCompile("(?s)```.*?```").ReplaceAllString(read(t, name), " ")
		text = told(t, name, text, sentences)
		text = regexp.MustCompile("`[^`]*`|\\]\\([^)]*\\)").ReplaceAllString(text, " ")
		var rest []string
		for line := range strings.Lines(text) {
			if !regexp.MustCompile(`^(\| \d|\| 5xx|#|\d\. )`).MatchString(line) {
				rest = append(rest, regexp.MustCompile(`2xx|\b(?:a |the |its )?401`).ReplaceAllString(line, ""))
			}
		}
		unlisted(t, name, strings.Join(rest, ""))
	}
}

// Each command of ctl that the guide gives is one, and each path is served.
func TestTheGuideNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	doc := document(t)
	for _, name := range guides {
		text := read(t, name)
		paths := regexp.MustCompile(`(GET|POST|PUT|DELETE|PATCH) (/v1/[^\s?`+"`"+`]+)`).FindAllStringSubmatch(text, -1)
		if len(paths) < 5 {
			t.Fatalf("%s names %d paths", name, len(paths))
		}
		for _, p := range paths {
			if item := doc.Paths.Value(p[2]); item == nil || item.GetOperation(p[1]) == nil {
				t.Errorf("%s names %s, which is not served", name, p[0])
			}
		}
		main := read(t, "ctl/main.go")
		for _, c := range regexp.MustCompile(`go run \.\./ctl ((?:bank |quarantine |callbacks )?[a-z-]+)`).FindAllStringSubmatch(text, -1) {
			if !strings.Contains(main, `{"`+c[1]+`", `) {
				t.Errorf("%s names ctl %s, which is not there", name, c[1])
			}
		}
	}
}

// thousands writes a number below a million as people read it, 2,000.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
