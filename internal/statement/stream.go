package statement

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"time"
	"unicode/utf8"
)

// Stream takes what a file of 全銀 入出金取引明細 holds, while it is read: no more
// than a record is in memory.
type Stream struct {
	Row    func(r *Row, at int64) error // at is the byte where the record begins
	Unread func(p Problem, at int64)
	Misfit func(p Problem, at int64)
	// Days are those that an account's header speaks of.
	Days func(from, to time.Time)
	// Missing is what a row that could not be read moved, by the number of its
	// account from 1: where one row of an account is lost, its totals tell. Read
	// fills it; a second Read knows by it the balances behind such a row.
	Missing map[int]int64
}

func (s *Stream) period(from, to string, now time.Time) {
	if s == nil {
		return
	}
	a, bad := zenginDay(from, now)
	b, worse := zenginDay(to, now)
	if bad == nil && worse == nil && !b.Before(a) {
		s.Days(a, b)
	}
}

// repaired is the balance behind a row that could not be read, if it is known.
func (s *Stream) repaired(nth int, before *int64) *int64 {
	if s == nil || before == nil {
		return nil
	}
	moved, ok := s.Missing[nth]
	if !ok {
		return nil
	}
	after := *before + moved
	return &after
}

func (s *Stream) lost(nth int, moved int64) {
	if s == nil {
		return
	}
	if s.Missing == nil {
		s.Missing = map[int]int64{}
	}
	s.Missing[nth] = moved
}

// maxRecord is how long a line may be that should be a record.
const maxRecord = 4096

// streamed is what of a file is looked at to tell whether it can be streamed.
const streamed = 16 << 10

// Streams tells whether a file that begins so can be read by a Stream: 全銀
// 入出金取引明細 in JIS X 0201 or Shift_JIS. Others are read whole, by Read.
func Streams(head []byte) bool {
	if zenginLength(head) != zenginRecord || bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")) {
		return false
	}
	for cut := len(head); cut > len(head)-utf8.UTFMax && cut > 0; cut-- {
		if utf8.Valid(head[:cut]) {
			return !bytes.ContainsFunc(head[:cut], func(r rune) bool { return r >= utf8.RuneSelf })
		}
	}
	return true
}

// Read reads a file that Streams. now is that of the package's Read.
func (s *Stream) Read(in io.Reader, now time.Time) error {
	r := bufio.NewReaderSize(in, streamed)
	z := &zengin{Statement: &Statement{}, now: now, stream: s}
	head, _ := r.Peek(streamed) // the first record may be too long
	lines := bytes.ContainsAny(head, "\r\n")
	at := int64(0)
	for {
		rec, n, err := nextRecord(r, lines)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if n == 0 {
			break
		}
		z.record(rec, zenginRecord, z.detail)
		if err := z.drain(at); err != nil {
			return err
		}
		at += int64(n)
	}
	z.close()
	z.ended()
	return z.drain(at)
}

// nextRecord reads a record, of n bytes with what ends its line; 0 at the end.
func nextRecord(r *bufio.Reader, lines bool) (rec []byte, n int, err error) {
	if !lines {
		rec = make([]byte, zenginRecord)
		n, err = io.ReadFull(r, rec)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		return rec[:n], n, err
	}
	for {
		b, err := r.ReadByte()
		if err != nil {
			return rec, n, err
		}
		n++
		switch {
		case b == '\n':
			return rec, n, nil
		case b == '\r':
			if next, _ := r.Peek(1); len(next) == 1 && next[0] == '\n' {
				_, _ = r.Discard(1)
				n++
			}
			return rec, n, nil
		case len(rec) < maxRecord:
			rec = append(rec, b)
		}
	}
}

// drain hands on what a record came to.
func (z *zengin) drain(at int64) error {
	for i := range z.Rows {
		if err := z.stream.Row(&z.Rows[i], at); err != nil {
			return err
		}
	}
	for _, p := range z.Unread {
		z.stream.Unread(p, at)
	}
	for _, p := range z.Misfits {
		z.stream.Misfit(p, at)
	}
	z.Rows, z.Unread, z.Misfits = z.Rows[:0], z.Unread[:0], z.Misfits[:0]
	return nil
}
