package wire_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// raws are the events of a body that are taken, as the bank wrote them.
func raws(b wire.Body) (out []jsontext.Value) {
	for i := range b.Events {
		if !b.Events[i].Refused() {
			out = append(out, b.Events[i].Raw)
		}
	}
	return out
}

func TestAMessageIsALineForWhoseItIsAndOneForEachEvent(t *testing.T) {
	spread := "{\n \"id\": \"b \\\" \\n\\\\\",\r\n\t\"x\" : [ 1 , \" : \" ] }"
	got := wire.EncodeBatch("0125", now.Add(time.Nanosecond), []jsontext.Value{jsontext.Value(debit("a")), jsontext.Value(spread)}, 1<<20)
	want := "k1 0125 2026-11-24T03:00:00.000000001Z\n" + debit("a") + "\n" + `{"id":"b \" \n\\","x":[1," : "]}` + "\n"
	if len(got) != 1 || string(got[0]) != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := wire.EncodeBatch("0125", now, nil, 1<<20); len(got) != 0 {
		t.Errorf("no events are %q", got)
	}
}

func TestEventsAreSplitOverMessagesOfALimitedSize(t *testing.T) {
	head := len("k1 0125 2026-11-24T03:00:00Z\n")
	line := len(debit("a")) + 1
	for _, c := range []struct {
		limit int
		want  []int // events of each message
	}{
		{head + 4*line, []int{4}}, {head + 4*line - 1, []int{3, 1}}, {head + 2*line, []int{2, 2}}, {head + line, []int{1, 1, 1, 1}}, {1, []int{1, 1, 1, 1}},
	} {
		var got []int
		var ids string
		for _, body := range wire.EncodeBatch("0125", now, []jsontext.Value{jsontext.Value(debit("a")), jsontext.Value(debit("b")), jsontext.Value(debit("c")), jsontext.Value(debit("d"))}, c.limit) {
			b, err := wire.DecodeBatch(body)
			if err != nil || len(b.Unread) > 0 || len(body) > max(c.limit, head+line) {
				t.Fatalf("%d bytes at a limit of %d: %+v, %v", len(body), c.limit, b.Unread, err)
			}
			got = append(got, len(b.Events))
			for _, e := range b.Events {
				ids += e.ID
			}
		}
		if !cmp.Equal(got, c.want) || ids != "abcd" {
			t.Errorf("a limit of %d makes messages of %v events, %s", c.limit, got, ids)
		}
	}
}

