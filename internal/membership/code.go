package membership

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// codeLen letters of 24 are 55 bits.
const (
	codeLen    = watch.CodeLen
	groupLen   = 4
	purpose    = "code"
	maxMessage = 200 // characters of a text in which a code is looked for
)

// CodeRequest is what a bank says of the account that a code binds to.
type CodeRequest struct {
	AccountRef string
	Mask       quote.Text // optional
	Email      string     // the owner's, as the bank holds it; optional
	Lang       watch.Lang // optional
	// What the bank tells of the past, optional; it is put under the account
	// when its first owner is bound.
	Links []LinkRequest
	// KeepOthers leaves other open codes of the account as they are, for an account
	// of several owners; without it they end.
	KeepOthers bool
	// IdempotencyKey is the bank's own name of the request: the same request again
	// gets the same code, also if that has ended. Optional.
	IdempotencyKey string
	HistoryFrom    string // since when the account's debits are on record, RFC 3339 or a day
}

// Issued is a new code, grouped for reading out: "7F3K-9Q4M-AACD".
type Issued struct {
	ID      string // that its bank knows it by
	Code    string
	Expires time.Time
}

// Issue makes a one-time code for an account of a bank. The code itself is
// kept nowhere. A *watch.FieldError says what of the request cannot be taken;
// ErrOtherRequest, that its key is another request's.
func (d *Service) Issue(ctx context.Context, bank string, req CodeRequest) (Issued, error) {
	mail, fe := req.check()
	if fe != nil {
		return Issued{}, fe
	}
	before, fe := req.past(d.now())
	if fe != nil {
		return Issued{}, fe
	}
	names, err := d.Store.Names(ctx, watch.AccountKey{Bank: bank, Ref: req.AccountRef})
	if err != nil {
		return Issued{}, err
	}
	var code, asked string
	if req.IdempotencyKey != "" {
		code, asked = d.Keys.Aloud(codeLen, purpose, bank+"\x00"+req.IdempotencyKey), d.Keys.Hash("code request", fmt.Sprintf("%+v", req))
	}
	var c *store.Code
	err = store.Retry(ctx, func() (err error) {
		if asked == "" {
			code = token.Aloud(codeLen)
		} else if c, err = d.Store.Code(ctx, d.Keys.Hash(purpose, code)); err == nil {
			if c.Request != asked || c.Account.Bank != bank {
				return ErrOtherRequest
			}
			return nil
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		c = &store.Code{
			Hash: d.Keys.Hash(purpose, code), OnAccount: names.OnAccount,
			Mask: req.Mask, Email: mail, Lang: req.Lang, Expires: d.now().Add(CodeLife).Truncate(time.Second),
			Links: before.Links, HistoryFrom: before.From, Request: asked,
		}
		return d.Store.Write(ctx, store.PutCode(c))
	})
	if err != nil {
		return Issued{}, err
	}
	if !req.KeepOthers {
		if err := d.cancel(ctx, names, func(other *store.Code) bool { return other.Hash != c.Hash && !other.Expires.After(c.Expires) }); err != nil {
			return Issued{}, err
		}
	}
	return Issued{ID: c.ID(), Code: group(code), Expires: c.Expires}, nil
}

// ErrOtherRequest says that the key of a request was another request's.
var ErrOtherRequest = errors.New("membership: the key is another request's")

// OpenCodes lists the codes of an account that are still kept: open, used, or over
// for less than an hour; none that was cancelled.
func (d *Service) OpenCodes(ctx context.Context, bank, accountRef string) ([]*store.Code, error) {
	names, err := d.Store.Names(ctx, watch.AccountKey{Bank: bank, Ref: accountRef})
	if err != nil {
		return nil, err
	}
	return d.codes(ctx, names)
}

// codes are those of an account by each of its refs: some are made for a ref before it
// takes another's place.
func (d *Service) codes(ctx context.Context, names *store.Names) (out []*store.Code, err error) {
	for _, k := range names.Keys() {
		list, err := store.Collect(d.Store.Codes(ctx, k))
		if err != nil {
			return nil, err
		}
		out = append(out, slices.DeleteFunc(list, (*store.Code).Withdrawn)...)
	}
	slices.SortStableFunc(out, func(a, b *store.Code) int { return a.Expires.Compare(b.Expires) })
	return out, nil
}

// Cancel ends an open code of an account. store.ErrNotFound if there is none, or
// it was used.
func (d *Service) Cancel(ctx context.Context, bank, accountRef, id string) error {
	names, err := d.Store.Names(ctx, watch.AccountKey{Bank: bank, Ref: accountRef})
	if err != nil {
		return err
	}
	found := false
	err = d.cancel(ctx, names, func(c *store.Code) bool {
		found = found || c.ID() == id
		return c.ID() == id
	})
	if err == nil && !found {
		return store.ErrNotFound
	}
	return err
}

// cancel ends the open codes of an account that which says. One that is used at
// the same moment was used.
func (d *Service) cancel(ctx context.Context, names *store.Names, which func(*store.Code) bool) error {
	list, err := d.codes(ctx, names)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.UsedBy != "" || d.now().After(c.Expires) || !which(c) {
			continue
		}
		err := d.Store.Write(ctx, store.CancelCode(c, d.now()))
		if _, used := store.AsCondition(err); err != nil && !used {
			return err
		}
	}
	return nil
}

