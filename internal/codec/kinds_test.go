package codec_test

import (
	"reflect"
	"testing"

	// The packages that keep or queue something.
	_ "kozamori/internal/audit"
	_ "kozamori/internal/chat"
	"kozamori/internal/codec"
	_ "kozamori/internal/edition"
	_ "kozamori/internal/membership"
	_ "kozamori/internal/session"
	"kozamori/internal/testkit/codectest"
)

// asTheyStand are kinds that are never read to be changed: what they are part
// of, which has a kind of its own, gives them back byte for byte.
var asTheyStand = map[string]string{
	"answer":         "the words of an answer are said as they stand in the seen event, and then dropped",
	"ticket.invites": "a list of hashes",
}

func TestEachKindGivesBackMembersItDoesNotKnow(t *testing.T) {
	if n := len(codec.Kinds()); n < 20 {
		t.Fatalf("only %d kinds", n)
	}
	for _, k := range codec.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			if why := asTheyStand[k.Name]; why != "" {
				t.Skip(why)
			}
			doc := codectest.Parse(t, full(t, k))
			if codectest.Strange(doc) == 0 {
				t.Fatal("there is no object to put a member into")
			}
			_, is := again(t, k, codectest.Render(t, doc))
			for _, l := range codectest.Lost(doc, codectest.Parse(t, is)) {
				t.Error(l)
			}
		})
	}
}

// full is a body of a kind in which every member is set.
func full(t *testing.T, k codec.Kind) []byte {
	t.Helper()
	v := reflect.New(k.Type).Interface()
	codectest.Full(v)
	return marshal(t, v)
}

// again is a body as it is read, and as it is written then.
func again(t *testing.T, k codec.Kind, b []byte) (any, []byte) {
	t.Helper()
	v := reflect.New(k.Type).Interface()
	if err := codec.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
	return v, marshal(t, v)
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	b, err := codec.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
