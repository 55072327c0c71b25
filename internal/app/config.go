package app

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kozamori/internal/email"
	"kozamori/internal/line"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// Bounds of what is configured.
const (
	maxEscalate = 24 * time.Hour
	maxSecrets  = 2 // of a channel: the one in use, and the next
)

// Part is a part of the system that can be built alone, as one Lambda
// function is.
type Part string

// The parts.
const (
	Ingest   Part = "ingest"
	Detect   Part = "detect"
	Notify   Part = "notify"
	Sweep    Part = "sweep"
	LineHook Part = "linehook"
	Chat     Part = "chat"
	Web      Part = "web"
	Lookback Part = "lookback"
	BankAPI  Part = "bankapi"
	Feedback Part = "feedback"
	Intake   Part = "intake"
	Desk     Part = "desk"
)

// Parts lists every part.
var Parts = []Part{Ingest, Detect, Notify, Sweep, LineHook, Chat, Web, Lookback, BankAPI, Feedback, Intake, Desk}

// Config is everything that a deployment decides. A part needs only some of
// it: Check says what is missing for which.
type Config struct {
	// BaseURL is the address of our pages as people see it, without a slash
	// at its end. KOZAMORI_URL.
	BaseURL string
	LINE    LINEConfig
	Mail    MailConfig
	// LinkKeys sign the links in messages: the first signs, all of them
	// verify. KOZAMORI_LINK_KEYS, "id:base64" with commas between.
	LinkKeys []token.Key
	// Policy is who runs the deployment and how they handle data of people, which
	// those agree to who begin. KOZAMORI_OPERATOR, KOZAMORI_POLICY_URL and its
	// version KOZAMORI_POLICY_VERSION, "2026-11-29".
	Policy watch.Policy
	// EscalateAfter is how long a critical alert may stay unanswered before
	// the family is called, and half of it before the next channel is used; sweep
	// looks once a minute, so it may be up to a minute more. KOZAMORI_ESCALATE_AFTER, "15m"; "0s" is never.
	EscalateAfter time.Duration
	// KeepDisputes is how long disputes are kept as evidence, in whole days:
	// people are told this number. KOZAMORI_KEEP_DISPUTES, in days, "1825".
	KeepDisputes time.Duration
	// CatalogKeys verify editions of the catalogue that were published into the
	// store; without one the built-in edition is in use and nothing is read.
	// KOZAMORI_CATALOG_KEYS, Ed25519 public keys in base64 with commas between:
	// ctl catalog key prints one.
	CatalogKeys []ed25519.PublicKey
	// EventsPerSecond is how many events a second each bank may send to one
	// copy of ingest; ten seconds of it may come at once. 0 limits nothing.
	// KOZAMORI_EVENTS_PER_SECOND.
	EventsPerSecond float64
	// RequestsPerSecond is how many other requests a second each bank may send to one
	// copy of bankapi; ten seconds of it may come at once. 0 limits nothing.
	// KOZAMORI_REQUESTS_PER_SECOND.
	RequestsPerSecond float64
	// CallbacksInside lets callbacks, and calls of banks' identity providers, go to
	// addresses that are not of the public internet: of this machine, of private
	// networks. For trying, and for banks behind a private link.
	// KOZAMORI_CALLBACKS_INSIDE, "true".
	CallbacksInside bool
	// Sandbox are banks without customers: a webhook of theirs that is refused
	// says which part of its signature is wrong. KOZAMORI_SANDBOX, 金融機関コード
	// with commas between.
	Sandbox []string
	// Bucket is where banks leave files. KOZAMORI_BUCKET.
	Bucket string
	// ReaderURL is where files of the chat are looked through; empty is BaseURL.
	// KOZAMORI_READER.
	ReaderURL string
}

