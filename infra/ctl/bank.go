package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/bankapi"
	"kozamori/internal/catalog"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// oneBank reads the only argument of a command, a bank's code.
func oneBank(flags *flag.FlagSet, args []string) (string, error) {
	switch {
	case len(args) != 1:
		return "", misused(flags, "Name one bank by the 4 digits of its 金融機関コード, such as 0125.")
	case !isBank(args[0]):
		return "", misused(flags, "%q is no bank: 4 digits are wanted, a 金融機関コード such as 0125.", args[0])
	}
	return args[0], nil
}

// mustBeTenant fails for a bank that was not added.
func mustBeTenant(ctx context.Context, d *operator.Deployment, code string) error {
	_, err := store.New(d.Table).Bank(ctx, code)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("bank %s is no tenant of %s; add it with ctl bank add %s", code, d.Where, code)
	}
	return err
}

// newSecret makes a webhook secret of 256 bits.
func newSecret() string {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails: the program stops instead
	return "whsec_" + base64.StdEncoding.EncodeToString(raw[:])
}

// live splits the value of a bank's webhook secret: the first signs, all of
// them verify.
func live(value string) []string {
	var out []string
	for s := range strings.SplitSeq(value, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// added is what -json prints. The secret is there only when it is new.
type added struct {
	Bank  string `json:"bank"`
	Name  string `json:"name"`
	Phone string `json:"phone,omitempty"`
	Hours string `json:"hours,omitempty"`
	// Contacts are all numbers, of which Phone and Hours are the first.
	Contacts []numberRow `json:"contacts,omitempty"`
	// Offers is what its customers are shown that they can ask it to stop.
	Offers []watch.ControlKind `json:"offers,omitempty"`
	Made   bool                `json:"made"`
	Secret string              `json:"webhook_secret,omitempty"`
}

func bankAdd(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	name := flags.String("name", "", "the bank's `name` in Japanese; without it, the catalogue's")
	nameEn := flags.String("name-en", "", "its `name` in English; without it, the catalogue's")
	numbers := numberFlags(flags)
	callback := flags.String("callback", "", "`URL` that is told of disputes")
	linkURL := flags.String("link-url", "", "`URL` of its login page for account linking")
	offers := flags.String("offers", "", "what its customers can ask it to stop, of `stop_service,stop_links,stop_debits,limit`; none for nothing")
	silent := flags.Duration("silent-after", 0, "no event for so `long` is an alarm, such as 2h, whatever is usual of the bank; without it, what is usual decides")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	code, err := oneBank(flags, args)
	if err != nil {
		return err
	}
	known, ok := catalog.BankByCode(code)
	for _, u := range []struct{ flag, value string }{{"-callback", *callback}, {"-link-url", *linkURL}} {
		if u.value != "" && !isAddress(u.value) {
			return misused(flags, "%s must be an https address, such as https://bank.example/kozamori.", u.flag)
		}
	}
	if err := numbers.check(flags); err != nil {
		return err
	}
	offered, err := bankapi.ParseControls(strings.FieldsFunc(strings.ReplaceAll(*offers, "none", ""), func(r rune) bool { return r == ',' || r == ' ' }))
	if err != nil {
		return misused(flags, "-offers %s; none is for nothing.", err.Error())
	}
	if *silent < 0 {
		return misused(flags, "-silent-after must not be negative; without it, what is usual decides.")
	}
	return p.does(ctx, c, flags, act{what: "bank.add", bank: code}, func(d *operator.Deployment) error {
		st := store.New(d.Table)
		b, err := st.Bank(ctx, code)
		out := added{Bank: code, Made: errors.Is(err, store.ErrNotFound)}
		if out.Made {
			if !ok && *name == "" {
				return misused(flags, "Bank %s is not in the catalogue: give its -name.", code)
			}
			if b, err = (&store.Bank{Code: code}), nil; ok {
				b.Name, b.NameEn = known.NameJa, known.NameEn
			}
		}
		if err != nil {
			return err
		}
		flags.Visit(func(f *flag.Flag) {
			switch f.Name {
			case "name":
				b.Name = *name
			case "name-en":
				b.NameEn = *nameEn
			case "callback":
				b.Callback = *callback
			case "link-url":
				b.LinkURL = *linkURL
			case "offers":
				b.Controls = offered
			case "silent-after":
				b.SilentAfter = *silent
			}
		})
		if err := numbers.onto(b, d.Now()); err != nil {
			return misused(flags, "%s.", err.Error())
		}
		out.Name, out.Phone, out.Hours, out.Contacts = b.Name, b.Phone, b.Hours, numberRows(b)
		out.Offers = b.Offered()
		// The secret first: a tenant without one could not be heard.
		value, err := d.Secrets.Secret(ctx, operator.Webhook(code))
		if err != nil {
			return err
		}
		if len(live(value)) == 0 {
			out.Secret = newSecret()
			if err := d.Secrets.PutSecret(ctx, operator.Webhook(code), out.Secret); err != nil {
				return err
			}
		}
		writes := []store.Write{store.PutBank(b)}
		if out.Made {
			writes = append(writes, store.SettledReferences(code))
		}
		err = st.Write(ctx, writes...)
		if _, lost := store.AsCondition(err); lost {
			err = errors.New("the bank was changed by another program at the same moment; try again")
		}
		// A secret that was made is shown whatever came of the rest.
		return errors.Join(err, c.sayAdded(out, *asJSON, err == nil, len(b.Controls) > 0))
	})
}

func (c *console) sayAdded(out added, asJSON, kept, offers bool) error {
	if asJSON {
		return object(c.Out, out)
	}
	if kept {
		what := "is a tenant as you say"
		if out.Made {
			what = "is a tenant now"
		}
		_, _ = fmt.Fprintf(c.Out, "Bank %s (%s) %s.\n", out.Bank, out.Name, what)
		for i := range out.Contacts {
			n := &out.Contacts[i]
			_, _ = fmt.Fprintf(c.Out, "Its customers are told to call %s, answered: %s.\n", n.Phone, orSay(n.Hours, "no -hours given"))
		}
		if len(out.Offers) == 0 && offers {
			_, _ = fmt.Fprintln(c.Out, "What it offers to stop is shown once it has a -callback: it would not hear of it.")
		}
		if len(out.Offers) > 0 {
			_, _ = fmt.Fprintf(c.Out, "They can ask it for: %s.\n", listed(out.Offers))
		}
	}
	switch {
	case out.Secret != "":
		_, _ = fmt.Fprintf(c.Out, `
Its webhook secret, shown only now:

  %s

Hand it to the bank over a safe way. With it the bank signs what it posts to
/v1/banks/%s/events, and checks what we post to it (Standard Webhooks).
Next: ctl bank api-key %s gives it a key for its other calls.
`, out.Secret, out.Bank, out.Bank)
	case out.Made:
		_, _ = fmt.Fprintf(c.Out, "It has a webhook secret already, which is not shown again; ctl bank rotate-secret %s makes another.\n", out.Bank)
	}
	return nil
}

// listed are kinds of controls in a line.
func listed(kinds []watch.ControlKind) string {
	var names []string
	for _, k := range kinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

func orSay(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// isAddress tells whether something can be called: over https, or on this
// machine.
func isAddress(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	here := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && here
}

// bankRow is a bank as it is listed.
type bankRow struct {
	Code    string `json:"bank"`
	Name    string `json:"name"`
	Phone   string `json:"phone,omitempty"`
	Hours   string `json:"hours,omitempty"`
	PhoneOn string `json:"phone_on,omitempty"`
	// Contacts are all numbers, of which the three above are the first.
	Contacts    []numberRow         `json:"contacts,omitempty"`
	Callback    string              `json:"callback,omitempty"`
	Offers      []watch.ControlKind `json:"offers,omitempty"` // that are shown
	LinkURL     string              `json:"link_url,omitempty"`
	LastEvent   time.Time           `json:"last_event,omitzero"`
	SilentAfter string              `json:"silent_after,omitempty"`
	SilentSince time.Time           `json:"silent_since,omitzero"`
	Secrets     int                 `json:"webhook_secrets"` // that are live
}

func bankList(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	if len(args) > 0 {
		return misused(flags, "bank list takes no arguments.")
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		st := store.New(d.Table)
		rows := []bankRow{}
		for b, err := range st.Banks(ctx) {
			if err != nil {
				return err
			}
			feed, err := st.Feed(ctx, b.Code)
			if err != nil {
				return err
			}
			value, err := d.Secrets.Secret(ctx, operator.Webhook(b.Code))
			if err != nil {
				return err
			}
			row := bankRow{Code: b.Code, Name: b.Name, Phone: b.Phone, Hours: b.Hours, PhoneOn: b.PhoneOn, Contacts: numberRows(b), Callback: b.Callback, Offers: b.Offered(), LinkURL: b.LinkURL,
				LastEvent: feed.LastEvent, SilentSince: feed.SilentSince, Secrets: len(live(value))}
			if b.SilentAfter > 0 {
				row.SilentAfter = b.SilentAfter.String()
			}
			rows = append(rows, row)
		}
		return list(c.Out, *asJSON, rows, "There are no banks. ctl bank add makes one a tenant.",
			[]string{"BANK", "LAST EVENT", "SILENT SINCE", "SECRETS", "CALLBACK", "NAME"}, func(b *bankRow) []string {
				return []string{b.Code, when(b.LastEvent), when(b.SilentSince), strconv.Itoa(b.Secrets), dash(b.Callback), b.Name}
			})
	})
}
