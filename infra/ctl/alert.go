package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"kozamori/infra/operator"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// timeline is an alert as an operator sees it: what happened to it and when,
// without saying which person or what payment it is about. Its watchers are ids within the account.
type timeline struct {
	ID       string     `json:"id"`
	Bank     string     `json:"bank"`
	Kind     watch.Kind `json:"kind"`
	Txn      string     `json:"transaction_id"`
	Event    string     `json:"event_id,omitempty"`
	Service  string     `json:"service,omitempty"`
	Critical bool       `json:"critical"`
	Notices  []notice   `json:"notices"`
	Steps    []happened `json:"steps"`
	Dispute  *disputed  `json:"dispute,omitempty"`
	Due      time.Time  `json:"due,omitzero"` // when sweep looks at it again
}

type notice struct {
	Watcher  string    `json:"watcher"`
	Reasons  []string  `json:"reasons"`
	Escalate time.Time `json:"escalate_at,omitzero"`
}

type disputed struct {
	Reference string              `json:"reference"`
	Status    watch.DisputeStatus `json:"status"`
}

// happened is one step. At is zero while it has not happened.
type happened struct {
	What     string              `json:"what"`
	At       time.Time           `json:"at,omitzero"`
	State    watch.DeliveryState `json:"state,omitempty"`
	Watcher  string              `json:"watcher,omitempty"`
	Channel  watch.ChannelKind   `json:"channel,omitempty"`
	Attempts int                 `json:"attempts,omitempty"`
	Due      time.Time           `json:"due,omitzero"`
	Provider string              `json:"provider_id,omitempty"`
	Problem  string              `json:"problem,omitempty"`
}

var recordID = regexp.MustCompile(`^[0-9a-z]{26}$`)

func alertShow(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	p, asJSON := placeFlags(flags), jsonFlag(flags)
	bank := flags.String("bank", "", "without an ID: the bank's 4-digit `code`, with -account and -txn")
	account := flags.String("account", "", "without an ID: the `account_ref`")
	txn := flags.String("txn", "", "without an ID: the bank's own `transaction_id` of the debit")
	link := flags.Bool("link", false, "with -txn: it is a charge link's")
	args, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	named := *bank != "" || *account != "" || *txn != ""
	var id string
	var of *watch.Event // by which it is named, if not by its id
	switch {
	case len(args) == 1 && !named && recordID.MatchString(args[0]):
		id = args[0]
	case len(args) == 1 && !named:
		return misused(flags, "%q is no id: one has 26 letters and digits, as logs tell it.", args[0])
	case len(args) == 0 && isBank(*bank) && *account != "" && *txn != "":
		of = &watch.Event{Kind: watch.Debit, Bank: *bank, AccountRef: *account, TransactionID: *txn}
		if *link {
			of.Kind = watch.LinkRegistered
		}
	default:
		return misused(flags, "Name one alert by its id, or by -bank, -account and -txn as the bank knows it.")
	}
	return p.at(ctx, c, flags, func(d *operator.Deployment) error {
		st := store.New(d.Table)
		if of != nil {
			names, err := st.Names(ctx, of.Account())
			if err != nil {
				return err
			}
			of.AccountRef = names.Account.Ref
			id = of.RecordID()
		}
		r, err := st.Record(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is no record %s: the account had no watcher, it was no payment service's, or it is older than %d days", id, store.KeepRecord/(24*time.Hour))
		}
		if err != nil {
			return err
		}
		// What people were told and said stands with the alert that its incident
		// began with.
		lead, err := st.Lead(ctx, r)
		if err != nil {
			return err
		}
		var dispute *watch.Dispute
		if lead.Dispute != "" {
			if dispute, err = st.Dispute(ctx, lead.Dispute); err != nil {
				return err
			}
		}
		t := timelineOf(r, lead, dispute)
		return act{"alert.read", r.Account.Bank, "account", r.Account.Ref}.by(ctx, d, func() error {
			if *asJSON {
				return object(c.Out, t)
			}
			return t.print(c)
		})
	})
}

// told is what a delivery was about, for one record of its incident.
func told(r, lead *watch.Record, d *watch.Delivery) string {
	for _, s := range lead.SaidBy(d) {
		if d.Kind == watch.TellMore && s.Record == r.ID && s.Was == nil {
			return string(watch.TellAlert)
		}
	}
	return string(d.Kind)
}