// LINEConfig is the LINE channel of the deployment.
type LINEConfig struct {
	// API is where the Messaging API is, DataAPI where it takes pictures; without
	// the latter it is the one that belongs to API.
	// KOZAMORI_LINE_API, KOZAMORI_LINE_DATA_API.
	API, DataAPI string
	// ID is the account's basic id, "@123abcde"; codes come without a link if
	// it is empty. KOZAMORI_LINE_ID.
	ID string
	// Secrets of the channel sign webhooks: one, or two while one replaces
	// the other. KOZAMORI_LINE_CHANNEL_SECRET, with a comma between.
	Secrets []string
	// Token is a long-lived channel access token. KOZAMORI_LINE_TOKEN. Without
	// it, tokens are asked for with ChannelID (KOZAMORI_LINE_CHANNEL_ID) and
	// either Key (KOZAMORI_LINE_KEY: its kid, a colon, and PEM or a JWK), or the
	// first of Secrets.
	Token, ChannelID, Key string
	// PerSecond is how many pushes a second LINE takes from the channel, of which three
	// quarters are for what waited. KOZAMORI_LINE_PER_SECOND, "2000".
	PerSecond int
}

// MailConfig is how mails go out.
type MailConfig struct {
	// API replaces Amazon SES's own address. KOZAMORI_SES_API.
	API string
	// From and ReplyTo are addresses, "口座守 <alert@example.jp>"; without
	// From no mail is sent. KOZAMORI_MAIL_FROM, KOZAMORI_MAIL_REPLY_TO.
	From, ReplyTo string
	// ConfigurationSet brings bounces back. KOZAMORI_SES_CONFIGURATION_SET.
	ConfigurationSet string
	// PerSecond is how many mails a second SES takes from the account (its maximum
	// send rate), of which three quarters are for what waited. KOZAMORI_MAIL_PER_SECOND, "14".
	PerSecond int
}

// Defaults are what a deployment gets without saying anything.
func Defaults() Config {
	return Config{LINE: LINEConfig{API: "https://api.line.me", PerSecond: line.Channel.PerSecond}, Mail: MailConfig{PerSecond: email.Channel.PerSecond}, EscalateAfter: 15 * time.Minute, KeepDisputes: store.KeepDispute}
}

