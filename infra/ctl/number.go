package main

import (
	"errors"
	"flag"
	"time"

	"kozamori/internal/phone"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// numbers are the numbers to call that a command is given: -phone begins one, and
// -hours and -phone-for say more of it, or, before any -phone, of the first that the
// bank has.
type numbers struct {
	list       []store.Contact
	hours, who *string // of the first that the bank has
}

func numberFlags(flags *flag.FlagSet) *numbers {
	n := &numbers{}
	flags.Func("phone", "`number` that its customers call, in the place of those it has; give more for further ones, each before its -hours", func(s string) error {
		n.list = append(n.list, store.Contact{Phone: s})
		return nil
	})
	flags.Func("hours", "`when` that number is answered, in Japanese, such as \"平日 9:00-17:00\"", func(s string) error {
		if len(n.list) == 0 {
			n.hours = &s
			return nil
		}
		n.list[len(n.list)-1].Hours = s
		return nil
	})
	flags.Func("phone-for", "for `whom` that number is, in Japanese, such as \"不正な引き落としの窓口\"", func(s string) error {
		if len(n.list) == 0 {
			n.who = &s
			return nil
		}
		n.list[len(n.list)-1].For = s
		return nil
	})
	return n
}

// check says what people shall not be told to call.
func (n *numbers) check(flags *flag.FlagSet) error {
	if len(n.list) > store.MaxContacts {
		return misused(flags, "A bank has at most %d numbers.", store.MaxContacts)
	}
	words := []struct{ flag, value string }{{"-hours", value(n.hours)}, {"-phone-for", value(n.who)}}
	for i := range n.list {
		c := &n.list[i]
		if c.Phone == "" && len(n.list) == 1 {
			continue // all are taken away
		}
		if p := phone.Problem(c.Phone); p != "" {
			return misused(flags, "-phone %s.", p)
		}
		words = append(words, []struct{ flag, value string }{{"-hours", c.Hours}, {"-phone-for", c.For}}...)
	}
	for _, w := range words {
		if fe := watch.CheckWords(w.flag, w.value, store.MaxContactText); fe != nil {
			return misused(flags, "%s %s.", w.flag, fe.Problem)
		}
	}
	return nil
}

// onto gives a bank the numbers, which were checked today.
func (n *numbers) onto(b *store.Bank, now time.Time) error {
	if len(n.list) > 0 {
		list := n.list
		if list[0].Phone == "" {
			list = nil
		}
		for i := range list {
			list[i].On = now.In(watch.JST).Format(time.DateOnly)
		}
		b.SetContacts(list)
		return nil
	}
	if (n.hours != nil || n.who != nil) && b.Phone == "" {
		return errors.New("-hours and -phone-for say more of a number: give its -phone")
	}
	if n.hours != nil {
		b.Hours = *n.hours
	}
	if n.who != nil {
		b.PhoneFor = *n.who
	}
	return nil
}

// numberRow is a number as it is printed.
type numberRow struct {
	Phone string `json:"phone"`
	For   string `json:"for,omitempty"`
	Hours string `json:"hours,omitempty"`
	On    string `json:"checked_on,omitempty"`
}

func numberRows(b *store.Bank) []numberRow {
	var out []numberRow
	for _, c := range b.Contacts() {
		out = append(out, numberRow{c.Phone, c.For, c.Hours, c.On})
	}
	return out
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
