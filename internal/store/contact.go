package store

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Bounds of the numbers of one bank.
const (
	MaxContacts    = 5
	MaxContactText = 60 // characters of For and of Hours
)

// ContactLife is how long a number counts as checked.
const ContactLife = 366 * 24 * time.Hour

// Contact is a number that a bank's customers are told to call, as the bank says.
type Contact struct {
	Phone string `json:"phone"`           // phone.Dials
	For   string `json:"for,omitempty"`   // for whom, in Japanese
	Hours string `json:"hours,omitempty"` // when it is answered, in Japanese
	On    string `json:"on,omitempty"`    // the day the bank checked it, 2006-01-02

	Unknown jsontext.Value `json:",embed"`
}

// Contacts are the numbers to call, the first first. That one lies in fields of its
// own, where the version before knows it.
func (b *Bank) Contacts() []Contact {
	if b.Phone == "" {
		return nil
	}
	return append([]Contact{{Phone: b.Phone, For: b.PhoneFor, Hours: b.Hours, On: b.PhoneOn}}, b.More...)
}

// SetContacts replaces the numbers to call.
func (b *Bank) SetContacts(list []Contact) {
	b.Phone, b.PhoneFor, b.Hours, b.PhoneOn, b.More = "", "", "", "", nil
	if len(list) > 0 {
		c := list[0]
		b.Phone, b.PhoneFor, b.Hours, b.PhoneOn, b.More = c.Phone, c.For, c.Hours, c.On, list[1:]
	}
}

// Stale tells whether a number was checked more than a year ago, or never.
func Stale(on string, now time.Time) bool {
	at, err := time.Parse(time.DateOnly, on)
	return err != nil || now.Sub(at) > ContactLife
}