// FromEnv reads the configuration from environment variables, over Defaults.
// What does not parse is told by name, all of it at once, without its value.
func FromEnv(get func(string) string) (Config, error) {
	c := Defaults()
	var wrong []error
	text := func(name string, to *string) {
		if v := get(name); v != "" {
			*to = v
		}
	}
	text("KOZAMORI_URL", &c.BaseURL)
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	text("KOZAMORI_BUCKET", &c.Bucket)
	text("KOZAMORI_LINE_API", &c.LINE.API)
	text("KOZAMORI_LINE_DATA_API", &c.LINE.DataAPI)
	text("KOZAMORI_LINE_ID", &c.LINE.ID)
	text("KOZAMORI_LINE_TOKEN", &c.LINE.Token)
	text("KOZAMORI_LINE_CHANNEL_ID", &c.LINE.ChannelID)
	text("KOZAMORI_LINE_KEY", &c.LINE.Key)
	text("KOZAMORI_SES_API", &c.Mail.API)
	text("KOZAMORI_READER", &c.ReaderURL)
	text("KOZAMORI_MAIL_FROM", &c.Mail.From)
	text("KOZAMORI_MAIL_REPLY_TO", &c.Mail.ReplyTo)
	text("KOZAMORI_SES_CONFIGURATION_SET", &c.Mail.ConfigurationSet)
	text("KOZAMORI_OPERATOR", &c.Policy.Operator)
	text("KOZAMORI_POLICY_URL", &c.Policy.URL)
	text("KOZAMORI_POLICY_VERSION", &c.Policy.Version)
	c.LINE.Secrets = list(get("KOZAMORI_LINE_CHANNEL_SECRET"))
	for _, k := range list(get("KOZAMORI_LINK_KEYS")) {
		id, b64, ok := strings.Cut(k, ":")
		secret, err := base64.StdEncoding.DecodeString(b64)
		if err != nil || !ok || id == "" {
			wrong = append(wrong, errors.New("KOZAMORI_LINK_KEYS must be id:base64, with commas between"))
			break
		}
		c.LinkKeys = append(c.LinkKeys, token.Key{ID: id, Secret: secret})
	}
	for _, k := range list(get("KOZAMORI_CATALOG_KEYS")) {
		key, err := base64.StdEncoding.DecodeString(k)
		if err != nil || len(key) != ed25519.PublicKeySize {
			wrong = append(wrong, errors.New("KOZAMORI_CATALOG_KEYS must be Ed25519 public keys in base64, with commas between"))
			break
		}
		c.CatalogKeys = append(c.CatalogKeys, key)
	}
	if v := get("KOZAMORI_ESCALATE_AFTER"); v != "" {
		d, err := time.ParseDuration(v)
		if err != nil {
			wrong = append(wrong, errors.New("KOZAMORI_ESCALATE_AFTER must be a duration, such as 15m"))
		}
		c.EscalateAfter = d
	}
	if v := get("KOZAMORI_KEEP_DISPUTES"); v != "" {
		n, err := strconv.ParseUint(v, 10, 16)
		if err != nil {
			wrong = append(wrong, errors.New("KOZAMORI_KEEP_DISPUTES must be a number of days, such as 1825"))
		}
		c.KeepDisputes = time.Duration(n) * 24 * time.Hour
	}
	for name, to := range map[string]*float64{"KOZAMORI_EVENTS_PER_SECOND": &c.EventsPerSecond, "KOZAMORI_REQUESTS_PER_SECOND": &c.RequestsPerSecond} {
		if v := get(name); v != "" {
			n, err := strconv.ParseUint(v, 10, 32)
			if err != nil {
				wrong = append(wrong, errors.New(name+" must be a number, such as 2000; 0 limits nothing"))
			}
			*to = float64(n)
		}
	}
	for name, to := range map[string]*int{"KOZAMORI_LINE_PER_SECOND": &c.LINE.PerSecond, "KOZAMORI_MAIL_PER_SECOND": &c.Mail.PerSecond} {
		if v := get(name); v != "" {
			n, err := strconv.ParseUint(v, 10, 31)
			if err != nil || n == 0 {
				wrong = append(wrong, errors.New(name+" must be a number, such as 14"))
			}
			*to = int(n)
		}
	}
	if v := get("KOZAMORI_CALLBACKS_INSIDE"); v != "" {
		inside, err := strconv.ParseBool(v)
		if err != nil {
			wrong = append(wrong, errors.New("KOZAMORI_CALLBACKS_INSIDE must be true or false"))
		}
		c.CallbacksInside = inside
	}
	for _, code := range list(get("KOZAMORI_SANDBOX")) {
		if !bankCode.MatchString(code) {
			wrong = append(wrong, errors.New("KOZAMORI_SANDBOX must be 金融機関コード of 4 digits with commas between, such as 9990"))
			break
		}
		c.Sandbox = append(c.Sandbox, code)
	}
	return c, errors.Join(wrong...)
}

