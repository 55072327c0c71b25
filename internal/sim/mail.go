package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"strconv"
	"strings"
	"sync"
	"time"
)

// MailFault is a way in which SES fails.
type MailFault string

// The faults. A dropped mail is kept in the mailbox; the answer never comes.
// A hanging request ends when the client gives up, and keeps nothing.
const (
	MailServerError MailFault = "500"
	MailThrottled   MailFault = "429"
	MailDailyQuota  MailFault = "quota"
	MailPaused      MailFault = "paused"
	MailRejected    MailFault = "rejected" // a virus, SES says
	MailIdentity    MailFault = "identity" // our own address is not verified
	MailBadAddress  MailFault = "bad-address"
	MailUnverified  MailFault = "unverified"
	MailForbidden   MailFault = "403"
	MailHang        MailFault = "timeout"
	MailDropped     MailFault = "accept-then-drop"
)

// mailErrors are SES's answers as it words them; %s is the recipient.
var mailErrors = map[MailFault]struct {
	status     int
	code, text string
}{
	MailServerError: {500, "InternalServiceErrorException", "Internal failure while sending to %s"},
	MailThrottled:   {429, "TooManyRequestsException", "Maximum sending rate exceeded."},
	MailDailyQuota:  {429, "TooManyRequestsException", "Daily message quota exceeded."},
	MailPaused:      {400, "SendingPausedException", "Email sending is paused for this account."},
	MailRejected:    {400, "MessageRejected", "Bad content in a message to %s"},
	MailIdentity:    {400, "MessageRejected", "Email address is not verified. The following identities failed the check: %s"},
	MailBadAddress:  {400, "BadRequestException", "Illegal address: %s"},
	MailUnverified:  {400, "MailFromDomainNotVerifiedException", "The sending domain is not verified."},
	MailForbidden:   {403, "AccessDeniedException", "User is not authorized to send to %s"},
}

// Mail is a mail that was taken.
type Mail struct {
	ID               string            `json:"id"`
	At               time.Time         `json:"at"`
	From             string            `json:"from"` // as sent, RFC 2047
	FromName         string            `json:"from_name"`
	ReplyTo          []string          `json:"reply_to,omitempty"`
	To               string            `json:"to"`
	Bcc              []string          `json:"bcc,omitempty"`
	Subject          string            `json:"subject"`
	Text             string            `json:"text"`
	HTML             string            `json:"html"`
	Headers          map[string]string `json:"headers,omitempty"`
	ConfigurationSet string            `json:"configuration_set,omitempty"`
	Tags             map[string]string `json:"tags,omitempty"`
}

// Mailbox is Amazon SES v2's SendEmail, and one mailbox in which everything
// sent arrives. Its messages are JSON at GET /sim/mail/messages, the body of
// one of them as a mail program shows it at /sim/mail/messages/{id}/html, and
// POST /sim/mail/fail?fault=500&n=3 makes the next ones fail.
type Mailbox struct {
	Now func() time.Time
	// Changed is called after each mail, if it is set.
	Changed func()

	mu       sync.Mutex
	mails    []Mail
	faults   []MailFault
	requests int
	journal  *journal
}

// KeepIn keeps the mails in a file, so that the mailbox remembers them when
// this process ends. Call it before the first use, and close what it returns
// in the end.
func (b *Mailbox) KeepIn(path string) (io.Closer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	j, err := openJournal(path, "the mails", func(line []byte) {
		var m Mail
		if json.Unmarshal(line, &m) == nil {
			b.mails = append(b.mails, m)
		}
	}, func(j *journal) {
		for _, m := range b.mails {
			j.write(m)
		}
	})
	if err != nil {
		return nil, err
	}
	b.journal = j
	return j, nil
}

// Fail makes the next n mails fail.
func (b *Mailbox) Fail(n int, f MailFault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range n {
		b.faults = append(b.faults, f)
	}
}

// Messages lists what was taken, oldest first.
func (b *Mailbox) Messages() []Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Mail{}, b.mails...)
}

// Requests is how many calls of SendEmail came in, refused ones included.
func (b *Mailbox) Requests() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.requests
}

func (b *Mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v2/email/outbound-emails", b.send)
	mux.HandleFunc("GET /sim/mail/messages", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"messages": b.Messages()})
	})
	mux.HandleFunc("GET /sim/mail/messages/{id}/html", b.html)
	mux.HandleFunc("POST /sim/mail/fail", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.FormValue("n"))
		fault := MailFault(r.FormValue("fault"))
		_, known := mailErrors[fault]
		if err != nil || n < 1 || n > 1000 || !known && fault != MailHang && fault != MailDropped {
			answer(w, http.StatusBadRequest, map[string]string{"message": "n and fault are wanted"})
			return
		}
		b.Fail(n, fault)
		answer(w, http.StatusOK, map[string]any{"n": n, "fault": fault})
	})
	mux.ServeHTTP(w, r)
}

