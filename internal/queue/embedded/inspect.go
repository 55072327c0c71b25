package embedded

import (
	"bytes"
	"fmt"
	"strings"

	"kozamori/internal/kv"
	"kozamori/internal/queue"
)

// Inspect judges an entry of the queues: it must decode, and a message must
// have both its halves.
func Inspect(r kv.Reader, k, v []byte) error {
	rest, ok := bytes.CutPrefix(k, []byte("q/"))
	if !ok {
		return nil
	}
	if len(rest) < 9 {
		return fmt.Errorf("%w: a key of a queue", kv.ErrDamaged)
	}
	name, what, _ := strings.Cut(strings.TrimSuffix(string(rest[:len(rest)-8]), "/"), "/")
	n, id := queue.Name(name), idIn(k)
	other := ""
	var err error
	switch what {
	case heads:
		_, _, err = decodeHead(v)
		other = bodies
	case bodies:
		other = heads
	case states:
		_, err = decodeState(v)
	case dead:
		_, _, err = decodeHead(v)
	default:
		err = fmt.Errorf("%w: a key of the queue %s", kv.ErrDamaged, name)
	}
	if err != nil || other == "" {
		return err
	}
	half, err := r.Get(key(n, other, id))
	if err == nil && half == nil {
		err = fmt.Errorf("%w: a message of the queue %s is half there", kv.ErrDamaged, name)
	}
	return err
}