func list(s string) []string {
	var out []string
	for v := range strings.SplitSeq(s, ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

var bankCode = regexp.MustCompile(`^[0-9]{4}$`)

var basicID = regexp.MustCompile(`^@[0-9a-z._-]{1,30}$`)

// Check looks at the configuration as a whole, as far as the given parts need
// it, and tells everything that is wrong with it at once.
func (c *Config) Check(parts ...Part) error {
	var wrong []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	any := func(some ...Part) bool {
		return slices.ContainsFunc(parts, func(p Part) bool { return slices.Contains(some, p) })
	}
	if any(Notify, Chat, Web, Lookback, Desk) {
		need(isURL(c.BaseURL), "the address of our pages must be a URL without a path (KOZAMORI_URL)")
	}
	if any(Notify, Chat, Web, Lookback, BankAPI, Desk) {
		_, err := token.NewKeys(c.LinkKeys...)
		need(err == nil, "at least one key of %d bytes or more must sign links (KOZAMORI_LINK_KEYS)", token.MinKey)
	}
	if any(Notify, Chat) {
		need(isURL(c.LINE.API), "LINE's address must be a URL (KOZAMORI_LINE_API)")
		need(c.LINE.Token != "" || c.LINE.ChannelID != "" && (c.LINE.Key != "" || len(c.LINE.Secrets) > 0),
			"LINE wants a channel access token (KOZAMORI_LINE_TOKEN), or a channel id (KOZAMORI_LINE_CHANNEL_ID) with a key or secret")
		if c.LINE.Key != "" {
			_, _, err := line.ParseKey(c.LINE.Key)
			need(err == nil, "LINE's key must be its kid, a colon, and an RSA key as PEM or JWK (KOZAMORI_LINE_KEY)")
		}
	}
	if any(LineHook) {
		need(len(c.LINE.Secrets) > 0, "LINE's webhooks need the channel's secret (KOZAMORI_LINE_CHANNEL_SECRET)")
		need(len(c.LINE.Secrets) <= maxSecrets, "a LINE channel has at most %d secrets at a time (KOZAMORI_LINE_CHANNEL_SECRET)", maxSecrets)
	}
	if any(Chat) {
		need(c.ReaderURL == "" || isURL(c.ReaderURL), "where files are looked through must be a URL without a path (KOZAMORI_READER)")
	}
	if any(Chat, BankAPI) {
		need(c.LINE.ID == "" || basicID.MatchString(c.LINE.ID), "LINE's basic id begins with @ (KOZAMORI_LINE_ID)")
	}
	if any(Notify, Chat) {
		need(c.Mail.API == "" || isURL(c.Mail.API), "SES's address must be a URL (KOZAMORI_SES_API)")
		need(isAddress(c.Mail.From), "the sender of mails must be an address (KOZAMORI_MAIL_FROM)")
		need(isAddress(c.Mail.ReplyTo), "where answers to mails go must be an address (KOZAMORI_MAIL_REPLY_TO)")
	}
	if any(Chat, Web) {
		need(c.Policy.URL == "" || isPage(c.Policy.URL), "the policy must be an https address (KOZAMORI_POLICY_URL)")
		need((c.Policy.URL == "") == (c.Policy.Version == ""), "the policy and its version go together (KOZAMORI_POLICY_URL, KOZAMORI_POLICY_VERSION)")
		need(len(c.Policy.Version) <= 40 && len(c.Policy.URL) <= 500 && quote.Text(c.Policy.Operator).Line() == c.Policy.Operator, "the operator and the policy must be short and plain (KOZAMORI_OPERATOR, KOZAMORI_POLICY_URL, KOZAMORI_POLICY_VERSION)")
	}
	if any(Detect, Sweep) {
		need(c.EscalateAfter >= 0 && c.EscalateAfter <= maxEscalate, "escalation must come within %d hours (KOZAMORI_ESCALATE_AFTER)", maxEscalate/time.Hour)
	}
	if any(Chat, Web, Lookback, BankAPI, Notify, Desk) {
		need(c.KeepDisputes >= store.LeastKeepDispute && c.KeepDisputes <= store.MostKeepDispute,
			"disputes must be kept for %d to %d days (KOZAMORI_KEEP_DISPUTES)", int(store.LeastKeepDispute.Hours()/24), int(store.MostKeepDispute.Hours()/24))
	}
	return errors.Join(wrong...)
}

func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.RawQuery == "" && u.Fragment == "" && !strings.HasSuffix(s, "/")
}

// isPage tells whether s is the address of a page on the web.
func isPage(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && !strings.ContainsAny(s, " \t\r\n")
}

func isAddress(s string) bool {
	_, err := mail.ParseAddress(s)
	return s == "" || err == nil
}