// check returns the mail address as it can be sent to, or what is wrong.
func (req *CodeRequest) check() (mail string, fe *watch.FieldError) {
	if fe := watch.CheckRef("account_ref", req.AccountRef); fe != nil {
		return "", fe
	}
	if fe := watch.CheckNewMask("account_mask", req.Mask.Raw()); fe != nil {
		return "", fe
	}
	if req.Email != "" {
		var ok bool
		if mail, ok = watch.MailAddress(req.Email); !ok {
			return "", &watch.FieldError{Field: "email", Problem: "is not a mail address"}
		}
	}
	return mail, checkLang(req.Lang)
}

func checkLang(lang watch.Lang) *watch.FieldError {
	switch lang {
	case "", watch.Japanese, watch.English:
		return nil
	}
	return &watch.FieldError{Field: "lang", Problem: "must be ja or en"}
}

func group(code string) string { return grouped(code, groupLen) }

// grouped cuts a code into groups of n letters.
func grouped(code string, n int) string {
	var parts []string
	for ; len(code) > n; code = code[n:] {
		parts = append(parts, code[:n])
	}
	return strings.Join(append(parts, code), "-")
}

var inSentence = regexp.MustCompile(`(?:^|[^0-9A-Z])([0-9A-Z]{4}[- ]*[0-9A-Z]{4}[- ]*[0-9A-Z]{4})(?:[^0-9A-Z]|$)`)

// LooksLikeCode finds a code in what a person typed: in lower case or full
// width, with any spaces and dashes, alone or in a sentence. It returns the
// code as it was issued. A code with a letter that codes do not have is still
// meant as one, if it is all that was typed and not one word or number.
func LooksLikeCode(text string) (string, bool) {
	if utf8.RuneCountInString(text) > maxMessage {
		return "", false
	}
	text = strings.Map(fold, strings.ToUpper(norm.NFKC.String(text)))
	bare := strings.NewReplacer("-", "", " ", "").Replace(text)
	if isCode(bare) || len(bare) == codeLen && isAlnum(bare) && strings.ContainsAny(bare, "0123456789") && strings.ContainsAny(bare, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		return group(bare), true
	}
	if bare, ok := within(text, inSentence, isCode); ok {
		return group(bare), true
	}
	return "", false
}

// within finds in a folded text what has the form and is good, without spaces
// and dashes. A word before it may have the form together with its beginning,
// so the search goes on after that word, and not after the whole.
func within(text string, form *regexp.Regexp, good func(string) bool) (string, bool) {
	for {
		m := form.FindStringSubmatchIndex(text)
		if m == nil {
			return "", false
		}
		if bare := strings.NewReplacer("-", "", " ", "").Replace(text[m[2]:m[3]]); good(bare) {
			return bare, true
		}
		rest := text[m[2]:]
		text = strings.TrimLeftFunc(rest, func(r rune) bool { return isAlnum(string(r)) })
	}
}

// fold makes every dash one dash and every space one space. Japanese keyboards
// make a long-vowel mark of the dash key.
func fold(r rune) rune {
	switch r {
	case '‐', '‑', '‒', '–', '—', '―', '−', 'ー', '─', '_', '・', '.':
		return '-'
	case '\n', '\r', '\t', '\u200b', '\u3000', '\u00a0':
		return ' '
	case 'U': // sounds and looks like the V that codes have
		return 'V'
	}
	return r
}

func isAlnum(s string) bool {
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return true
}

// isCode tells whether s is made of a code's letters, and not a number that
// happens to be.
func isCode(s string) bool {
	return len(s) == codeLen && strings.Trim(s, token.Letters) == "" && strings.Trim(s, "0123456789") != ""
}

// bare is a code as it is hashed; empty if it cannot be one.
func bare(code string) string {
	c, ok := LooksLikeCode(code)
	if !ok {
		return ""
	}
	return strings.ReplaceAll(c, "-", "")
}
