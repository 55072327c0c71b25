package queue

import (
	"hash/fnv"
	"strconv"

	"kozamori/internal/watch"
)

// shares is how many groups a bank's accounts are spread over: an account with
// very many messages delays a part of its bank's others at most.
const shares = 16

// GroupOf is the group of a message about one account. What is critical has one
// of its own for each bank, and waits for nothing else of it.
func GroupOf(k watch.AccountKey, critical bool) string {
	if critical {
		return k.Bank + "!"
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(k.Ref))
	return k.Bank + "." + strconv.Itoa(int(h.Sum32()%shares))
}
