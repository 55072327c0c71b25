package main

import (
	"context"
	"net/http"
	"slices"
	"time"

	"kozamori/events"
	"kozamori/internal/app"
	"kozamori/internal/desk"
	"kozamori/internal/health"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// shown bounds what the page shows of each kind.
const shown = 40

// view is everything that the page shows.
type view struct {
	URL     string          `json:"url"`
	Real    bool            `json:"real"` // LINE itself is talked to
	Phones  []phone         `json:"phones"`
	Mails   []letter        `json:"mails"`
	Banks   []bankName      `json:"banks"`
	Samples []events.Sample `json:"samples"`
	Books   []bookEntry     `json:"books"`
	Stops   []stopEntry     `json:"stops"`
	Records []trace         `json:"records"`
	Talked  []exchange      `json:"talked"` // requests and callbacks, newest first
	Dead    []deadLetter    `json:"dead"`
	Health  health.Health   `json:"health"`
	Now     time.Time       `json:"now"`
	Ahead   int64           `json:"ahead_seconds"` // of the machine's clock
}

type phone struct {
	sim.User
	Items []sim.ChatItem `json:"items"`
}

// letter is a mail without its body, which the page shows in a frame.
type letter struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	FromName string    `json:"from_name"`
	To       string    `json:"to"`
	Subject  string    `json:"subject"`
}

type bankName struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Ref  string `json:"ref"` // of the account that the samples are about
	Mask string `json:"mask"`
	Desk string `json:"desk"` // where its clerks work
}

// trace is the way of one event with the time of each step.
type trace struct {
	ID         string     `json:"id"`
	Bank       string     `json:"bank"`
	Kind       watch.Kind `json:"kind"`
	What       string     `json:"what"` // service, or the descriptor
	Descriptor string     `json:"descriptor"`
	Amount     int64      `json:"amount"`
	Critical   bool       `json:"critical"`
	Reasons    []string   `json:"reasons"`
	Undone     time.Time  `json:"undone,omitzero"`
	Uncertain  bool       `json:"uncertain,omitempty"` // whether it was this one that is undone
	Steps      []step     `json:"steps"`
}

// step is something that happened, or waits to.
type step struct {
	Name string    `json:"name"`
	At   time.Time `json:"at,omitzero"`
	Note string    `json:"note,omitempty"`
}

func (s *stack) state(w http.ResponseWriter, r *http.Request) {
	v := view{URL: s.URL, Real: s.LINE == nil, Phones: []phone{}, Mails: []letter{}, Samples: events.Samples, Books: s.disputes(), Stops: s.controls(), Records: []trace{}}
	if s.LINE != nil {
		for _, u := range s.LINE.Users() {
			chat := s.LINE.Chat(u.ID)
			v.Phones = append(v.Phones, phone{u, chat[max(0, len(chat)-shown):]})
		}
	}
	mails := s.Mail.Messages()
	for _, m := range mails[max(0, len(mails)-shown):] {
		v.Mails = append(v.Mails, letter{m.ID, m.At, m.FromName, m.To, m.Subject})
	}
	names := app.Names{Store: s.System.Store}
	for _, code := range codes {
		name, _ := names.Bank(r.Context(), code, watch.Japanese)
		v.Banks = append(v.Banks, bankName{code, name, events.Accounts[code].Ref, events.Accounts[code].Mask, s.System.BaseURL + desk.Root + "/" + code})
	}
	var err error
	if v.Records, err = s.traces(r.Context(), names); err != nil {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"message": err.Error()})
		return
	}
	v.Talked, v.Now, v.Ahead = s.talked(), s.clock.now(), int64(s.clock.by().Seconds())
	if v.Dead, err = s.deadLetters(r); err == nil {
		v.Health, err = health.Look(r.Context(), s.System.Store, s.System.Queue, v.Now)
	}
	if err != nil {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"message": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, v)
}

// traces are the latest records of the samples' accounts, newest first.
func (s *stack) traces(ctx context.Context, names app.Names) ([]trace, error) {
	var records []*watch.Record
	for _, code := range codes {
		k := watch.AccountKey{Bank: code, Ref: events.Accounts[code].Ref}
		list, err := store.First(s.System.Store.History(ctx, k, time.Time{}, time.Time{}), shown)
		if err != nil {
			return nil, err
		}
		records = append(records, list...)
	}
	slices.SortStableFunc(records, func(a, b *watch.Record) int { return b.RecordedAt.Compare(a.RecordedAt) })
	out := []trace{}
	for _, r := range records[:min(len(records), shown)] {
		t := trace{ID: r.ID, Bank: r.Account.Bank, Kind: r.Kind, Descriptor: r.Descriptor.Line(), Amount: r.Amount, Critical: r.Critical(),
			Reasons: []string{}, Undone: r.UndoneAt, Uncertain: r.MayStand()}
		// What people were told of it, and answered, stands with the alert that
		// its incident began with.
		lead := r
		if r.Lead != "" {
			var err error
			if lead, err = s.System.Store.Record(ctx, r.Lead); err != nil {
				return nil, err
			}
		}
		t.Steps = steps(r, lead)
		if t.What, _ = names.Service(r.Service, watch.Japanese); t.What == "" {
			t.What = r.Descriptor.Line()
		}
		for _, n := range r.Notices {
			for _, reason := range n.Reasons.Names() {
				if !slices.Contains(t.Reasons, reason) {
					t.Reasons = append(t.Reasons, reason)
				}
			}
		}
		if lead.Dispute != "" {
			d, err := s.System.Store.Dispute(ctx, lead.Dispute)
			if err != nil {
				return nil, err
			}
			for _, c := range d.Changes {
				if c.TellBank {
					t.Steps = append(t.Steps, step{"bank told", c.ToldAt, string(c.Status)})
				}
			}
		}
		out = append(out, t)
	}
	return out, nil
}

func steps(r, lead *watch.Record) []step {
	channels := app.Channels()
	out := []step{{"occurred", r.OccurredAt, ""}, {"received", r.ReceivedAt, ""}, {"alerted", r.RecordedAt, ""}}
	for i := range lead.Deliveries {
		d := &lead.Deliveries[i]
		at := d.AcceptedAt
		note := ""
		if d.Kind.OfIncident() {
			j := slices.IndexFunc(lead.SaidBy(d), func(s watch.Said) bool { return s.Record == r.ID })
			if j < 0 {
				continue // it is about other parts of the incident
			}
			if lead.SaidBy(d)[j].Was != nil {
				note = string(watch.TellChanged)
			}
		} else {
			note = string(d.Kind)
		}
		name := channels.Label(d.Channel, watch.English) + " accepted"
		if d.Kind == watch.TellUnreachable {
			name = "bank told"
		}
		switch d.State {
		case watch.Undelivered:
			note = "undelivered: " + d.Problem
		case watch.Cancelled:
			note = "cancelled"
		case watch.Held:
			note = heldFor(d.Kind)
		}
		out = append(out, step{name, at, note})
	}
	if lead.Answer != nil {
		out = append(out, step{"answered", lead.Answer.At, string(lead.Answer.Value)})
	}
	return out
}

// heldFor is what a telling waits for.
func heldFor(kind watch.DeliveryKind) string {
	if kind == watch.TellClaim {
		return "a reminder, held until its day"
	}
	return "held until the quiet hours end"
}
