package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/membership"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// enrolled is what -json prints.
type enrolled struct {
	ID      string    `json:"enrolment_id"`
	Code    string    `json:"code"`
	Expires time.Time `json:"expires"`
}

// enrol has a customer asked by mail whether they want to be told, as the clerk of
// a bank would that cannot call us yet.
func enrol(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	bank := flags.String("bank", "", "4-digit `code` of the bank")
	email := flags.String("email", "", "the customer's `address`")
	mask := flags.String("mask", "", "the account as its owner `knows` it, such as 普通 ***4567; only for one account")
	lang := flags.String("lang", "", "the customer's `language`: ja or en")
	guardian := flags.Bool("guardian", false, "they watch for an owner who watches already")
	name := flags.String("name", "", "what the owner `calls` a guardian")
	hide := flags.Bool("hide-amount", false, "show a guardian no amounts")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	switch {
	case len(args) == 0:
		return misused(flags, "Name the accounts by their account_ref, the token by which the bank knows each.")
	case !isBank(*bank):
		return misused(flags, "-bank must be the 4 digits of a 金融機関コード, such as 0125.")
	case *mask != "" && len(args) > 1:
		return misused(flags, "-mask is of one account.")
	}
	req := membership.EnrolRequest{Role: watch.Owner, Email: *email, Lang: watch.Lang(*lang), Name: quote.Text(*name), HideAmount: *hide}
	if *guardian {
		req.Role = watch.Guardian
	}
	for _, ref := range args {
		req.Accounts = append(req.Accounts, membership.CodeRequest{AccountRef: ref, Mask: quote.Text(*mask)})
	}
	return p.does(ctx, c, flags, act{"enrolment.make", *bank, "account", args[0]}, func(d *operator.Deployment) error {
		if err := mustBeTenant(ctx, d, *bank); err != nil {
			return err
		}
		keys, err := linkKeys(ctx, d)
		if err != nil {
			return err
		}
		q, err := d.Queue(ctx)
		if err != nil {
			return err
		}
		members := &membership.Service{Store: store.New(d.Table), Keys: keys, Queue: q, Now: d.Now, Logger: slog.New(slog.DiscardHandler)}
		got, err := members.Enrol(ctx, *bank, req)
		if fe, ok := errors.AsType[*watch.FieldError](err); ok {
			return misused(flags, "%s %s.", flagOf(fe.Field), fe.Problem)
		}
		if errors.Is(err, membership.ErrOwnerless) {
			return errors.New("no owner watches the account: a guardian is called when the owner does not answer, so let the owner begin first")
		}
		if err != nil {
			return err
		}
		if *asJSON {
			return object(c.Out, enrolled{got.ID, got.Code, got.Expires})
		}
		_, err = fmt.Fprintf(c.Out, "%s\n\nHand it to the customer on paper. A mail is on its way; who has both before %s is told by mail.\n", got.Code, when(got.Expires))
		return err
	})
}

// flagOf names what a field of the request was given by.
func flagOf(field string) string {
	switch {
	case strings.HasSuffix(field, "account_mask"):
		return "-mask"
	case strings.HasPrefix(field, "accounts"):
		return "An account"
	case field == "role":
		return "-guardian"
	}
	return "-" + strings.ReplaceAll(field, "_", "-")
}
