package ses

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"kozamori/internal/watch"
)

// later is when to ask again what will not be different in a second. It is
// short enough that notify soon takes the next channel, and the mail is still
// tried: a paused account or a spent daily quota comes back.
const later = time.Minute

// outcome sorts an error of SES by what must happen next. SES's texts can
// hold the address: they are looked at, never passed on.
func outcome(err error) watch.Outcome {
	status := 0
	var res *smithyhttp.ResponseError
	if errors.As(err, &res) {
		status = res.HTTPStatusCode()
	}
	var api smithy.APIError
	if status >= 200 && status < 300 && !errors.As(err, &api) {
		// Taken, but the answer does not parse. Sending again would double it.
		return watch.Outcome{Result: watch.SendAccepted}
	}
	if !errors.As(err, &api) || status == 0 {
		return unanswered(err)
	}
	o := watch.Outcome{Result: watch.SendRetry, Problem: "SES answered " + strconv.Itoa(status) + " " + code(api)}
	var (
		throttled  *types.TooManyRequestsException
		limit      *types.LimitExceededException
		paused     *types.SendingPausedException
		suspended  *types.AccountSuspendedException
		unverified *types.MailFromDomainNotVerifiedException
		missing    *types.NotFoundException
		rejected   *types.MessageRejected
		bad        *types.BadRequestException
	)
	switch {
	case errors.As(err, &throttled) && !strings.Contains(strings.ToLower(api.ErrorMessage()), "daily"):
		o.RetryAfter, o.Untaken = 2*time.Second, true
	case errors.As(err, &throttled), errors.As(err, &limit), errors.As(err, &paused), errors.As(err, &suspended):
		o.RetryAfter, o.Untaken = later, true
	case errors.As(err, &unverified), errors.As(err, &missing):
		// For the operator to fix: a domain or a configuration set is missing.
		o.RetryAfter, o.Untaken = later, true
	case errors.As(err, &rejected) && strings.Contains(strings.ToLower(api.ErrorMessage()), "not verified"):
		// Our own address is not verified, or the account is still in SES's
		// sandbox: every mail fails until the operator fixes it,
		// or in the sandbox those to addresses that are not verified.
		o.RetryAfter, o.Untaken, o.Alone = later, true, true
	case errors.As(err, &rejected):
		o.Result = watch.SendRefused
	case errors.As(err, &bad):
		o.Result = watch.SendRefused
		if badAddress(api.ErrorMessage()) {
			o.Result = watch.SendUnreachable
		}
	case status == 429:
		o.Untaken = true
	case status >= 500, status == 408:
	case status == 401, status == 403:
		o.RetryAfter, o.Untaken = later, true // credentials or permissions: for the operator to fix
	default:
		o.Result = watch.SendRefused
	}
	return o
}

// code is the error's name, if it looks like one.
func code(api smithy.APIError) string {
	c := api.ErrorCode()
	if len(c) > 64 || strings.ContainsFunc(c, func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return "an unknown error"
	}
	return c
}

// badAddress tells whether SES refused the recipient and not the message, by
// the texts that it has for that.
func badAddress(message string) bool {
	m := strings.ToLower(message)
	for _, s := range []string{"illegal address", "invalid address", "missing final '@domain'", "local address contains",
		"domain contains", "missing '\"'", "invalid email address", "email address is invalid"} {
		if strings.Contains(m, s) {
			return true
		}
	}
	return false
}

// unanswered sorts attempts that ended without an answer of SES's.
func unanswered(err error) watch.Outcome {
	var dns *net.DNSError
	var timedOut interface{ Timeout() bool }
	switch {
	case errors.As(err, &dns), errors.Is(err, syscall.ECONNREFUSED):
		return watch.Outcome{Result: watch.SendRetry, Problem: "SES cannot be reached; nothing was sent"}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timedOut) && timedOut.Timeout():
		return watch.Outcome{Result: watch.SendRetry, Problem: "SES did not answer in time; the mail may have been sent"}
	}
	return watch.Outcome{Result: watch.SendRetry, Problem: "SES gave no answer; the mail may have been sent"}
}
