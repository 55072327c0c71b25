package queue

import (
	"hash/fnv"
	"strconv"

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
