package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"kozamori/infra/operator"
	secretstore "kozamori/internal/secrets"
)

// rotated is what -json prints. The secret is there only when it is new.
type rotated struct {
	Bank   string `json:"bank"`
	Live   int    `json:"webhook_secrets"` // that verify now
	Secret string `json:"webhook_secret,omitempty"`
}

// bankRotateSecret replaces a bank's webhook secret in two steps, because the
// bank cannot change at the same moment as we do. Each step is one write.
func bankRotateSecret(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	finish := flags.Bool("finish", false, "end the old secret, once the bank uses the new one")
	again := flags.Bool("again", false, "make the new secret once more, if it was lost")
	yes := flags.Bool("yes", false, "do not ask")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	code, err := oneBank(flags, args)
	if err != nil {
		return err
	}
	if *finish && *again {
		return misused(flags, "-finish ends a rotation and -again begins it once more: say only one.")
	}
	what := act{what: "secret.begin", bank: code}
	if *finish {
		what.what = "secret.finish"
	}
	return p.does(ctx, c, flags, what, func(d *operator.Deployment) error {
		if err := mustBeTenant(ctx, d, code); err != nil {
			return err
		}
		value, err := d.Secrets.Secret(ctx, operator.Webhook(code))
		if err != nil {
			return err
		}
		have := live(value)
		switch {
		case *finish:
			return c.finishRotation(ctx, d, code, have, *asJSON, *yes)
		case len(have) > 1 && !*again:
			return fmt.Errorf("bank %s has two live secrets: a rotation is under way. -finish ends the old one, when the bank uses the new one; -again makes the new one once more, if it was lost", code)
		}
		// The last one is what the bank surely has.
		fresh := newSecret()
		value = fresh
		if len(have) > 0 {
			value += "," + have[len(have)-1]
		}
		if err := d.Secrets.PutSecret(ctx, operator.Webhook(code), value); err != nil {
			return err
		}
		if *asJSON {
			return object(c.Out, rotated{code, len(live(value)), fresh})
		}
		_, err = fmt.Fprintf(c.Out, `The new webhook secret of bank %s, shown only now:

  %s

What to tell the bank:
  1. Accept this secret as well as the present one for what we post to you; from
     now on each callback carries a signature of both.
  2. Sign what you post to us with it. The old secret still works meanwhile.
  3. Tell us when you do, and we end the old one.
Then: ctl bank rotate-secret %s -finish
On AWS the functions know the new secret within %d minutes.
`, code, fresh, code, secretstore.Life/time.Minute)
		return err
	})
}

func (c *console) finishRotation(ctx context.Context, d *operator.Deployment, code string, have []string, asJSON, yes bool) error {
	if len(have) > 1 {
		if err := c.confirm(ctx, yes, "The old secret of bank %s ends now; what it still signs with it is refused. Go on?", code); err != nil {
			return err
		}
		if err := d.Secrets.PutSecret(ctx, operator.Webhook(code), have[0]); err != nil {
			return err
		}
	}
	if asJSON {
		return object(c.Out, rotated{Bank: code, Live: min(len(have), 1)})
	}
	switch len(have) {
	case 0:
		return fmt.Errorf("bank %s has no webhook secret; ctl bank rotate-secret %s makes one", code, code)
	case 1:
		_, _ = fmt.Fprintf(c.Out, "Bank %s has one webhook secret: no rotation is under way.\n", code)
	default:
		_, _ = fmt.Fprintf(c.Out, "The old webhook secret of bank %s has ended; only the new one works.\n", code)
	}
	return nil
}
