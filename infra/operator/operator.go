// Package operator is what the operator's tool works on: the table, the
// queues, the secrets and LINE of one deployment, wherever they are: on AWS,
// in the data folder of a local stack, or in the stack that runs there, which
// serves them on a socket. It never decides what is done with them.
package operator

import (
	"context"
	"errors"
	"time"

	"kozamori/internal/line"
	"kozamori/internal/queue"
	"kozamori/internal/store"
)

// Queue is what an operator does to the queues: everything but working on
// messages.
type Queue interface {
	queue.Sender
	Dead(ctx context.Context, q queue.Name, max int) ([]queue.Dead, error)
	Redrive(ctx context.Context, q queue.Name) (int, error)
	Depth(ctx context.Context, q queue.Name) (queue.Depth, error)
}

// Secrets reads and writes the deployment's secrets by their names: link-keys,
// line/token, banks/0125/webhook. Where two live side by side the value holds
// both, with a comma between.
type Secrets interface {
	// Secret returns a value; empty if there is none.
	Secret(ctx context.Context, name string) (string, error)
	// PutSecret returns nil only when the value is durable.
	PutSecret(ctx context.Context, name, value string) error
}

// The secrets that operators work with.
const (
	LinkKeys   = "link-keys"   // id:base64, with a comma between two
	CatalogKey = "catalog-key" // the seed, in base64, of the Ed25519 key that signs editions of the catalogue
	hookPart   = "/webhook"
	bankPart   = "banks/"
)

// Webhook names the secret that is shared with a bank.
func Webhook(bank string) string { return bankPart + bank + hookPart }

// SignIn names the secret by which a bank's identity provider knows us.
func SignIn(bank string) string { return "sign-in/" + bank }

// Deployment is one deployment of Kozamori.
type Deployment struct {
	Where   string // as people call it
	Table   store.Table
	Secrets Secrets
	// Walk reads a page of the whole table: items whose partition begins with a prefix.
	// A page may hold none and still not be the last. It is for what is moved once.
	Walk func(ctx context.Context, prefix, cursor string) (store.Page, error)
	// Queue finds the queues, which on AWS takes calls.
	Queue func(context.Context) (Queue, error)
	// LINE is the deployment's LINE channel; ErrNoLINE.
	LINE func(context.Context) (*line.Client, error)
	// Files are the local stack's; nil on AWS.
	Files Files
	// Close lets go of it.
	Close func() error
	Now   func() time.Time
	// Who tells who works on it: on AWS the user or role, as CloudTrail has it.
	Who func(context.Context) (string, error)
}

// ErrNoLINE says that the deployment's LINE cannot be reached from here now.
var ErrNoLINE = errors.New("LINE's simulator is there only while the local stack runs; start it with go run ./infra/local")
