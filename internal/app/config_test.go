package app_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/app"
	"kozamori/internal/token"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

var key64 = base64.StdEncoding.EncodeToString(make([]byte, 32))

func whole(more ...string) func(string) string {
	return env(append(more, "KOZAMORI_URL", "https://kozamori.example/", "KOZAMORI_LINK_KEYS", "b:"+key64+", a:"+key64,
		"KOZAMORI_LINE_CHANNEL_SECRET", "new, old", "KOZAMORI_LINE_TOKEN", "token", "KOZAMORI_LINE_ID", "@kozamori",
		"KOZAMORI_MAIL_FROM", "口座守 <alert@kozamori.example>", "KOZAMORI_ESCALATE_AFTER", "20m", "KOZAMORI_CATALOG_KEYS", key64+","+key64, "KOZAMORI_EVENTS_PER_SECOND", "2000", "KOZAMORI_REQUESTS_PER_SECOND", "50", "KOZAMORI_CALLBACKS_INSIDE", "true", "KOZAMORI_LINE_PER_SECOND", "3000", "KOZAMORI_MAIL_PER_SECOND", "50", "KOZAMORI_SANDBOX", "9990,9991")...)
}

func TestFromEnv(t *testing.T) {
	got, err := app.FromEnv(whole())
	if err != nil {
		t.Fatal(err)
	}
	want := app.Config{
		BaseURL:       "https://kozamori.example",
		LINE:          app.LINEConfig{API: "https://api.line.me", ID: "@kozamori", Secrets: []string{"new", "old"}, Token: "token", PerSecond: 3000},
		Mail:          app.MailConfig{From: "口座守 <alert@kozamori.example>", PerSecond: 50},
		LinkKeys:      []token.Key{{ID: "b", Secret: make([]byte, 32)}, {ID: "a", Secret: make([]byte, 32)}},
		EscalateAfter: 20 * time.Minute,
		KeepDisputes:  5 * 365 * 24 * time.Hour,
		CatalogKeys:   []ed25519.PublicKey{make([]byte, 32), make([]byte, 32)},

		EventsPerSecond: 2000, RequestsPerSecond: 50, Sandbox: []string{"9990", "9991"},
		CallbacksInside: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := got.Check(app.Parts...); err != nil {
		t.Error(err)
	}
}

func TestWhatDoesNotParseIsToldAtOnceWithoutItsValue(t *testing.T) {
	_, err := app.FromEnv(env("KOZAMORI_LINK_KEYS", "hunter2", "KOZAMORI_ESCALATE_AFTER", "hunter3", "KOZAMORI_KEEP_DISPUTES", "hunter4", "KOZAMORI_CATALOG_KEYS", "hunter5", "KOZAMORI_EVENTS_PER_SECOND", "hunter6", "KOZAMORI_REQUESTS_PER_SECOND", "hunter8", "KOZAMORI_CALLBACKS_INSIDE", "hunter7", "KOZAMORI_LINE_PER_SECOND", "0", "KOZAMORI_MAIL_PER_SECOND", "hunter10", "KOZAMORI_SANDBOX", "hunter9"))
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{"KOZAMORI_LINK_KEYS", "KOZAMORI_ESCALATE_AFTER", "KOZAMORI_KEEP_DISPUTES", "KOZAMORI_CATALOG_KEYS", "KOZAMORI_EVENTS_PER_SECOND", "KOZAMORI_REQUESTS_PER_SECOND", "KOZAMORI_CALLBACKS_INSIDE", "KOZAMORI_LINE_PER_SECOND", "KOZAMORI_MAIL_PER_SECOND", "KOZAMORI_SANDBOX"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "hunter") {
		t.Errorf("%q repeats a value", err)
	}
}

func TestCheckTellsEachPartWhatItNeeds(t *testing.T) {
	for name, c := range map[string]struct {
		env   func(string) string
		parts []app.Part
		want  string // the variables that are told, in order
	}{
		"ingest needs nothing":                      {env(), []app.Part{app.Ingest}, ""},
		"detect and sweep are content with nothing": {env(), []app.Part{app.Detect, app.Sweep}, ""},
		"the hook needs a secret":                   {env(), []app.Part{app.LineHook}, "CHANNEL_SECRET"},
		"three secrets are too many":                {env("KOZAMORI_LINE_CHANNEL_SECRET", "a,b,c"), []app.Part{app.LineHook}, "CHANNEL_SECRET"},
		"notify needs pages, keys and LINE":         {env(), []app.Part{app.Notify}, "URL LINK_KEYS LINE_TOKEN"},
		"bankapi needs keys":                        {env(), []app.Part{app.BankAPI}, "LINK_KEYS"},
		"web needs pages and keys":                  {env(), []app.Part{app.Web}, "URL LINK_KEYS"},
		"a short key signs nothing":                 {env("KOZAMORI_LINK_KEYS", "a:AAAA"), []app.Part{app.BankAPI}, "LINK_KEYS"},
		"a page address with a query":               {whole("KOZAMORI_URL", "https://kozamori.example?a=b"), []app.Part{app.Web}, "URL"},
		"a sender that is no address":               {whole("KOZAMORI_MAIL_FROM", "kozamori"), []app.Part{app.Notify}, "MAIL_FROM"},
		"a reader that is none":                     {whole("KOZAMORI_READER", "reader"), []app.Part{app.Chat}, "READER"},
		"an SES address that is none":               {whole("KOZAMORI_SES_API", "ses"), []app.Part{app.Notify}, "SES_API"},
		"a LINE id without its mark":                {whole("KOZAMORI_LINE_ID", "kozamori"), []app.Part{app.Chat}, "LINE_ID"},
		"a LINE key that is none":                   {whole("KOZAMORI_LINE_KEY", "?"), []app.Part{app.Chat}, "LINE_KEY"},
		"an escalation after days":                  {whole("KOZAMORI_ESCALATE_AFTER", "25h"), []app.Part{app.Detect}, "ESCALATE_AFTER"},
		"disputes kept for a week":                  {whole("KOZAMORI_KEEP_DISPUTES", "7"), []app.Part{app.Web}, "KEEP_DISPUTES"},
		"disputes kept for a year":                  {whole("KOZAMORI_KEEP_DISPUTES", "365"), []app.Part{app.Web}, ""},
		"a channel id with a secret is a token":     {env("KOZAMORI_URL", "https://a.example", "KOZAMORI_LINK_KEYS", "a:"+key64, "KOZAMORI_LINE_CHANNEL_ID", "1", "KOZAMORI_LINE_CHANNEL_SECRET", "s"), []app.Part{app.Chat}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			config, err := app.FromEnv(c.env)
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			if err := config.Check(c.parts...); err != nil {
				for line := range strings.SplitSeq(err.Error(), "\n") {
					_, name, _ := strings.Cut(line, "(KOZAMORI_")
					told = append(told, strings.TrimRight(strings.FieldsFunc(name, func(r rune) bool { return r == ',' || r == ')' })[0], " "))
				}
			}
			got := strings.Join(told, " ")
			if got = strings.ReplaceAll(got, "LINE_CHANNEL_SECRET", "CHANNEL_SECRET"); got != c.want {
				t.Errorf("told of %q, want %q", got, c.want)
			}
		})
	}
}
