package bankapi

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"kozamori/internal/control"
	"kozamori/internal/dispute"
	"kozamori/internal/inquiry"
	"kozamori/internal/membership"
	"kozamori/internal/problem"
	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

var (
	errKey        = &problem.Problem{Status: http.StatusUnauthorized, Code: problem.Unauthorized, Title: "the API key is not one of this bank"}
	errKeyReused  = &problem.Problem{Status: http.StatusConflict, Code: problem.KeyReused, Title: "this Idempotency-Key is another request's", Reason: "give each request a key of its own, and repeat it as it was"}
	errManyKeys   = &problem.Problem{Status: http.StatusConflict, Code: problem.TooManyKeys, Title: fmt.Sprintf("a bank has at most %d keys", MaxKeys), Reason: "end one first"}
	errNoCallback = &problem.Problem{Status: http.StatusConflict, Code: problem.NoCallback, Title: "the bank has no callback address", Reason: "ask the operator to set it"}
	errNotFound   = &problem.Problem{Status: http.StatusNotFound, Code: problem.NotFound, Title: "there is nothing here"}
	errMethod     = &problem.Problem{Status: http.StatusMethodNotAllowed, Code: problem.Method, Title: "this address does not take that method"}
	errTooLarge   = &problem.Problem{Status: http.StatusRequestEntityTooLarge, Code: problem.TooLarge, Title: "too much"}
	errInternal   = &problem.Problem{Status: http.StatusInternalServerError, Code: problem.InternalFailed, Title: "something went wrong on our side"}
)

// refused is a request with something wrong in it.
func refused(field, reason string) *problem.Problem {
	return &problem.Problem{Status: http.StatusUnprocessableEntity, Code: problem.Invalid, Title: "the request cannot be taken", Field: field, Reason: reason}
}

// What a status cannot follow.
var (
	errClosed  = problem.Problem{Status: http.StatusConflict, Code: problem.DisputeClosed, Title: "the dispute is closed", Field: "status", Reason: "nothing follows closed but reopened, and nothing at all once the report was taken back"}
	errControl = problem.Problem{Status: http.StatusConflict, Code: problem.StatusOrder, Title: "this state cannot follow the present one", Field: "state",
		Reason: "requested is answered by applied, refused or not_offered, withdrawn by lifted or kept"}
	errOrder = problem.Problem{Status: http.StatusConflict, Code: problem.StatusOrder, Title: "this status cannot follow the present one", Field: "status",
		Reason: "received comes before frozen and refunded, closed comes last, and reopened follows it alone; after withdrawn come frozen, refunded and closed"}
)

// problems says how each error of ours is told: the one table.
var problems = []struct {
	err     error
	problem *problem.Problem
}{
	{ErrRotating, &problem.Problem{Status: http.StatusConflict, Code: problem.Rotating, Title: "the key is one of two of a rotation", Reason: "end the one that is not used any more first"}},
	{dispute.ErrNotFound, errNotFound},
	{control.ErrNotFound, errNotFound},
	{inquiry.ErrNotFound, errNotFound},
	{inquiry.ErrOtherRequest, errKeyReused},
	{store.ErrNotFound, errNotFound},
	{dispute.ErrChanged, &problem.Problem{Status: http.StatusPreconditionFailed, Code: problem.Changed, Title: "the dispute was changed since it was read", Reason: "read it again"}},
	{control.ErrChanged, &problem.Problem{Status: http.StatusPreconditionFailed, Code: problem.Changed, Title: "the control was changed since it was read", Reason: "read it again"}},
	{control.ErrState, refused("state", fmt.Sprintf("must be applied, refused, not_offered, lifted or kept, with a text of at most %d characters", control.MaxText))},
	{errContactsChanged, &problem.Problem{Status: http.StatusPreconditionFailed, Code: problem.Changed, Title: "the numbers were changed since they were read", Reason: "read them again"}},
	{membership.ErrOtherRequest, errKeyReused},
	{membership.ErrRefTaken, &problem.Problem{Status: http.StatusConflict, Code: problem.RefTaken, Title: "the ref is another account's, or was", Field: "account_ref", Reason: "give the account a ref that never named another"}},
	{membership.ErrRefMany, &problem.Problem{Status: http.StatusConflict, Code: problem.RefMany, Title: fmt.Sprintf("the ref of an account can be replaced %d times", store.MaxNames)}},
	{membership.ErrOwnerless, &problem.Problem{Status: http.StatusConflict, Code: problem.NoOwner, Title: "no owner watches the account", Field: "role", Reason: "a guardian is called when the owner does not answer: let the owner begin first"}},
	{membership.ErrUnsent, &problem.Problem{Status: http.StatusServiceUnavailable, Code: problem.TryAgain, Title: "the mail cannot be queued; try again", RetryAfter: time.Second}},
	{dispute.ErrFull, &problem.Problem{Status: http.StatusConflict, Code: problem.NotesFull, Title: fmt.Sprintf("a dispute holds at most %d notes", dispute.MaxNotes)}},
	{dispute.ErrStatus, refused("status", fmt.Sprintf("must be received, frozen, refunded, closed or reopened, with a text of at most %d characters", dispute.MaxText))},
	{radar.ErrState, errCampaign},
	{store.ErrCursor, refused("cursor", "is not one that this list gave out")},
	{store.ErrConflict, &problem.Problem{Status: http.StatusServiceUnavailable, Code: problem.TryAgain, Title: "another request is changing this; try again", RetryAfter: time.Second}},
}

func problemOf(err error) *problem.Problem {
	if p, ok := errors.AsType[*problem.Problem](err); ok {
		return p
	}
	if fe, ok := errors.AsType[*watch.FieldError](err); ok {
		return refused(fe.Field, fe.Problem)
	}
	if big, ok := errors.AsType[*http.MaxBytesError](err); ok {
		p := *errTooLarge
		p.Title = fmt.Sprintf("a body holds at most %d KiB", big.Limit>>10)
		return &p
	}
	if oe, ok := errors.AsType[*dispute.OrderError](err); ok {
		p := errOrder
		if errors.Is(err, dispute.ErrClosed) {
			p = errClosed
		}
		p.Members = struct {
			Present watch.DisputeStatus   `json:"present"`
			Can     []watch.DisputeStatus `json:"can_follow"`
		}{oe.Present, oe.Can}
		return &p
	}
	if oe, ok := errors.AsType[*control.OrderError](err); ok {
		p := errControl
		p.Members = struct {
			Present watch.ControlState   `json:"present"`
			Can     []watch.ControlState `json:"can_follow"`
		}{oe.Present, oe.Can}
		return &p
	}
	for i := range problems {
		if errors.Is(err, problems[i].err) {
			return problems[i].problem
		}
	}
	return errInternal
}

func writeProblem(w http.ResponseWriter, p *problem.Problem) {
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	problem.Write(w, p)
}
