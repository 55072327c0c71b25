package notify

import (
	"testing"
	"time"

	"kozamori/internal/queue"
)

// A message that is received more often than its queue allows becomes a dead
// letter, and its giving up is not written down.
func TestWhatIsTriedInVainIsGivenUpBeforeItsQueueDeadLettersIt(t *testing.T) {
	const allowed = 100 // of template.yaml and the embedded queue
	c := New(Config{})
	for name, r := range map[string]struct {
		delay func(queue.Message) time.Duration
		until time.Duration
	}{
		"a delivery":             {retryDelay, c.GiveUpAfter},
		"a callback of a bank's": {bankDelay, c.BankGiveUpAfter},
	} {
		for range 200 {
			age := time.Duration(0)
			for n := range allowed - 1 { // the last try is one more
				age += r.delay(queue.Message{Receives: n + 1})
			}
			if age < r.until {
				t.Fatalf("%s is received %d times within %v, and given up only after %v", name, allowed, age.Round(time.Minute), r.until)
			}
		}
	}
}
