// Package intake reads the files that banks leave for us, row by row and in flat
// memory. It posts nothing.
package intake

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"unicode"

	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// Problem is a row that was refused.
type Problem struct {
	Line   int    `json:"line"` // from 1
	Byte   int64  `json:"byte"` // where the line begins, from 0, of the file unpacked
	ID     string `json:"id,omitempty"`
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason"`
	// Code is the kind of what is wrong; empty if the row itself cannot be read.
	Code watch.Code `json:"code,omitempty"`
}

// ErrLong says that a line is none of an event.
var ErrLong = fmt.Errorf("it is longer than %d KB", wire.MaxEvent>>10)

// File is a file while it is read, unpacked if it is a gzip.
type File struct {
	*bufio.Reader
	// Most is how many bytes are read of it unpacked; ErrLarge behind them. 0 reads all.
	Most int64

	sum    hash.Hash
	packed *bufio.Reader
	from   io.Reader // unpacked
	read   int64     // of from
}

// Packed tells whether the file is a gzip.
func (f *File) Packed() bool { return f.from != io.Reader(f.packed) }

// ErrLarge says that a file is larger than its Most.
var ErrLarge = errors.New("it is too large once it is unpacked")

// Open begins to read a file.
func Open(r io.Reader) (*File, error) {
	f := &File{sum: sha256.New()}
	f.packed = bufio.NewReader(io.TeeReader(r, f.sum))
	f.from = f.packed
	if magic, _ := f.packed.Peek(2); bytes.Equal(magic, []byte("\x1F\x8B")) {
		z, err := gzip.NewReader(f.packed)
		if err != nil {
			return nil, fmt.Errorf("it cannot be unpacked: %w", err)
		}
		f.from = z
	}
	f.Reader = bufio.NewReaderSize(bounded{f}, wire.MaxEvent)
	return f, nil
}

// bounded reads what a file holds, up to its Most.
type bounded struct{ f *File }

func (b bounded) Read(p []byte) (int, error) {
	n, err := b.f.from.Read(p)
	if b.f.read += int64(n); b.f.Most > 0 && b.f.read > b.f.Most {
		return 0, ErrLarge
	}
	return n, err
}

// Sum reads what is left, and is the checksum of the whole file as it lies there,
// in hex.
func (f *File) Sum() (string, error) {
	if _, err := io.Copy(io.Discard, f.Reader); err != nil {
		return "", err
	}
	if _, err := io.Copy(io.Discard, f.packed); err != nil {
		return "", err
	}
	return hex.EncodeToString(f.sum.Sum(nil)), nil
}

// Lines reads the lines of a file that are not blank, one by one, without what shows as
// nothing around them (a byte order mark where files were put together, too): no more
// than one is in memory. Of one that is too long only that is known (ErrLong).
func (f *File) Lines(row func(line int, at int64, raw []byte, problem error) error) error {
	for line, at := 1, int64(0); ; line++ {
		raw, n, long, err := readLine(f.Reader)
		if raw = bytes.TrimFunc(raw, isBlank); len(raw) > 0 || long {
			var problem error
			if long {
				problem = ErrLong
			}
			if err := row(line, at, raw, problem); err != nil {
				return err
			}
		}
		at += n
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("line %d cannot be read: %w", line, err)
		}
	}
}

// isBlank tells whether a character shows as nothing at the ends of a line.
func isBlank(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }

// readLine reads a line of n bytes; of one that is too long only that is known.
func readLine(in *bufio.Reader) (raw []byte, n int64, long bool, err error) {
	raw, err = in.ReadSlice('\n')
	n = int64(len(raw))
	for errors.Is(err, bufio.ErrBufferFull) {
		long = true
		raw, err = in.ReadSlice('\n')
		n += int64(len(raw))
	}
	if long {
		raw = nil
	}
	return raw, n, long, err
}
