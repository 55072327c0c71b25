package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"strings"
	"time"

	"kozamori/events"
	"kozamori/internal/wire"
)

// setting is -set: members that each event gets, in place of its own.
type setting map[string]json.RawMessage

func (s setting) String() string { return "" }

// Set reads NAME=VALUE. What is no JSON is a string.
func (s setting) Set(arg string) error {
	name, value, ok := strings.Cut(arg, "=")
	if !ok || name == "" {
		return errors.New("it wants NAME=VALUE, such as amount=300000")
	}
	raw := json.RawMessage(value)
	if !json.Valid(raw) {
		raw, _ = json.Marshal(value) // a string always has one
	}
	s[name] = raw
	return nil
}

// on gives an event its members.
func (s setting) on(event json.RawMessage) (json.RawMessage, error) {
	if len(s) == 0 {
		return event, nil // as it is: what is wrong with it is for the other side to find
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(event, &members); err != nil {
		return nil, errors.New("-set works on events that are objects of JSON, and one is not")
	}
	for name, value := range s {
		if string(value) == "null" {
			delete(members, name)
			continue
		}
		members[name] = value
	}
	return json.Marshal(members)
}

// kinds are the samples by the name that trigger knows them by.
func kinds() map[string]events.Sample {
	out := map[string]events.Sample{}
	for _, s := range events.Samples {
		out[strings.TrimSuffix(strings.TrimPrefix(s.File, s.Bank+"-"), ".json")] = s
	}
	return out
}

// kindRow is a kind of trigger and what it is.
type kindRow struct {
	Kind string `json:"kind"`
	Says string `json:"says"`
}

// shows lists what can be triggered: samples, and the types of callbacks.
func shows() (out []kindRow) {
	for _, e := range events.Samples {
		out = append(out, kindRow{strings.TrimSuffix(strings.TrimPrefix(e.File, e.Bank+"-"), ".json"), e.Title + ": " + e.Says})
	}
	for _, p := range plays {
		out = append(out, kindRow{p.kind, p.says})
	}
	return out
}

// trigger posts samples as their bank, as if they happened now, or makes callbacks come.
func trigger(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error {
	s := sender{now: time.Now, client: &http.Client{Timeout: 30 * time.Second}, shift: true, again: true, chunk: wire.MaxEvents, set: setting{}}
	to := s.targets(flags)
	asJSON := jsonFlag(flags)
	names, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	all := kinds()
	if len(names) == 0 {
		return list(c.Out, *asJSON, shows(), "", []string{"KIND", "WHAT IT IS"}, func(k *kindRow) []string { return []string{k.Kind, k.Says} })
	}
	var wanted []play
	for _, name := range names {
		p, played := playOf(name)
		if _, ok := all[name]; !ok && !played {
			return misused(flags, "There is no kind %q; ctl trigger alone lists them.", name)
		}
		if played {
			wanted = append(wanted, p)
		}
	}
	switch {
	case len(wanted) > 0 && len(wanted) < len(names):
		return misused(flags, "Samples and callbacks are triggered one after the other, by commands of their own.")
	case len(wanted) > 0 && len(s.set) > 0:
		return misused(flags, "-set is for samples.")
	}
	if err := s.find(c, to.data, to.secretFile); err != nil {
		return err
	}
	if err := s.turned(ctx); err != nil {
		return err
	}
	for _, p := range wanted {
		if err := s.perform(ctx, c, *asJSON, to.data, p); err != nil {
			return err
		}
	}
	if len(wanted) > 0 {
		return nil
	}
	return posts(c, *asJSON, names, func(told func(*sent), name string) (int, error) {
		e := all[name]
		return s.body(ctx, told, e.File, e.Bank, e.Body())
	})
}
