package intake_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kozamori/internal/intake"
	"kozamori/internal/wire"
)

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLinesAreReadWithTheirPlaces(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", wire.MaxEvent+1)
	text := "a\r\n\n  \n" + long + "\nb"
	for _, data := range [][]byte{[]byte(text), packed(t, text)} {
		f, err := intake.Open(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		err = f.Lines(func(line int, at int64, raw []byte, problem error) error {
			got = append(got, fmt.Sprintf("%d %d %q %t", line, at, raw, errors.Is(problem, intake.ErrLong)))
			return nil
		})
		sum, bad := f.Sum()
		whole := sha256.Sum256(data)
		want := []string{`1 0 "a" false`, `4 7 "" true`, fmt.Sprintf(`5 %d "b" false`, 8+len(long))}
		if err != nil || bad != nil || !slices.Equal(got, want) || sum != hex.EncodeToString(whole[:]) {
			t.Errorf("%v %v %q", err, bad, got)
		}
	}
}

func TestHalfOfAPackedFileIsNoFile(t *testing.T) {
	t.Parallel()
	data := packed(t, strings.Repeat("a line\n", 1000))
	for n := 2; n < len(data); n++ {
		f, err := intake.Open(bytes.NewReader(data[:n]))
		if err == nil {
			if err = f.Lines(func(int, int64, []byte, error) error { return nil }); err == nil {
				_, err = f.Sum()
			}
		}
		if err == nil {
			t.Errorf("%d of %d bytes are taken for the whole", n, len(data))
		}
	}
}
