package store

import (
	"context"
	"iter"
	"strings"

	"kozamori/internal/codec"
)

// listPage is how many items a list reads at a time.
const listPage = 100

// kind is one kind of item. A partition, and an index more so, may hold items
// of kinds that only a newer version knows: no list may stumble over them, or
// count them. Keys tell kinds apart: a new one has a primary key that is of
// none of the others.
type kind[T any] struct {
	is     func(Key) bool
	decode func(Item) (*T, error)
}

// all lists what a query finds of a kind, page after page as the caller goes
// on. The first error is the last thing that it yields. It can be ranged over
// again.
func all[T any](ctx context.Context, t Table, q Query, k kind[T]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		q := q
		q.Limit = listPage
		for {
			page, err := t.Query(ctx, q)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, it := range page.Items {
				if !k.is(it.Key) {
					continue
				}
				v, err := k.decode(it)
				if err != nil {
					yield(nil, err)
					return
				}
				if !yield(v, nil) {
					return
				}
			}
			if q.Cursor = page.Cursor; q.Cursor == "" {
				return
			}
		}
	}
}

// some are the first n items that a query finds whose keys are of a kind, with
// the cursor behind them; empty if there are no more.
func some(ctx context.Context, t Table, q Query, n int, is func(Key) bool) ([]Item, string, error) {
	var out []Item
	for {
		q.Limit = n - len(out)
		page, err := t.Query(ctx, q)
		if err != nil {
			return nil, "", err
		}
		for _, it := range page.Items {
			if is(it.Key) {
				out = append(out, it)
			}
		}
		if q.Cursor = page.Cursor; q.Cursor == "" || len(out) == n {
			return out, q.Cursor, nil
		}
	}
}

// under are keys whose partition begins with pk, and whose sort key is sk; any
// without a further "#" if that is empty.
func under(pk, sk string) func(Key) bool {
	return func(k Key) bool {
		return strings.HasPrefix(k.PK, pk) && (k.SK == sk || sk == "" && !strings.Contains(k.SK, "#"))
	}
}

// as is a kind whose bodies are of a codec; set, if any, fills in what the body
// does not hold.
func as[T any](is func(Key) bool, c codec.Codec[T], set func(*T, Item)) kind[T] {
	return kind[T]{is, func(it Item) (*T, error) {
		v := new(T)
		if err := c.Decode(it.Body, v); err != nil {
			return nil, err
		}
		if set != nil {
			set(v, it)
		}
		return v, nil
	}}
}

// merged lists what several lists hold, each of which is in the order of
// compare, in that order.
func merged[T any](lists []iter.Seq2[*T, error], compare func(a, b *T) int) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		heads := make([]*T, len(lists))
		nexts := make([]func() (*T, error, bool), len(lists))
		for i, l := range lists {
			next, stop := iter.Pull2(l)
			defer stop()
			nexts[i] = next
		}
		// Each list is asked for its next one when its head has been used.
		ask := func(i int) error {
			v, err, _ := nexts[i]()
			heads[i] = v
			return err
		}
		for i := range lists {
			if err := ask(i); err != nil {
				yield(nil, err)
				return
			}
		}
		for {
			first := -1
			for i, v := range heads {
				if v != nil && (first < 0 || compare(v, heads[first]) < 0) {
					first = i
				}
			}
			if first < 0 || !yield(heads[first], nil) {
				return
			}
			if err := ask(first); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// Collect gathers a whole list, or returns its error.
func Collect[T any](list iter.Seq2[*T, error]) ([]*T, error) {
	var out []*T
	for v, err := range list {
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// First gathers the first n of a list, at least 1, or returns its error.
func First[T any](list iter.Seq2[*T, error], n int) ([]*T, error) {
	var out []*T
	for v, err := range list {
		if err != nil {
			return nil, err
		}
		if out = append(out, v); len(out) == n {
			break
		}
	}
	return out, nil
}
