package inquiry

import (
	"encoding/json"
	"strconv"
	"time"

	"kozamori/internal/token"
	"kozamori/internal/watch"
)

// Facts is what a bank is told of an inquiry wherever it is told: in callbacks and when it
// asks. It names no person. Times are UTC.
type Facts struct {
	InquiryID  string              `json:"inquiry_id"`
	RequestID  string              `json:"request_id"`
	Bank       string              `json:"bank"`
	AccountRef string              `json:"account_ref"`
	Txn        string              `json:"transaction_id,omitempty"`
	Service    string              `json:"service,omitempty"` // instead: the latest of it
	Kind       watch.Kind          `json:"kind,omitempty"`    // of what is on record
	State      watch.InquiryState  `json:"state"`
	Why        watch.InquiryReason `json:"reason,omitempty"`  // of not_asked
	SameAs     string              `json:"same_as,omitempty"` // of already_asked
	AskedAt    time.Time           `json:"asked_at"`
	AnswerBy   time.Time           `json:"answer_by"`
	ReachedAt  time.Time           `json:"reached_at,omitzero"`
	Answer
}

// Answer is the answer that stands, or that there is none any more, or yet.
type Answer struct {
	AnsweredAt time.Time  `json:"answered_at,omitzero"`
	AnsweredBy watch.Role `json:"answered_by,omitempty"`
	Via        watch.Via  `json:"via,omitempty"`
	// DisputeID and DisputeReference are the report's, of not_mine.
	DisputeID        string `json:"dispute_id,omitempty"`
	DisputeReference string `json:"dispute_reference,omitempty"`
}

func answerOf(x *watch.InquiryChange) Answer {
	a := Answer{AnsweredAt: x.At.UTC(), AnsweredBy: x.By, Via: x.Via, DisputeID: x.Dispute}
	if x.Dispute != "" {
		a.DisputeReference = token.Reference(x.Dispute)
	}
	return a
}

// FactsOf takes them from an inquiry, of which the bank calls its account by ref, as they are
// now.
func FactsOf(q *watch.Inquiry, ref string) Facts {
	f := Facts{InquiryID: q.ID, RequestID: q.Asking, Bank: q.Account.Bank, AccountRef: ref, Txn: q.Txn, Service: q.Service, Kind: q.Kind,
		State: q.State, Why: q.Why, SameAs: q.SameAs, AskedAt: q.AskedAt.UTC(), AnswerBy: q.AnswerBy.UTC(), ReachedAt: q.ReachedAt.UTC()}
	if x := q.Answered(); x != nil {
		f.Answer = answerOf(x)
	}
	return f
}

// CallbackBody is what the bank is told of a change: the same bytes for the same stored
// change, and the same name of its account.
func CallbackBody(q *watch.Inquiry, ref string, x *watch.InquiryChange) []byte {
	is := *q
	is.ReachedAt = time.Time{} // which may be known later than the answer
	b := struct {
		Type string `json:"type"`
		Seq  int    `json:"seq"`
		Facts
		WithdrawnAt time.Time `json:"withdrawn_at,omitzero"`
	}{Type: CallbackType(x), Seq: x.Seq, Facts: FactsOf(&is, ref)}
	b.State, b.Answer = x.State, Answer{}
	switch x.State {
	case watch.InquiryMine, watch.InquiryNotMine:
		b.Answer = answerOf(x)
	case watch.InquiryWithdrawn:
		b.WithdrawnAt = x.At.UTC()
	}
	body, err := json.Marshal(b)
	if err != nil {
		panic("inquiry: callback does not encode: " + err.Error()) // plain strings and times always do
	}
	return body
}

// CallbackType is the type of a change: "inquiry.answered", "inquiry.withdrawn" or
// "inquiry.unanswered".
func CallbackType(x *watch.InquiryChange) string {
	switch x.State {
	case watch.InquiryMine, watch.InquiryNotMine:
		return "inquiry.answered"
	}
	return "inquiry." + string(x.State)
}

// CallbackID is the webhook-id of a change, the same at each attempt.
func CallbackID(q *watch.Inquiry, x *watch.InquiryChange) string {
	return "msg_" + watch.Derive("callback", q.ID, strconv.Itoa(x.Seq))
}