// sendEmail is the part of the request that matters here.
type sendEmail struct {
	FromEmailAddress     string
	ReplyToAddresses     []string
	ConfigurationSetName string
	Destination          struct{ ToAddresses, BccAddresses []string }
	EmailTags            []pair
	Content              struct {
		Simple struct {
			Subject struct{ Data, Charset string }
			Body    struct {
				Text, Html struct{ Data, Charset string }
			}
			Headers []pair
		}
	}
}

type pair struct{ Name, Value string }

func pairs(list []pair) map[string]string {
	out := map[string]string{}
	for _, p := range list {
		out[p.Name] = p.Value
	}
	return out
}

// refuse answers as SES does: the kind of error is in a header.
func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("X-Amzn-ErrorType", code)
	answer(w, status, map[string]string{"message": message})
}

func (b *Mailbox) send(w http.ResponseWriter, r *http.Request) {
	var in sendEmail
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 10<<20)).Decode(&in)
	b.mu.Lock()
	b.requests++
	var fault MailFault
	if len(b.faults) > 0 {
		fault, b.faults = b.faults[0], b.faults[1:]
	}
	b.mu.Unlock()
	if problem := in.problem(err); problem != "" {
		refuse(w, http.StatusBadRequest, "BadRequestException", problem)
		return
	}
	to := in.Destination.ToAddresses[0]
	if e, ok := mailErrors[fault]; ok {
		text := e.text
		if strings.Contains(text, "%s") {
			text = fmt.Sprintf(text, to)
		}
		refuse(w, e.status, e.code, text)
		return
	}
	if fault == MailHang {
		<-r.Context().Done()
		return
	}
	id := b.keep(&in, to)
	if fault == MailDropped {
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}
	answer(w, http.StatusOK, map[string]string{"MessageId": id})
}

// problem is what SES would find wrong with a request; empty if nothing.
func (in *sendEmail) problem(err error) string {
	m := in.Content.Simple
	switch {
	case err != nil:
		return "The request body is not valid"
	case len(in.Destination.ToAddresses) != 1:
		return "One recipient is wanted here"
	case m.Subject.Data == "" || strings.ContainsAny(m.Subject.Data, "\r\n"):
		return "The subject is empty or has line breaks"
	case m.Body.Text.Data == "" || m.Body.Html.Data == "":
		return "Text and HTML are wanted here"
	}
	if _, err := mail.ParseAddress(in.FromEmailAddress); err != nil {
		return "Missing final '@domain'"
	}
	if _, err := mail.ParseAddress(in.Destination.ToAddresses[0]); err != nil {
		return "Missing final '@domain'"
	}
	for _, h := range m.Headers {
		if len(h.Name) == 0 || len(h.Name) > 126 || len(h.Value) == 0 || len(h.Name)+len(h.Value) > 996 || len(m.Headers) > 15 ||
			strings.ContainsFunc(h.Value, func(r rune) bool { return r < ' ' || r > '~' }) {
			return "A header is not valid"
		}
	}
	return ""
}

// keep puts a mail into the mailbox and returns its id.
func (b *Mailbox) keep(in *sendEmail, to string) string {
	from, _ := mail.ParseAddress(in.FromEmailAddress)
	m := in.Content.Simple
	b.mu.Lock()
	kept := Mail{ID: fmt.Sprintf("mail-%d", len(b.mails)+1), At: b.Now(), From: in.FromEmailAddress, FromName: from.Name,
		ReplyTo: in.ReplyToAddresses, To: to, Bcc: in.Destination.BccAddresses, Subject: m.Subject.Data, Text: m.Body.Text.Data, HTML: m.Body.Html.Data,
		Headers: pairs(m.Headers), ConfigurationSet: in.ConfigurationSetName, Tags: pairs(in.EmailTags)}
	b.mails = append(b.mails, kept)
	b.journal.write(kept)
	b.mu.Unlock()
	if b.Changed != nil {
		b.Changed()
	}
	return kept.ID
}

// html shows a mail as a mail program does: no scripts, nothing loaded from
// elsewhere, and links open outside of it.
func (b *Mailbox) html(w http.ResponseWriter, r *http.Request) {
	for _, m := range b.Messages() {
		if m.ID == r.PathValue("id") {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
			w.Header().Set("Referrer-Policy", "no-referrer")
			_, _ = fmt.Fprint(w, strings.Replace(m.HTML, "<head>", `<head><base target="_blank">`, 1))
			return
		}
	}
	answer(w, http.StatusNotFound, map[string]string{"message": "no such mail"})
}
