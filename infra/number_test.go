package infra_test

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	yaml "github.com/oasdiff/yaml3"

	"kozamori/internal/audit"
	"kozamori/internal/bankapi"
	"kozamori/internal/callback"
	"kozamori/internal/catalog"
	"kozamori/internal/dispute"
	"kozamori/internal/edition"
	"kozamori/internal/feed"
	"kozamori/internal/ingest"
	"kozamori/internal/inquiry"
	"kozamori/internal/intake"
	"kozamori/internal/membership"
	"kozamori/internal/notify"
	"kozamori/internal/queue"
	"kozamori/internal/quote"
	"kozamori/internal/radar"
	secretstore "kozamori/internal/secrets"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// A number that banks, or the people on duty, read is the one that is used.
// Each sentence is written here with its constant in the place of the number;
// a sentence that reads otherwise, or a number that no sentence here has, fails.

const day = 24 * time.Hour

// of is a time as a sentence has it. What is not a whole number of the unit
// shows as itself, which no sentence says.
func of(d, unit time.Duration) string {
	if d%unit != 0 {
		return d.String()
	}
	return strconv.Itoa(int(d / unit))
}

// told checks that each of the sentences stands in a text, and returns what is
// left of the text without them.
func told(t *testing.T, what, text string, sentences []string) string {
	t.Helper()
	slices.SortStableFunc(sentences, func(a, b string) int { return len(b) - len(a) })
	for _, s := range sentences {
		if !strings.Contains(text, s) {
			t.Errorf("%s does not say %q", what, s)
		}
		text = strings.ReplaceAll(text, s, " ")
	}
	return text
}

// strange are the numbers of a text that are none of ours: names of standards,
// statuses, encodings.
var strange = regexp.MustCompile(`RFC \d+|ISO 20022|camt\.052, \.053 or \.054|sha256|HMAC-SHA256|\bS3\b|\bs3\b|SHA-256|UTF-8|base64|/v1/|\bv1,|any 5xx|A 202|but a 204|Answer 2xx|\b400 is for|\b415 for a body|A 401 does|\b429 says|After 429|ud842|` + "`0100`" + `|since 1970|status 401|= "5\*"|api-5xx`)

var anyNumber = regexp.MustCompile(`[0-9]+`)

func unlisted(t *testing.T, what, text string) {
	t.Helper()
	for _, line := range strings.Split(strange.ReplaceAllString(text, " "), "\n") {
		if n := aNumber.FindString(line); n != "" {
			t.Errorf("%s says %s, which is held against no constant: %s", what, n, strings.TrimSpace(line))
		}
	}
}

// bounds are the keywords of a schema that a program keeps.
var bounds = []string{"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "default"}

// published collects the sentences, bounds and patterns of the description.
// Examples, statuses, versions and what links lead along are none.
func published(n *yaml.Node, path []string, visit func(path []string, value string)) {
	switch n.Kind {
	case yaml.DocumentNode, yaml.SequenceNode:
		for _, c := range n.Content {
			published(c, path, visit)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i].Value
			if key == "example" || key == "examples" || key == "links" && slices.Contains(path, "responses") || key == "enum" || key == "openapi" || key == "version" || key == "$ref" {
				continue
			}
			published(n.Content[i+1], append(slices.Clone(path), key), visit)
		}
	case yaml.ScalarNode:
		visit(path, n.Value)
	}
}

