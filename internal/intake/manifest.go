package intake

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// ManifestEnd ends the name of a manifest that lies next to its file:
// FILE.manifest.json.
const ManifestEnd = ".manifest.json"

// MaxManifest is how large one may be, in bytes.
const MaxManifest = 16 << 10

// asWritten is the value of accounts that says what a file calls an account is its
// account_ref.
const asWritten = "as_written"

// Manifest is what a bank says of a file, as it says it: "12", "as_written". What is
// empty it does not say.
type Manifest struct{ Rows, SHA256, Feed, Sequence, Accounts, AccountRef string }

// ReadManifest reads one that lies next to its file: a JSON object of the members rows,
// sha256, feed, sequence, accounts and account_ref. Another member is an error, like
// one that is there twice: it would be one that is spelt wrongly.
func ReadManifest(raw []byte) (*Manifest, *watch.FieldError) {
	var m struct {
		Rows       jsontext.Value `json:"rows"`
		SHA256     string         `json:"sha256"`
		Feed       string         `json:"feed"`
		Sequence   jsontext.Value `json:"sequence"`
		Accounts   string         `json:"accounts"`
		AccountRef string         `json:"account_ref"`
	}
	if err := json.Unmarshal(raw, &m, json.RejectUnknownMembers(true)); err != nil {
		return nil, watch.Wrong("", watch.CodeMalformed, "it must be a JSON object of the members that a manifest has, and of no others")
	}
	return &Manifest{Rows: string(m.Rows), SHA256: m.SHA256, Feed: m.Feed, Sequence: string(m.Sequence), Accounts: m.Accounts, AccountRef: m.AccountRef}, nil
}

// Upload is the file of which the manifest speaks.
func (m Manifest) Upload() (*Upload, *watch.FieldError) {
	file := &Upload{SHA256: m.SHA256, Feed: m.Feed, Account: m.AccountRef}
	rows, err := strconv.ParseUint(m.Rows, 10, 31)
	if err != nil {
		return nil, watch.Wrong("rows", "", "must be the number of the file's rows")
	}
	file.Rows = int(rows)
	if !IsSum(file.SHA256) {
		return nil, watch.Wrong("sha256", "", "must be the checksum of the bytes that are sent, in lower-case hex")
	}
	if !wire.IsFeed(file.Feed) {
		return nil, watch.Wrong("feed", "", "must be at most %d letters, digits and . _ -", wire.MaxFeed)
	}
	if m.Sequence != "" {
		n, err := strconv.ParseInt(m.Sequence, 10, 64)
		if err != nil || n < 1 || n > wire.MaxNumber {
			return nil, watch.Wrong("sequence", "", "must be a positive whole number")
		}
		file.Sequence = n
	}
	switch {
	case m.Accounts == asWritten && file.Account != "":
		return nil, watch.Wrong("account_ref", "", "is for a file about one account, and not together with accounts")
	case m.Accounts == asWritten:
		file.AsWritten = true
	case m.Accounts != "":
		return nil, watch.Wrong("accounts", "", "must be %s, or not be there", asWritten)
	case file.Account != "":
		if fe := watch.CheckRef("account_ref", file.Account); fe != nil {
			return nil, fe
		}
	}
	return file, nil
}

// Shown is a file's name as it is told: without what looks like an account number.
// Days of eight digits stay.
func Shown(name string) string {
	var b, run strings.Builder
	end := func() {
		if run.Len() == 7 {
			b.WriteString("*******")
		} else {
			b.WriteString(run.String())
		}
		run.Reset()
	}
	for _, r := range name {
		if r >= '0' && r <= '9' {
			run.WriteRune(r)
			continue
		}
		end()
		b.WriteRune(r)
	}
	end()
	return b.String()
}
