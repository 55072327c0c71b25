package notify_test

import (
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/watch"
)

// A lease that seems to last an hour was taken before the clock was set back.
func TestALeaseEndsThoughTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.replace(watch.Email, func(s channel.Sender) channel.Sender { return &crash{Sender: s, times: 1} })
	w.alert(watch.TellAlert, watch.Email, w.Now(), nil)
	w.settle()
	w.Add(-time.Hour)
	w.pass(50*time.Second, 5*time.Second)
	if n := len(w.mail.Messages()); n != 1 {
		t.Fatalf("within the lease %d mails were sent", n)
	}
	w.pass(2*time.Minute, 5*time.Second)
	if got := w.states(); got != "alert-email accepted" || len(w.mail.Messages()) != 2 {
		t.Errorf("after the lease: %s, %d mails", got, len(w.mail.Messages()))
	}
}

// A bank that asked for 15 minutes is called again after at most twice that, and not
// before, when the clock is set back meanwhile.
func TestABankThatAskedForATimeIsCalledThoughTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bank.after = "900"
	w.bank.setDown(true)
	w.disputes(30)
	w.settle()
	vain := w.bank.vain
	w.Add(-48 * time.Hour)
	w.bank.setDown(false)
	w.pass(14*time.Minute, 10*time.Second)
	if got := len(w.bank.callbacks()); got > 0 {
		t.Errorf("after %d calls in vain it is called before the time that it asked for", vain)
	}
	w.pass(18*time.Minute, 10*time.Second)
	if got := len(w.bank.callbacks()); got != 30 {
		t.Errorf("%d callbacks of 30 are taken within 32 minutes", got)
	}
}
