package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"

	"kozamori/infra/operator"
	"kozamori/internal/clerk"
	"kozamori/internal/desk"
	"kozamori/internal/store"
)

// signIn is what -json prints: never the secret.
type signIn struct {
	Bank     string              `json:"bank"`
	Issuer   string              `json:"issuer,omitempty"`
	ClientID string              `json:"client_id,omitempty"`
	Claim    string              `json:"claim,omitempty"`
	Roles    map[string][]string `json:"roles,omitempty"`
	Secret   bool                `json:"has_secret"`
	Desk     string              `json:"desk"`     // the path of the desk
	Callback string              `json:"callback"` // the path that the provider leads back to
}

// maxClientSecret is the most bytes of a client's secret.
const maxClientSecret = 4 << 10

// bankSignIn sets, or shows, how a bank's clerks sign in.
func bankSignIn(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	issuer := flags.String("issuer", "", "the provider's issuer, an https `URL` (OpenID Connect)")
	client := flags.String("client", "", "the `id` by which the provider knows us")
	secret := flags.String("secret", "", "`file` that holds the secret which goes with it, - for the standard input; without it, the one that is kept")
	claim := flags.String("claim", "roles", "the `claim` of the ID token that says who may do what")
	roles := map[clerk.Role]*string{
		clerk.Look:   flags.String(string(clerk.Look), "", "`values` of the claim, with commas between, with which a clerk sees reports"),
		clerk.Work:   flags.String(string(clerk.Work), "", "`values` with which a clerk sets statuses and writes notes, too"),
		clerk.Manage: flags.String(string(clerk.Manage), "", "`values` with which a clerk decides on campaigns, replays events and takes lists away, too"),
	}
	off := flags.Bool("off", false, "close the desk: every clerk is signed out at once")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	code, err := oneBank(flags, args)
	if err != nil {
		return err
	}
	sets := *issuer != "" || *client != ""
	in := &store.SignIn{Issuer: strings.TrimSpace(*issuer), ClientID: *client, Claim: *claim, Look: valuesOf(*roles[clerk.Look]), Work: valuesOf(*roles[clerk.Work]), Manage: valuesOf(*roles[clerk.Manage])}
	switch u, err := url.Parse(in.Issuer); {
	case *off && sets:
		return misused(flags, "-off closes the desk: say nothing else.")
	case sets && (err != nil || !isAddress(in.Issuer) || u.RawQuery != "" || u.Fragment != "" || *client == "" || *claim == ""):
		return misused(flags, "-issuer must be an https address, and -client and -claim must not be empty.")
	case sets && len(in.Look)+len(in.Work)+len(in.Manage) == 0:
		return misused(flags, "Name at least one value with -look, -work or -manage: no clerk could enter.")
	case !sets && *secret != "":
		return misused(flags, "-secret goes with -issuer and -client.")
	}
	what := act{what: "desk.show", bank: code}
	if sets || *off {
		what.what = "desk.set"
	}
	return p.does(ctx, c, flags, what, func(d *operator.Deployment) error {
		if err := mustBeTenant(ctx, d, code); err != nil {
			return err
		}
		if sets {
			if err := sharedSignIn(ctx, d, code, in); err != nil {
				return err
			}
		}
		if *secret != "" {
			value, err := clientSecret(*secret)
			if err != nil {
				return err
			}
			if err := d.Secrets.PutSecret(ctx, operator.SignIn(code), value); err != nil {
				return err
			}
		}
		b, err := store.New(d.Table).Bank(ctx, code)
		if err != nil {
			return err
		}
		if sets || *off {
			if b.SignIn = nil; sets {
				b.SignIn = in
			}
			err := store.New(d.Table).Write(ctx, store.PutBank(b))
			if _, lost := store.AsCondition(err); lost {
				err = errors.New("the bank was changed by another program at the same moment; try again")
			}
			if err != nil {
				return err
			}
		}
		return c.saySignIn(ctx, d, b, *asJSON)
	})
}

// sharedSignIn fails if the same provider lets the clerks of another bank in by the same
// values: each bank's clerks would be the other's.
func sharedSignIn(ctx context.Context, d *operator.Deployment, code string, in *store.SignIn) error {
	values := func(in *store.SignIn) []string { return slices.Concat(in.Look, in.Work, in.Manage) }
	for b, err := range store.New(d.Table).Banks(ctx) {
		if err != nil {
			return err
		}
		is := b.SignIn
		if b.Code == code || is == nil || is.Issuer != in.Issuer || is.Claim != in.Claim {
			continue
		}
		for _, v := range values(in) {
			if slices.Contains(values(is), v) {
				return fmt.Errorf("clerks of bank %s sign in by the same provider, and the value %q would let them in at bank %s, too; have it give each bank values of its own", b.Code, v, code)
			}
		}
	}
	return nil
}

func valuesOf(s string) (out []string) {
	for v := range strings.SplitSeq(s, ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// clientSecret reads a secret from a file: an argument would stand in the shell's
// history, and in the list of processes.
func clientSecret(name string) (string, error) {
	var from io.Reader = os.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return "", fmt.Errorf("the secret cannot be read: %s", reason(err))
		}
		defer func() { _ = f.Close() }()
		from = f
	}
	raw, err := io.ReadAll(io.LimitReader(from, maxClientSecret+1))
	value := strings.TrimSpace(string(raw))
	switch {
	case err != nil:
		return "", fmt.Errorf("the secret cannot be read: %s", reason(err))
	case value == "" || len(value) > maxClientSecret || strings.ContainsAny(value, "\r\n"):
		return "", errors.New("the file must hold the secret alone, on one line")
	}
	return value, nil
}

func (c *console) saySignIn(ctx context.Context, d *operator.Deployment, b *store.Bank, asJSON bool) error {
	value, err := d.Secrets.Secret(ctx, operator.SignIn(b.Code))
	if err != nil {
		return err
	}
	out := signIn{Bank: b.Code, Secret: value != "", Desk: desk.Root + "/" + b.Code, Callback: desk.Callback(b.Code)}
	if in := b.SignIn; in != nil {
		out.Issuer, out.ClientID, out.Claim = in.Issuer, in.ClientID, in.Claim
		out.Roles = map[string][]string{string(clerk.Look): in.Look, string(clerk.Work): in.Work, string(clerk.Manage): in.Manage}
	}
	if asJSON {
		return object(c.Out, out)
	}
	if b.SignIn == nil {
		_, err := fmt.Fprintf(c.Out, "Bank %s has no desk: no clerk can sign in.\n", b.Code)
		return err
	}
	_, _ = fmt.Fprintf(c.Out, "Clerks of bank %s sign in by %s, which knows us as %s.\n", b.Code, out.Issuer, out.ClientID)
	for _, r := range clerk.Roles {
		_, _ = fmt.Fprintf(c.Out, "  %-6s  %s\n", r, orSay(strings.Join(out.Roles[string(r)], ", "), "no clerk"))
	}
	if !out.Secret {
		_, _ = fmt.Fprintln(c.Out, "No secret goes with it: the provider must know us as a public client, with PKCE.")
	}
	_, err = fmt.Fprintf(c.Out, "At the provider, allow the redirect to %s of the pages' address. The desk is at %s.\n", out.Callback, out.Desk)
	return err
}
