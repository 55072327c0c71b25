package notify_test

import (
	"testing"
	"time"
)

// A bank that says when to come back is not called before, whatever it is told of, and
// also when it asked for that once more.
func TestACallbackOfAnyKindComesBackWhenItsBankSays(t *testing.T) {
	for kind, brings := range kindsOfCallbacks {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			w.bank.after = "900"
			w.bank.setDown(true)
			brings(w)
			w.settle()
			w.pass(2*time.Minute, 10*time.Second) // a person is tried before it is known that nothing reaches them
			first := w.bank.vain
			if first < 1 || first > 2 { // two jobs at once may call twice
				t.Fatalf("the bank was called %d times at first", first)
			}
			w.pass(12*time.Minute, 10*time.Second)
			if w.bank.vain != first {
				t.Errorf("the bank was called %d times more within 14 minutes, though it asked for 15", w.bank.vain-first)
			}
			w.bank.setDown(false)
			w.pass(6*time.Minute, 10*time.Second)
			if n := len(w.bank.callbacks()); n < 1 || n > first {
				t.Fatalf("the bank took it %d times within 20 minutes", n)
			}
			w.bank.setDown(true)
			w.resend(w.logged())
			w.settle()
			w.pass(14*time.Minute, 10*time.Second)
			if w.bank.vain != first+1 {
				t.Errorf("asked for once more: the bank was called %d times within 14 minutes, though it asked for 15", w.bank.vain-first)
			}
		})
	}
}
