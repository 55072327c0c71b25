package embedded

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzStored(f *testing.F) {
	s := stored{Body: []byte(`{"a":1}`), Version: 3, Expires: 1_795_000_000, HPK: "A#0125#acc", HSK: "2026", DPK: "DUE#1", DSK: "x"}
	f.Add(s.encode())
	f.Add((&stored{Version: -1}).encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeStored(b)
		if err != nil {
			return
		}
		again, err := decodeStored(s.encode())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(s, again); d != "" {
			t.Fatal(d)
		}
	})
}

func TestAnItemWhosePlacesAreCutIsDamaged(t *testing.T) {
	s := stored{Version: 3, Expires: 1_795_000_000, HPK: "A#0125#acc", HSK: "2026", DPK: "DUE#1", DSK: "x"}
	b := s.encode()
	for i := range b {
		if _, err := decodeStored(b[:i]); err == nil {
			t.Errorf("%d of %d bytes are taken for an item", i, len(b))
		}
	}
	if _, err := decodeStored([]byte(`{"v":1}`)); err == nil {
		t.Error("another form is taken")
	}
}
