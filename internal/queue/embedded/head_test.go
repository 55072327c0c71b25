package embedded

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func FuzzHead(f *testing.F) {
	whole := head{Group: "0125", Trace: "msg_1", Sent: 1_795_000_000_000_000_000, Visible: -1, Receives: 3, Why: "cannot be read", Died: 7}.encode()
	f.Add(append(whole, "body"...))
	for i := range whole {
		f.Add(whole[:i])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, rest, err := decodeHead(b)
		if err != nil {
			return
		}
		again, rest2, err := decodeHead(append(h.encode(), rest...))
		if err != nil || again != h || string(rest2) != string(rest) {
			t.Fatalf("%+v came back as %+v, %v", h, again, err)
		}
	})
}

func TestAHeadThatIsCutIsAnErrorAndOneThatIsWholeComesBack(t *testing.T) {
	h := head{Group: "0125", Trace: "口座", Sent: 1, Visible: 2, Receives: 3, Why: "why", Died: 4}
	b := h.encode()
	for i := range b {
		if _, _, err := decodeHead(b[:i]); err == nil {
			t.Errorf("%d of %d bytes are taken for a head", i, len(b))
		}
	}
	got, rest, err := decodeHead(append(b, "body"...))
	if err != nil || string(rest) != "body" {
		t.Fatal(string(rest), err)
	}
	if d := cmp.Diff(h, got); d != "" {
		t.Error(d)
	}
	if _, _, err := decodeHead([]byte(`{"g":"0125"}`)); err == nil {
		t.Error("another form is taken")
	}
}