func TestTheNumbersOfTheDescriptionAreThoseInUse(t *testing.T) {
	t.Parallel()
	const alphabet = "[34679ACDEFGHJKMNPQRTVWXY]"
	chars := `A-Za-z0-9_~-`
	once := map[string]bool{} // of bounds: which were found
	limits := map[string]int{
		"EventId.maxLength": wire.MaxID, "TransactionId.maxLength": wire.MaxID, "replaces.maxLength": wire.MaxID,
		"AccountMask.maxLength": watch.MaxMask, "account_mask.maxLength": watch.MaxMask,
		"Descriptor.maxLength": wire.MaxText, "descriptor.maxLength": wire.MaxText, "detail.maxLength": wire.MaxText,
		"Service.maxLength": wire.MaxWord, "service.maxLength": wire.MaxWord, "route.maxLength": wire.MaxWord, "id.maxLength": wire.MaxWord,
		"rail.maxLength": wire.MaxWord, "collector.maxLength": wire.MaxWord,
		"Yen.maximum": wire.MaxAmount, "amount.maximum": wire.MaxAmount, "balance_after.maximum": wire.MaxBalance, "balance_after.minimum": -wire.MaxBalance,
		"items.maxItems": inquiry.MaxItems, "answer_within_minutes.minimum": int(inquiry.LeastAnswer / time.Minute), "answer_within_minutes.maximum": int(inquiry.MostAnswer / time.Minute), "answer_within_minutes.default": int(inquiry.AnswerWithin / time.Minute), "events.maxItems": wire.MaxEvents, "accounts.maxItems": membership.MaxTicked, "links.maxItems": membership.MaxLinks, "watchers.maxItems": watch.MaxWatchers,
		"days.maxItems":     store.TallyDays,
		"contacts.maxItems": store.MaxContacts, "for.maxLength": store.MaxContactText, "hours.maxLength": store.MaxContactText,
		"label.maxLength": bankapi.MaxLabel, "clerk.maxLength": bankapi.MaxClerk, "schema.maxLength": bankapi.MaxIdempotencyKey, "NoteRequest.text.maxLength": bankapi.MaxNote,
		"text.maxLength": dispute.MaxText, "schema.maximum": bankapi.MaxPage, "schema.default": bankapi.DefaultPage, "feed.schema.maximum": bankapi.MaxHours, "feed.schema.default": bankapi.DefaultHours,
		"files.schema.maxLength": wire.MaxFeed, "files.schema.maximum": wire.MaxNumber,
		"feed.maxLength": wire.MaxFeed, "file.maxLength": wire.MaxFile, "sequence.maximum": wire.MaxNumber, "additionalProperties.maximum": wire.MaxNumber, "next_within_seconds.maximum": wire.MaxBeat, "pauses.maxItems": wire.MaxPauses,
		"transaction_ids.maxItems": radar.MaxFirst,
		// LINE's own bounds of a nonce.
		"nonce.minLength": 10, "nonce.maxLength": 255,
	}
	groups := watch.CodeLen/4 - 1
	patterns := []string{
		"^[0-9]{4}$",                    // a bank's code
		"^[a-z0-9-]+$",                  // a service's id
		"^[A-Za-z0-9._-]*$",             // a feed
		`^[^\x00-\x1f\x7f-\x9f]*$`,      // no control characters
		"^[0-9]{8}t[0-9]{6}-[a-z0-9]+$", // of radar.Open
		fmt.Sprintf("^[0-9a-f]{%d}$", 2*sha256.Size),
		fmt.Sprintf(`^([%s][A-Za-z0-9_.~-]{0,%d}|[.][%s][A-Za-z0-9_.~-]{0,%d}|[.][.][A-Za-z0-9_.~-]{1,%d})$`, chars, watch.MaxRef-1, chars, watch.MaxRef-2, watch.MaxRef-2),
		fmt.Sprintf("^%s{4}(-%s{4}){%d}$", alphabet, alphabet, groups),
		fmt.Sprintf("^KZ(-%s{4}){2}$", alphabet), // of watch.Reference
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(read(t, "openapi.yaml")), &doc); err != nil {
		t.Fatal(err)
	}
	var prose strings.Builder
	published(&doc, nil, func(path []string, value string) {
		keyword := path[len(path)-1]
		switch {
		case slices.Contains(bounds, keyword) && anyNumber.MatchString(value):
			if value == "0" || value == "1" {
				return
			}
			name := strings.Join(path[max(0, len(path)-2):], ".")
			if i := len(path) - 4; i >= 0 && path[i] == "NoteRequest" && path[i+2] == "text" { // not one for a person
				name = "NoteRequest." + name
			}
			if slices.Contains(path, "/v1/banks/{bank}/feed") { // hours, and no page
				name = "feed." + name
			}
			if slices.Contains(path, "/v1/banks/{bank}/files") {
				name = "files." + name
			}
			want, ok := limits[name]
			once[name] = true
			if !ok {
				t.Errorf("%s is %s, which is held against no constant", strings.Join(path, "."), value)
			} else if value != strconv.Itoa(want) {
				t.Errorf("%s is %s, and %d is used", strings.Join(path, "."), value, want)
			}
		case keyword == "pattern":
			if anyNumber.MatchString(value) && !slices.Contains(patterns, value) {
				t.Errorf("%s is %s, which no constant makes", strings.Join(path, "."), value)
			}
		default:
			prose.WriteString(strings.Join(strings.Fields(value), " ") + "\n")
		}
	})
	for name := range limits {
		if !once[name] {
			t.Errorf("%s is not in the description", name)
		}
	}
	stage := notify.New(notify.Config{})
	callbacks := of(stage.BankGiveUpAfter, time.Hour)
	if every := number(t, read(t, "../template.yaml"), `ScheduleExpression: rate\((\d+) minute`); audit.Within != 2*time.Duration(every)*time.Minute {
		t.Errorf("sweep runs each %d minutes; what was done is said to be listed within %s", every, audit.Within)
	}
	left := told(t, "openapi.yaml", prose.String(), []string{
		"Each item is about one debit or link", "with the two buttons of an alert", "no one was asked", "no one watches the account",
		fmt.Sprintf("no channel had taken it %s minutes later", of(watch.ReachWithin, time.Minute)),
		fmt.Sprintf("asked about at most %d things in %s hours", watch.MostInquiries, of(watch.InquiriesWithin, time.Hour)), fmt.Sprintf("asked about enough in %s hours", of(watch.InquiriesWithin, time.Hour)),
		fmt.Sprintf("They are kept for %s days", of(store.KeepRecord, day)),
		fmt.Sprintf("until %s hour after its end", of(store.KeepCode, time.Hour)),
		fmt.Sprintf("mail, until %s hour after its end", of(store.KeepCode, time.Hour)),
		fmt.Sprintf("others for %s hour after their end", of(store.KeepCode, time.Hour)),
		fmt.Sprintf("for %s years; they name", of(store.KeepDispute, 365*day)),
		fmt.Sprintf("erased %s minutes later", of(membership.EraseAgain, time.Minute)),
		fmt.Sprintf("back, within %s minutes of it", of(watch.UndoFor, time.Minute)),
		fmt.Sprintf("or %d digits and more", quote.PhoneDigits),
		fmt.Sprintf("by more than %s minutes", of(wire.MaxAhead, time.Minute)),
		fmt.Sprintf("Noted every %s minutes", of(bankapi.LastUsedEvery, time.Minute)),
		"two of different ids that take the place of one are two debits", "but for one thing", "do one of these",
		"then both are one debit with this one's amount", "Two of one amount are one if they are of the same moment", "of one day alone", "under two ids they are two", "first of all for one of the",
		fmt.Sprintf("before a debit happened, by more than %s minutes", of(watch.ClockSkew, time.Minute)),
		fmt.Sprintf("dated it before the transaction, by more than %s minutes", of(watch.ClockSkew, time.Minute)),
		fmt.Sprintf("dated before a debit, by more than %s minutes", of(watch.ClockSkew, time.Minute)),
		fmt.Sprintf("in the same request of at most %d KiB", wire.MaxMessage>>10),
		fmt.Sprintf("such a posting is kept for %s days", of(store.KeepUnheard, day)),
		fmt.Sprintf("more than %s days old, from before they watched", of(watch.PastAfter, day)), "half a character", "a day without any is left out", "a day in Japan", "of one day in Japan",
		fmt.Sprintf("It will be, within %s minutes", of(audit.Within, time.Minute)),
		fmt.Sprintf("only ever added, within %s minutes", of(audit.Within, time.Minute)),
		fmt.Sprintf("one event or up to %d", wire.MaxEvents),
		fmt.Sprintf("are kept for %s days for the bank's engineers", of(store.KeepRefused, day)),
		fmt.Sprintf("413 for more than %d MiB or %d events", wire.MaxBody>>20, wire.MaxEvents),
		fmt.Sprintf("`transaction_id` for %s days", of(store.KeepRecord, day)),
		fmt.Sprintf("Events are found for %s days, refused ones for %s", of(store.KeepRecord, day), of(store.KeepRefused, day)),
		fmt.Sprintf("names no one (口座振替) is kept for %s days", of(store.KeepUnheard, day)),
		fmt.Sprintf("for %s days, and for %s if it is of just the amount", of(watch.PostWithin, day), of(watch.HoldWithin, day)), "authorised: one that comes later",
		fmt.Sprintf("Events are found by their id for %s days", of(store.KeepTrace, day)),
		fmt.Sprintf("on each of the last %d days", store.TallyDays),
		fmt.Sprintf("works for %s days, or until `expires_at`, within %s.", of(bankapi.KeyLife, day), of(bankapi.MaxKeyLife, day)),
		"customers are told to call", fmt.Sprintf("checked more than %s days ago goes on being shown", of(store.ContactLife, day)), fmt.Sprintf("one of the %s days before it", of(store.ContactLife, day)), "such as 0120-000-000 or +81-3-0000-0000",
		fmt.Sprintf("label and scopes, for %s days", of(bankapi.KeyLife, day)),
		fmt.Sprintf("Both work for %s days", of(bankapi.KeyOverlap, day)),
		fmt.Sprintf("A bank has at most %d keys", bankapi.MaxKeys),
		fmt.Sprintf("A dispute holds at most %d notes", dispute.MaxNotes),
		fmt.Sprintf("At most %d MiB.", wire.MaxBody>>20),
		fmt.Sprintf("At most %d MiB as it is sent and %d MiB unpacked", intake.MaxUpload>>20, intake.MaxUnpacked>>20),
		fmt.Sprintf("bucket takes files of up to %d GiB", ingest.MaxObject>>30), fmt.Sprintf("At most %d GiB, and %d GiB unpacked of a packed one", ingest.MaxObject>>30, ingest.MaxUnpacked>>30),
		fmt.Sprintf("waits up to %s for a file that is not there", map[time.Duration]string{time.Hour: "an hour"}[ingest.MissingFor]), "one that was left in the bucket", "(`0125/2026-11-30.jsonl`)", "`0125/2026-11-30.jsonl.manifest.json`",
		fmt.Sprintf("Kept for %s days, as the ids of its events are", of(store.KeepFile, day)),
		fmt.Sprintf("At most %d are listed", store.MaxFileProblems), fmt.Sprintf("the first %d, all are counted", store.MaxFileProblems),
		fmt.Sprintf("LINE account within %s minutes", of(membership.CodeLife, time.Minute)),
		fmt.Sprintf("An enrolment waits for %s days; %d wrong codes end it", of(membership.JoinLife, day), membership.MaxJoinWrong),
		fmt.Sprintf("within %s minutes", of(membership.NonceLife, time.Minute)),
		fmt.Sprintf("end within %s days", of(store.KeepCopies, day)),
		"one more than that of the request before", "within about a minute, and stands", // Grace, and the sweep
		fmt.Sprintf("comes for %s minute longer", map[time.Duration]string{time.Minute: "a"}[feed.BeatGrace]), fmt.Sprintf("none comes within %s minute", map[time.Duration]string{time.Minute: "a"}[feed.BeatGrace]),
		fmt.Sprintf("maintenance, up to %s days each", of(wire.MaxPause, day)), fmt.Sprintf("For %s minutes after a pause", of(feed.Least, time.Minute)),
		fmt.Sprintf("nothing within %s seconds, is tried again with backoff for %s hours", of(callback.Time, time.Second), callbacks),
		fmt.Sprintf("`timed_out`: nothing within %s seconds", of(callback.Time, time.Second)),
		fmt.Sprintf("until %s hours of the bank are known: its first week", of(radar.Learning*time.Hour, time.Hour)),
		fmt.Sprintf("about %s of a link", map[time.Duration]string{day: "a day"}[radar.LinkedFor]), fmt.Sprintf("nothing adds to for %s hours", of(radar.Lapse, time.Hour)),
		"within about 3 % above", // TestASketchCountsAsExactlyAsItSays
		"to a power of two", "writes what it has counted once a minute:",
		fmt.Sprintf("for the %d latest such callbacks", watch.MaxFailures), fmt.Sprintf("The latest %d", store.MaxAttempts),
		fmt.Sprintf("kept for %s days after its latest attempt", of(store.KeepCallback, day)), fmt.Sprintf("and tried for %s hours again", callbacks),
		fmt.Sprintf("When %s hours were over", callbacks),
		fmt.Sprintf("is kept to, up to %s minutes", of(notify.BankMost, time.Minute)),
		fmt.Sprintf("At most %d calls to one bank", callback.PerBank*senders(t)),
		fmt.Sprintf("within %s days of the report", of(watch.ReportedFor, day)),
		fmt.Sprintf("at most %s minutes off", of(ingest.Clock, time.Minute)),
		fmt.Sprintf("1 to %d letters", watch.MaxRef),
		fmt.Sprintf("up to %d in all", watch.MaxReported),
		fmt.Sprintf("At most %d events at a time", wire.MaxEvents),
		fmt.Sprintf("At most %d, in all accounts of a nonce together", membership.MaxLinks),
		fmt.Sprintf("at most %s minutes from now; not before %d", of(wire.MaxAhead, time.Minute), wire.Earliest),
		fmt.Sprintf("an event of more than %d KiB", wire.MaxEvent>>10),
		fmt.Sprintf("wait for more than %s seconds to be worked on", of(ingest.MostBehind, time.Second)),
	})
	unlisted(t, "openapi.yaml", left)
}

