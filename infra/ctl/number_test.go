package main

import (
	"flag"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/store"
)

func TestNumbersAreGivenOneAfterTheOther(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 15, 0, 0, 0, time.UTC) // the 30th in Japan
	had := store.Bank{Phone: "022-111-1111", Hours: "平日", PhoneOn: "2026-01-15"}
	for name, c := range map[string]struct {
		args []string
		want []store.Contact
	}{
		"two":       {[]string{"-phone", "022-000-0000", "-hours", "平日 9:00-17:00", "-phone", "0120-000-000", "-phone-for", "夜間"}, []store.Contact{{Phone: "022-000-0000", Hours: "平日 9:00-17:00", On: "2026-11-30"}, {Phone: "0120-000-000", For: "夜間", On: "2026-11-30"}}},
		"its hours": {[]string{"-hours", "24時間"}, []store.Contact{{Phone: "022-111-1111", Hours: "24時間", On: "2026-01-15"}}},
		"none":      {nil, []store.Contact{{Phone: "022-111-1111", Hours: "平日", On: "2026-01-15"}}},
		"away":      {[]string{"-phone", ""}, nil},
	} {
		flags := flag.NewFlagSet("add", flag.ContinueOnError)
		flags.SetOutput(io.Discard)
		n, b := numberFlags(flags), had
		if err := flags.Parse(c.args); err != nil {
			t.Fatal(err)
		}
		if err := n.check(flags); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := n.onto(&b, now); err != nil || cmp.Diff(c.want, b.Contacts()) != "" {
			t.Errorf("%s: %v %s", name, err, cmp.Diff(c.want, b.Contacts()))
		}
	}
	flags := flag.NewFlagSet("add", flag.ContinueOnError)
	n := numberFlags(flags)
	if err := flags.Parse([]string{"-hours", "24時間"}); err != nil || n.onto(&store.Bank{}, now) == nil {
		t.Error("hours of no number are taken")
	}
}