func TestWhatTheVersionsBeforeAndAfterWriteIsRead(t *testing.T) {
	event := func(members string) string { return strings.Replace(debit("a"), `"id"`, members+`"id"`, 1) }
	for name, c := range map[string]struct {
		body string
		want string // ids; "-" for a line that cannot be read
	}{
		"as it is written now":             {"k1 0125 2026-11-24T03:00:00Z\n" + debit("a") + "\n" + debit("b") + "\n", "ab"},
		"without its last line feed":       {"k1 0125 2026-11-24T03:00:00Z\n" + debit("a"), "a"},
		"more words in the first line":     {"k1 0125 2026-11-24T03:00:00Z msg_1 x=y\n" + debit("a") + "\n", "a"},
		"the version after this one":       {"k2 0125 2026-11-24T03:00:00Z\n" + debit("a") + "\n", "a"},
		"a field to come":                  {"k1 0125 2026-11-24T03:00:00Z\n" + event(`"rate":{"a":[1.5,null]},`) + "\n", "a"},
		"a field to come, given twice":     {"k1 0125 2026-11-24T03:00:00Z\n" + event(`"rate":1,"rate":2,`) + "\n", "a"},
		"a status to come":                 {"k1 0125 2026-11-24T03:00:00Z\n" + event(`"status":"authorised",`) + "\n", "a"},
		"limits to come":                   {"k1 0125 2026-11-24T03:00:00Z\n" + event(`"account_mask":"`+strings.Repeat("x", 300)+`",`) + "\n", "a"},
		"null":                             {"k1 0125 2026-11-24T03:00:00Z\n" + event(`"status":null,`) + "\n", "a"},
		"a reference of before":            {"k1 0125 2026-11-24T03:00:00Z\n" + strings.Replace(debit("a"), `"acc"`, `"a/b%"`, 1) + "\n", "a"},
		"a time of before":                 {"k1 0125 2026-11-24T03:00:00Z\n" + strings.Replace(debit("a"), `00+09:00`, `00,5+09:00`, 1) + "\n", "a"},
		"a type to come costs itself":      {"k1 0125 2026-11-24T03:00:00Z\n" + debit("a") + "\n" + strings.Replace(debit("b"), `"debit"`, `"credit"`, 1) + "\n" + debit("c") + "\n", "a-c"},
		"a currency to come, too":          {"k1 0125 2026-11-24T03:00:00Z\n" + strings.Replace(debit("b"), `JPY`, `USD`, 1) + "\n" + debit("c") + "\n", "-c"},
		"an amount of another type, too":   {"k1 0125 2026-11-24T03:00:00Z\n" + strings.Replace(debit("b"), `100000`, `"100000"`, 1) + "\n" + debit("c") + "\n", "-c"},
		"an amount that is a list, too":    {"k1 0125 2026-11-24T03:00:00Z\n" + strings.Replace(debit("b"), `100000`, `[1]`, 1) + "\n" + debit("c") + "\n", "-c"},
		"a text that is a number, too":     {"k1 0125 2026-11-24T03:00:00Z\n" + strings.Replace(debit("b"), `"acc"`, `1`, 1) + "\n" + debit("c") + "\n", "-c"},
		"a time that is none, too":         {"k1 0125 2026-11-24T03:00:00Z\n" + strings.Replace(debit("b"), `T11`, `-11`, 1) + "\n" + debit("c") + "\n", "-c"},
		"an event without its account too": {"k1 0125 2026-11-24T03:00:00Z\n" + strings.Replace(debit("b"), `"account_ref":"acc",`, ``, 1) + "\n" + debit("c") + "\n", "-c"},
		"a line that is not JSON, too":     {"k1 0125 2026-11-24T03:00:00Z\n" + debit("a") + "\n{\n" + debit("c") + "\n", "a-c"},
		"a line and more on it, too":       {"k1 0125 2026-11-24T03:00:00Z\n" + debit("a") + debit("b") + "\n" + debit("c") + "\n", "-c"},
		"a line with broken UTF-8, too":    {"k1 0125 2026-11-24T03:00:00Z\n" + strings.Replace(debit("b"), "ﾄﾞ", "\xff", 1) + "\n" + debit("c") + "\n", "-c"},
	} {
		b, err := wire.DecodeBatch([]byte(c.body))
		got := ""
		lines := strings.Split(strings.TrimSuffix(c.body, "\n"), "\n")[1:]
		for i, next, bad := 0, 0, 0; i < len(lines); i++ {
			switch {
			case next < len(b.Lines) && b.Lines[next] == lines[i]:
				got += b.Events[next].ID
				next++
			case bad < len(b.Unread) && b.Unread[bad].Raw == lines[i] && b.Unread[bad].Problem != "":
				got += "-"
				bad++
			}
		}
		if err != nil || got != c.want || b.Bank != "0125" || !b.ReceivedAt.Equal(now) {
			t.Errorf("%s: read %q, want %q: %+v, %v", name, got, c.want, b.Unread, err)
		}
	}
	b, err := wire.DecodeBatch([]byte("k1 0125 2026-11-24T03:00:00Z\n" + event(`"status":"authorised",`) + "\n"))
	if err != nil || b.Events[0].Status != "authorised" || b.Events[0].Bank != "0125" || !b.Events[0].ReceivedAt.Equal(now) {
		t.Errorf("a word that is not known is not kept: %+v, %v", b.Events, err)
	}
	b, err = wire.DecodeBatch([]byte("k1 0125 2026-11-24T03:00:00Z\n" + debit("a") + "\n"))
	if err != nil || b.Events[0].Status != watch.Posted {
		t.Errorf("a debit is posted unless the bank says otherwise: %+v, %v", b.Events, err)
	}
}

func TestWhatIsNoBatch(t *testing.T) {
	for body, want := range map[string]error{
		"":                                     wire.ErrNotBatch,
		"{}":                                   wire.ErrNotBatch,
		"k1 0125\n":                            wire.ErrNotBatch,
		"k1 0125 yesterday\n{}\n":              wire.ErrNotBatch,
		"k0 0125 2026-11-24T03:00:00Z\n{}\n":   wire.ErrNotBatch,
		"kx 0125 2026-11-24T03:00:00Z\n{}\n":   wire.ErrNotBatch,
		"1 0125 2026-11-24T03:00:00Z\n{}\n":    wire.ErrNotBatch,
		"k3 what there will be\n":              wire.ErrNewer,
		"k12 0125 2026-11-24T03:00:00Z\n{}\n":  wire.ErrNewer,
		"k1  2026-11-24T03:00:00Z 0125\n{}\n":  nil,
		"k-1 0125 2026-11-24T03:00:00Z\n{}\n":  wire.ErrNotBatch,
		"\nk1 0125 2026-11-24T03:00:00Z\n{}\n": wire.ErrNotBatch,
	} {
		if _, err := wire.DecodeBatch([]byte(body)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", body, err, want)
		}
	}
}