// number is the one number that a pattern finds in a text, however often.
func number(t *testing.T, text, pattern string) int {
	t.Helper()
	found := regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		t.Fatalf("%s is nowhere", pattern)
	}
	n, err := strconv.Atoi(found[0][1])
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f[1] != found[0][1] {
			t.Errorf("%s is %s and %s", pattern, f[1], found[0][1])
		}
	}
	return n
}

// tries is how long a message waits, on average, until it was received so often:
// each pause lies between half of a bound and the whole (see queue.Backoff).
func tries(receives int, base, most time.Duration) (sum time.Duration) {
	for range receives - 1 {
		sum += base * 3 / 4
		base = min(2*base, most)
	}
	return sum
}

func TestTheNumbersOfTheRunbookAreThoseInUse(t *testing.T) {
	t.Parallel()
	stack, alarms := read(t, "../template.yaml"), parse(t, "alarms.yaml")
	receives := number(t, stack, `maxReceiveCount: (\d+)`)
	if kept := time.Duration(number(t, stack, `MessageRetentionPeriod: (\d+)`)) * time.Second; kept != queue.KeepDead {
		t.Errorf("template.yaml keeps messages for %s, and queue.KeepDead is %s", kept, queue.KeepDead)
	}
	_, line, _ := strings.Cut(stack, "LineQueue:") // files are worked on for longer
	line, _, _ = strings.Cut(line, "LineDead:")
	hidden := number(t, line, `VisibilityTimeout: (\d+)`)
	together := 0
	for _, c := range regexp.MustCompile(`MaximumConcurrency: (\d+)`).FindAllStringSubmatch(stack, -1) {
		n, _ := strconv.Atoi(c[1])
		together += n
	}
	over := func(alarm string) int { // minutes until an alarm ends
		p := alarms[alarm].Properties
		period, ok := p["Period"].(int)
		if !ok { // of a query, which has its own
			period = p["Metrics"].([]any)[0].(map[string]any)["Period"].(int)
		}
		return period * p["EvaluationPeriods"].(int) / 60
	}
	more := func(alarm, what string) string { // of what may be an attack
		return fmt.Sprintf("more than %d %s in %d minutes", alarms[alarm].Properties["Threshold"].(int), what, over(alarm))
	}
	stage := notify.New(notify.Config{})
	life := of(secretstore.Life, time.Minute)
	left := told(t, "RUNBOOK.md", read(t, "RUNBOOK.md"), []string{
		fmt.Sprintf("are embedded (429 once its events wait for %s seconds)", of(ingest.MostBehind, time.Second)),
		fmt.Sprintf("banks' own more than %s days ago", of(store.ContactLife, day)),
		fmt.Sprintf("of the catalogue more than %s days ago", of(catalog.CheckedFor, day)),
		fmt.Sprintf("again every %s minutes", life),
		fmt.Sprintf("%s minutes later", of(2*secretstore.Life, time.Minute)), // by then each function has read twice
		fmt.Sprintf("up to %s seconds after", of(secretstore.Pause, time.Second)),
		fmt.Sprintf("up to %s minutes late", life),
		fmt.Sprintf("received %d times", receives),
		fmt.Sprintf("some %.0f hours", tries(receives, time.Second, queue.LongestPause).Hours()),
		fmt.Sprintf("or %s if it ends its function each time", of(time.Duration(receives*hidden)*time.Second, time.Hour)),
		fmt.Sprintf("waits %s days at most", of(queue.KeepDead, day)),
		fmt.Sprintf("too old for %d minutes (`bank`: %d)", over("WaitingLine"), over("WaitingBank")),
		"may have 10, and", "what was tried three times is not counted", // AWS's own
		"the first of the two", "while there are two", "between the two steps", "401 a minute later",
		"an hour later put `new`", "at a quiet hour", // advice
		fmt.Sprintf("go out instead after %s minute.", map[string]string{"1": "a"}[of(stage.FallbackAfter, time.Minute)]),
		fmt.Sprintf("in use within %s minute.", map[string]string{"1": "a"}[of(edition.Stale, time.Minute)]),
		fmt.Sprintf("of the seven queues is %d together", together),
		fmt.Sprintf("failed for %s hours", of(stage.GiveUpAfter, time.Hour)),
		fmt.Sprintf("did not take a dispute for %s hours", of(stage.BankGiveUpAfter, time.Hour)),
		fmt.Sprintf("1 alert in 100 took more than %d seconds", alarms["AlertsAreSlow"].Properties["Threshold"].(int)/1000),
		more("SignatureWrong", "requests"), more("KeyWrong", "API keys"), more("SignInRefused", "sign-ins"), more("CodeWrong", "codes"), more("Erased", "accounts of a bank"), more("ProtectionLowered", "steps"),
		fmt.Sprintf("set each back for %s days", of(watch.RestoreFor, day)), "is one of more than can be tried", "in one hand",
		fmt.Sprintf("swept for %s days", of(store.SpreadAfter, day)),
		fmt.Sprintf("recovery for %s days", of(store.KeepCopies, day)),
		fmt.Sprintf("within the %s days", of(store.KeepCopies, day)),
		"reported of one payment service", fmt.Sprintf("the ids of the first %d transactions", radar.MaxFirst), fmt.Sprintf("adds to ends after %s hours", of(radar.Lapse, time.Hour)),
	})
	unlisted(t, "RUNBOOK.md", left)
}

// senders is how many processes call banks at a time; each keeps to PerBank by itself.
func senders(t *testing.T) int {
	t.Helper()
	return number(t, read(t, "../template.yaml"), `GetAtt BankQueue.Arn\n(?:      .*\n)*?      ScalingConfig: \{MaximumConcurrency: (\d+)\}`)
}
