// Package codec writes what is kept and what is queued as JSON, and reads it
// again: bodies of items, of tickets and of messages. It lists every kind of
// them, so that tests can hold the rule by which functions are replaced in any
// order and rolled back: what one version wrote, the version before and the
// version after read, and give back whole. It never says what a kind means.
package codec

import (
	"fmt"
	"reflect"
	"slices"

	jsonv1 "github.com/go-json-experiment/json/v1"
)

// Codec writes and reads values of one kind.
//
// Each struct in T, at every level, needs a field for the members that it does
// not know, because encoding/json and this package drop them otherwise:
//
//	Unknown jsontext.Value `json:",embed"`
type Codec[T any] struct{ name string }

// Kind is one kind of what is kept or queued.
type Kind struct {
	Name string
	Type reflect.Type
}

var kinds []Kind

// For makes the codec of a kind and lists it. Call it in a variable's
// declaration: the list is read without a lock. It panics if there is a kind
// of that name already.
func For[T any](name string) Codec[T] {
	if slices.ContainsFunc(kinds, func(k Kind) bool { return k.Name == name }) {
		panic("codec: two kinds are named " + name)
	}
	kinds = append(kinds, Kind{name, reflect.TypeFor[T]()})
	return Codec[T]{name}
}

// Kinds lists the kinds of all packages that are linked in, by name.
func Kinds() []Kind {
	return slices.SortedFunc(slices.Values(kinds), func(a, b Kind) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
}

// Encode never fails on kinds of ours: they hold no channels, functions or
// invalid numbers.
func (c Codec[T]) Encode(v *T) []byte {
	b, err := Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("codec: %s does not encode: %v", c.name, err))
	}
	return b
}

// Decode reads into a zero value. Its error quotes nothing of the body, which
// is about people, and may be logged.
func (c Codec[T]) Decode(b []byte, v *T) error {
	if err := Unmarshal(b, v); err != nil {
		return fmt.Errorf("codec: a body does not decode as %s", c.name)
	}
	return nil
}

// Marshal and Unmarshal are the form of every kind. It is that of
// encoding/json, which the first release wrote, at half the cost of reading
// and a sixth of the allocations, and with unknown members kept.
func Marshal(v any) ([]byte, error) { return jsonv1.Marshal(v) }

// Unmarshal reads what Marshal wrote.
func Unmarshal(b []byte, v any) error { return jsonv1.Unmarshal(b, v) }
