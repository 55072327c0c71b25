// Package queue moves messages between stages, at least once and in no
// promised order. Queue is the contract that an embedded log and SQS both
// keep (testkit/queuetest holds it as tests); Run is how a stage consumes one.
package queue

import (
	"context"
	"time"
)

// Name is a queue of the house.
type Name string

// The queues. One per channel, so that an outage of one delays no other.
const (
	Events Name = "events" // ingest → detect
	LINE   Name = "line"   // → notify
	Email  Name = "email"  // → notify
	Bank   Name = "bank"   // → notify: callbacks to banks
	Chat   Name = "chat"   // linehook, web, chat → chat
	Due    Name = "due"    // sweep → sweep: what is due, in pieces
	Files  Name = "files"  // the bucket, intake → intake: files that banks left there, and parts of them
)

// Feedback is what SES said of mails and our function could not take, even the
// third time. There are only dead letters of it, and only on AWS.
const Feedback Name = "feedback"

// Names lists every queue: those of the channels that package app registers,
// and the house's own.
var Names = []Name{Events, LINE, Email, Bank, Chat, Due, Files}

// MostDelay is the longest that a message may be held back: SQS's.
const MostDelay = 15 * time.Minute

// KeepDead is how long dead letters are kept: the longest that SQS keeps a message.
const KeepDead = 14 * 24 * time.Hour

// MaxBody is the largest body in bytes, attributes included: SQS's 1 MiB.
const MaxBody = 1 << 20

// Outgoing is a message to send.
type Outgoing struct {
	Body  []byte        // UTF-8 of the characters that XML 1.0 allows, 1 byte to MaxBody
	Group string        // fairness: a busy group delays no other; see GroupOf. May be empty.
	Delay time.Duration // 0 to 15 minutes before it can be received
	Trace string        // carried along for logs and tracing; may be empty
}

// Message is a message received.
type Message struct {
	ID       string
	Body     []byte
	Group    string
	Trace    string
	Receives int       // how often it has been received, this time included
	SentAt   time.Time // when it became durable
	Receipt  string    // names this receive; the adapter's own
}

// Sender puts messages into a queue.
type Sender interface {
	// Send returns nil only when every message is durable. On an error any of
	// them may have been sent: send all again. ErrNoQueue, and none was sent,
	// if there is no such queue.
	Send(ctx context.Context, q Name, msgs ...Outgoing) error
}

// Queue is the whole contract. What is received stays hidden from others for
// the queue's visibility timeout and comes back afterwards unless deleted.
type Queue interface {
	Sender
	// Receive waits for at least one message, up to wait, and returns at most
	// max (1 to 10); none and a nil error when the time is over.
	Receive(ctx context.Context, q Name, max int, wait time.Duration) ([]Message, error)
	// Delete ends messages. Deleting one twice, or after it became visible
	// again, is no error.
	Delete(ctx context.Context, q Name, msgs ...Message) error
	// Retry makes a message visible again after a delay of 0 to 12 hours.
	Retry(ctx context.Context, q Name, m Message, delay time.Duration) error
	// DeadLetter moves a message to the queue's dead letters, where it stays for 14
	// days. A message received more often than the queue allows is dead-lettered by
	// itself.
	DeadLetter(ctx context.Context, q Name, m Message, why string) error
	// Dead lists dead letters, about oldest first.
	Dead(ctx context.Context, q Name, max int) ([]Dead, error)
	// Redrive sends every dead letter back to its queue and says how many.
	Redrive(ctx context.Context, q Name) (int, error)
	// Depth is about how many messages wait, are in flight, and are dead.
	Depth(ctx context.Context, q Name) (Depth, error)
}

// Dead is a dead letter.
type Dead struct {
	Message
	Why    string
	DiedAt time.Time
}

// Depth counts a queue's messages, approximately.
type Depth struct {
	Waiting  int `json:"waiting"`
	InFlight int `json:"in_flight"`
	Dead     int `json:"dead"`
	// Sent and Done are how many messages were sent, and ended well, in the last
	// minute, since the process began. 0 on AWS, where CloudWatch tells it.
	Sent int `json:"sent_last_minute,omitempty"`
	Done int `json:"done_last_minute,omitempty"`
	// Oldest is when the oldest message that has not ended was sent. The zero
	// time on AWS: SQS tells it to CloudWatch only, where the alarms look.
	Oldest time.Time `json:"oldest,omitzero"`
}

// Verdict is what a stage says of one message.
type Verdict struct {
	Done       bool
	Delay      time.Duration // if not done: when to try again
	DeadLetter string        // if not empty: why it can never be done
}

// The usual verdicts.
var (
	Acknowledge = Verdict{Done: true}
)

// RetryAfter asks for the message again after a delay.
func RetryAfter(d time.Duration) Verdict { return Verdict{Delay: d} }

// DeadLetter ends the message, saying why without naming people or accounts.
func DeadLetter(why string) Verdict { return Verdict{DeadLetter: why} }

// Handler is a stage's work on received messages: one verdict each, in order.
// It must be safe to call concurrently, and with a message it has seen before.
type Handler func(ctx context.Context, msgs []Message) []Verdict
