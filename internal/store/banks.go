package store

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

var banks = codec.For[Bank]("bank")

// Bank is a tenant.
type Bank struct {
	Code        string        `json:"code"` // 金融機関コード, 4 digits
	Name        string        `json:"name"` // 七十七銀行
	NameEn      string        `json:"name_en,omitempty"`
	Phone       string        `json:"phone,omitempty"`        // for customers; phone.Dials
	Hours       string        `json:"hours,omitempty"`        // when it is answered, in Japanese
	PhoneFor    string        `json:"phone_for,omitempty"`    // for whom it is, in Japanese
	PhoneOn     string        `json:"phone_on,omitempty"`     // the day the bank told it, 2006-01-02
	More        []Contact     `json:"contacts,omitempty"`     // further numbers; Contacts has all
	Callback    string        `json:"callback,omitempty"`     // URL that receives disputes
	LinkURL     string        `json:"link_url,omitempty"`     // login page for account linking
	SilentAfter time.Duration `json:"silent_after,omitempty"` // no event for so long is an alarm, whatever is usual; 0 leaves it to that
	// Controls are what its customers can ask it to stop; Offers has those that it can
	// be asked for.
	Controls []watch.ControlKind `json:"controls,omitempty"`
	// SignIn is how the bank's clerks sign in at their pages; nil if they cannot.
	SignIn  *SignIn `json:"sign_in,omitempty"`
	Version int64   `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// SignIn is a bank's own identity provider, and what it says of clerks who may do
// what. The secret shared with it is none of the table's.
type SignIn struct {
	Issuer   string   `json:"issuer"` // OpenID Connect, an https address
	ClientID string   `json:"client_id"`
	Claim    string   `json:"claim"` // of the ID token, of which the values below are
	Look     []string `json:"look,omitempty"`
	Work     []string `json:"work,omitempty"`
	Manage   []string `json:"manage,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Offers tells whether a bank's customers can ask it for a control. One that has no
// endpoint would not hear of it, and offers none.
func (b *Bank) Offers(kind watch.ControlKind) bool {
	return b.Callback != "" && slices.Contains(b.Controls, kind)
}

// Offered lists what a bank offers, in the order in which that is shown.
func (b *Bank) Offered() (out []watch.ControlKind) {
	for _, kind := range watch.ControlKinds() {
		if b.Offers(kind) {
			out = append(out, kind)
		}
	}
	return out
}

// Bank reads a bank. ErrNotFound if it is not a tenant.
func (s *Store) Bank(ctx context.Context, code string) (*Bank, error) {
	var b Bank
	v, err := read(ctx, s, Key{"BANKS", code}, banks, &b)
	if err != nil {
		return nil, err
	}
	b.Version = v
	return &b, nil
}

// Banks lists every bank, by code.
func (s *Store) Banks(ctx context.Context) iter.Seq2[*Bank, error] {
	return all(ctx, s, Query{PK: "BANKS"}, as(under("BANKS", ""), banks, func(b *Bank, it Item) { b.Version = it.Version }))
}

// PutBank writes a bank at the version read.
func PutBank(b *Bank) Write {
	return Write{Item: Item{Key: Key{"BANKS", b.Code}, Body: banks.Encode(b)}, If: At(b.Version)}
}
