package queue

import (
	"hash/fnv"
	"strconv"
	"time"

	"kozamori/internal/watch"
)

// shares is how many groups a bank's accounts are spread over: an account with
// very many messages delays a part of its bank's others at most.
const shares = 16

// GroupOf is the group of a message about one account. What is critical shares
// none with the rest, and waits behind no flood of that.
func GroupOf(k watch.AccountKey, critical bool) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(k.Ref))
	kind := "."
	if critical {
		kind = "!"
	}
	return k.Bank + kind + strconv.Itoa(int(h.Sum32()%shares))
}

// GroupsOf are all groups of a bank's messages: those of its accounts, and the one of
// what is about several of them, which bears its name.
func GroupsOf(bank string) []string {
	out := []string{bank}
	for i := range shares {
		for _, kind := range []string{".", "!"} {
			out = append(out, bank+kind+strconv.Itoa(i))
		}
	}
	return out
}

// Waiter is a queue that knows how long a group waits. The embedded one is; SQS tells the
// age of its oldest message of all groups only, and that to CloudWatch.
type Waiter interface {
	// Waiting is when the oldest message of some groups was sent that can be received and
	// never was; the zero time if there is none. What was received and is tried again
	// does not count.
	Waiting(q Name, groups ...string) time.Time
}
