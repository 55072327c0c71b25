package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/app"
	"kozamori/internal/membership"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// issued is what -json prints.
type issued struct {
	Code    string    `json:"code"`
	Expires time.Time `json:"expires"`
}

// code issues an enrolment code as the bank would, for trying and for a bank
// that cannot call us yet.
func code(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	bank := flags.String("bank", "", "4-digit `code` of the bank")
	mask := flags.String("mask", "", "the account as its owner `knows` it, such as 普通 ***4567")
	email := flags.String("email", "", "the owner's `address`, if the bank knows it")
	lang := flags.String("lang", "", "the owner's `language`: ja or en")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	switch {
	case len(args) != 1:
		return misused(flags, "Name one account by its account_ref, the token by which the bank knows it.")
	case !isBank(*bank):
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	}
	return p.does(ctx, c, flags, act{"code.issue", *bank, "account", args[0]}, func(d *operator.Deployment) error {
		if err := mustBeTenant(ctx, d, *bank); err != nil {
			return err
		}
		keys, err := linkKeys(ctx, d)
		if err != nil {
			return err
		}
		members := &membership.Service{Store: store.New(d.Table), Keys: keys, Now: d.Now, Logger: slog.New(slog.DiscardHandler)}
		got, err := members.Issue(ctx, *bank, membership.CodeRequest{AccountRef: args[0], Mask: quote.Text(*mask), Email: *email, Lang: watch.Lang(*lang)})
		if fe, ok := errors.AsType[*watch.FieldError](err); ok {
			name := map[string]string{"account_ref": "The account", "account_mask": "-mask", "email": "-email", "lang": "-lang"}[fe.Field]
			return misused(flags, "%s %s.", name, fe.Problem)
		}
		if err != nil {
			return err
		}
		if *asJSON {
			return object(c.Out, issued{got.Code, got.Expires})
		}
		_, err = fmt.Fprintf(c.Out, "%s\n\nWhoever sends it to the LINE account before %s watches this account.\n", got.Code, when(got.Expires))
		return err
	})
}

// linkKeys are the keys under which codes are kept.
func linkKeys(ctx context.Context, d *operator.Deployment) (*token.Keys, error) {
	value, err := d.Secrets.Secret(ctx, operator.LinkKeys)
	if err != nil {
		return nil, err
	}
	conf, err := app.FromEnv(func(name string) string {
		if name == "KOZAMORI_LINK_KEYS" {
			return value
		}
		return ""
	})
	if err != nil || len(conf.LinkKeys) == 0 {
		return nil, errors.New("the deployment's link keys are missing or not id:base64: a code could not be redeemed")
	}
	return token.NewKeys(conf.LinkKeys...)
}