func timelineOf(r, lead *watch.Record, d *watch.Dispute) *timeline {
	t := &timeline{ID: r.ID, Bank: r.Account.Bank, Kind: r.Kind, Txn: r.Name(), Event: r.Event, Service: r.Service, Critical: r.Critical(), Notices: []notice{}, Due: r.Due}
	for _, n := range r.Notices {
		t.Notices = append(t.Notices, notice{n.Watcher, n.Reasons.Names(), n.EscalateAt})
	}
	add := func(h happened) {
		h.At, h.Due = h.At.UTC(), h.Due.UTC()
		t.Steps = append(t.Steps, h)
	}
	if r.Complete {
		add(happened{What: "occurred", At: r.OccurredAt})
	}
	add(happened{What: "received", At: r.ReceivedAt})
	what := "recorded"
	if r.IsAlert() {
		what = "alerted"
	}
	add(happened{What: what, At: r.RecordedAt})
	for i := range lead.Deliveries {
		dl := &lead.Deliveries[i]
		what := told(r, lead, dl)
		queued := happened{What: what + " queued", At: dl.CreatedAt, Watcher: dl.Watcher, Channel: dl.Channel}
		end := queued
		if !dl.AcceptedAt.IsZero() {
			add(queued)
			end.What, end.At = what+" accepted", dl.AcceptedAt
		}
		end.State, end.Attempts, end.Provider, end.Problem = dl.State, dl.Attempts, dl.ProviderID, dl.Problem
		if !dl.State.Ended() {
			end.Due = dl.Due
		}
		add(end)
	}
	if !r.UndoneAt.IsZero() {
		what := "undone by the bank"
		if r.MayStand() {
			what = "perhaps undone by the bank: its id or its service is that of another too"
		}
		add(happened{What: what, At: r.UndoneAt})
	}
	if a := lead.Answer; a != nil {
		add(happened{What: "answered " + strings.ReplaceAll(string(a.Value), "_", " "), At: a.At, Watcher: a.Watcher})
	}
	if d != nil {
		t.Dispute = &disputed{d.Reference, d.Status}
		for _, ch := range d.Changes {
			add(happened{What: "dispute " + string(ch.Status), At: ch.At})
			switch {
			case !ch.ToldAt.IsZero():
				add(happened{What: "bank told " + string(ch.Status), At: ch.ToldAt, Attempts: ch.Attempts})
			case !ch.GaveUpAt.IsZero():
				add(happened{What: "telling the bank " + string(ch.Status) + " was given up", At: ch.GaveUpAt, Attempts: ch.Attempts})
			case ch.TellBank:
				add(happened{What: "bank not told yet " + string(ch.Status), Attempts: ch.Attempts, Due: d.Due})
			}
		}
	}
	// In the order in which things happened; what has not, last.
	slices.SortStableFunc(t.Steps, func(a, b happened) int {
		if a.At.IsZero() != b.At.IsZero() {
			if a.At.IsZero() {
				return 1
			}
			return -1
		}
		return a.At.Compare(b.At)
	})
	return t
}

func (t *timeline) print(c *console) error {
	_, _ = fmt.Fprintf(c.Out, "%s  bank %s  transaction %s  %s\n", t.Kind, t.Bank, t.Txn, dash(t.Service))
	for _, n := range t.Notices {
		_, _ = fmt.Fprintf(c.Out, "  %s is told: %s", n.Watcher, strings.Join(n.Reasons, ", "))
		if !n.Escalate.IsZero() {
			_, _ = fmt.Fprintf(c.Out, "; the next channel at %s", when(n.Escalate))
		}
		_, _ = fmt.Fprintln(c.Out)
	}
	if len(t.Notices) == 0 {
		_, _ = fmt.Fprintln(c.Out, "  No watcher's rules match: it is on record and no alert.")
	} else if t.Critical {
		_, _ = fmt.Fprintln(c.Out, "  It is critical.")
	}
	if t.Dispute != nil {
		_, _ = fmt.Fprintf(c.Out, "  Dispute %s: %s.\n", t.Dispute.Reference, t.Dispute.Status)
	}
	_, _ = fmt.Fprintln(c.Out)
	table := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "WHEN (JST)\tAFTER\tWHAT\tWHO\tHOW\tSTATE")
	var received time.Time
	for _, h := range t.Steps {
		if h.What == "received" {
			received = h.At
		}
	}
	for _, h := range t.Steps {
		var state []string
		if h.State != "" {
			state = append(state, string(h.State))
		}
		switch {
		case h.Attempts == 1:
			state = append(state, "1 attempt")
		case h.Attempts > 1:
			state = append(state, fmt.Sprint(h.Attempts, " attempts"))
		}
		if !h.Due.IsZero() {
			state = append(state, "again at "+when(h.Due))
		}
		if h.Problem != "" {
			state = append(state, h.Problem)
		}
		if h.Provider != "" {
			state = append(state, "id "+h.Provider)
		}
		_, _ = fmt.Fprintln(table, strings.Join([]string{millis(h.At), since(received, h.At), h.What, dash(h.Watcher), dash(string(h.Channel)), dash(strings.Join(state, ", "))}, "\t"))
	}
	return table.Flush()
}

// millis is a time to the millisecond, as alerts are measured.
func millis(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(watch.JST).Format("2006-01-02 15:04:05.000")
}

// since is how long after the event was received something happened.
func since(received, at time.Time) string {
	if at.IsZero() || at.Before(received) || received.IsZero() {
		return "-"
	}
	return "+" + at.Sub(received).Round(time.Millisecond).String()
}
