// Package audit keeps who did what: for each bank one list, to which is only ever
// added and whose entries are chained by hashes, so that one that was changed,
// removed or moved later shows. An act stands by itself first, from before it is
// done, and is put into the list in the background, so that no request waits for
// another. It holds no secret, and of people their roles alone: what was acted on
// is named by a hash.
package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// House is in place of a bank for what is no single bank's.
const House = "0000"

// Kind is what acts.
type Kind string

// The kinds of actors.
const (
	Key      Kind = "key"      // a bank's API key, by its id
	Operator Kind = "operator" // by what the deployment knows them as
	Watcher  Kind = "watcher"  // a person, by their role
	Clerk    Kind = "clerk"    // of a bank, by what its identity provider knows them as
	Bank     Kind = "bank"     // at a step of an account's trail; its key's act stands next to it
)

// Actor is who did something.
type Actor struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// Result is what came of an act.
type Result string

// The results.
const (
	Done    Result = "done"
	Refused Result = "refused"
	Failed  Result = "failed"  // on our side
	Unknown Result = "unknown" // it was begun, and who did it died
)

// Act is one act.
type Act struct {
	ID      string    `json:"id"` // of the request, also told to who made it
	Bank    string    `json:"bank"`
	At      time.Time `json:"at"`
	Actor   Actor     `json:"actor"`
	What    string    `json:"act"`
	Objects []string  `json:"objects,omitempty"` // see Object
	Result  Result    `json:"result,omitempty"`  // none while it is being done
	Status  int       `json:"status,omitempty"`  // of HTTP

	Unknown jsontext.Value `json:",embed"`
}

// Abandoned is how long an act without a result may be under way.
const Abandoned = 5 * time.Minute

// Within is how soon what was done stands in the list: by the second run of
// sweep, since what is still being done is left to the next one.
const Within = 2 * time.Minute

var acts = codec.For[Act]("audit_act")

// Object names what is acted on, by a hash that only who knows it can make:
// SHA-256 of its kind, a colon and its id.
func Object(kind, id string) string {
	h := sha256.Sum256([]byte(kind + ":" + id))
	return hex.EncodeToString(h[:])
}

// writer is what keeping an act needs of a store.
type writer interface {
	Write(ctx context.Context, writes ...store.Write) error
}

// Ended gives an act the status of HTTP that was its answer, and what that means.
func (a *Act) Ended(status int) {
	a.Status, a.Result = status, Done
	switch {
	case status >= http.StatusInternalServerError:
		a.Result = Failed
	case status >= http.StatusBadRequest:
		a.Result = Refused
	}
}

// Keep makes an act durable: before it is done without a result, and afterwards
// with one.
func Keep(ctx context.Context, to writer, a *Act) error {
	return to.Write(ctx, store.PutAct(a.Bank, a.ID, a.At, acts.Encode(a)))
}

// ofStep is the act that a step of a trail is.
func ofStep(s *watch.Step) Act {
	a := Act{ID: s.ID, Bank: s.Account.Bank, At: s.At, What: "trail." + string(s.Kind), Result: Done, Objects: []string{Object("account", s.Account.Ref)}}
	switch s.Way {
	case watch.WayBank:
		a.Actor.Kind = Bank
	case watch.WayOperator:
		a.Actor.Kind = Operator
	default:
		a.Actor = Actor{Kind: Watcher, ID: string(s.ByRole)}
	}
	return a
}
