package store

import (
	"context"
	"errors"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/codec"
	"kozamori/internal/watch"
)

// KeepFile is how long what came of a bank's file is kept: as long as its events are
// found by their ids.
const KeepFile = KeepTrace

var files = codec.For[File]("file")

// FileState is how far a bank's file is.
type FileState string

// The states.
const (
	FileTaking  FileState = "taking"  // its rows are being queued
	FileTaken   FileState = "taken"   // each row is queued or refused
	FileRefused FileState = "refused" // as a whole, and nothing of it was queued
)

// File is what came of a file that a bank sent. Of its rows it holds none.
type File struct {
	ID       string    `json:"id"` // derived from bank, checksum and what the manifest says the file is
	Bank     string    `json:"bank"`
	SHA256   string    `json:"sha256"` // in hex, of the file as it was sent
	Feed     string    `json:"feed,omitempty"`
	Sequence int64     `json:"sequence,omitempty"`
	Layout   string    `json:"layout,omitempty"`
	Known    bool      `json:"layout_known,omitempty"` // else columns were told by their names
	State    FileState `json:"state"`
	Reason   string    `json:"reason,omitempty"` // why it was refused as a whole

	Rows      int   `json:"rows"`
	Debits    int   `json:"debits,omitempty"`
	DebitYen  int64 `json:"debit_yen,omitempty"`
	Credits   int   `json:"credits,omitempty"` // which are counted, and not taken
	CreditYen int64 `json:"credit_yen,omitempty"`
	Pending   int   `json:"pending,omitempty"` // of a statement, not booked yet: they are taken once they are
	Others    int   `json:"others,omitempty"`  // reversals and links
	Skipped   int   `json:"skipped,omitempty"` // lines that are no rows
	Accepted  int   `json:"accepted,omitempty"`
	Refused   int   `json:"refused,omitempty"`

	// First and Last are the days of the rows, 2006-01-02.
	First string `json:"first_day,omitempty"`
	Last  string `json:"last_day,omitempty"`
	// Lost are the sequences, and Unheard the days, between this file and those that
	// were taken before it of its feed.
	Lost    *FileNumbers `json:"lost,omitempty"`
	Unheard *FileDays    `json:"unheard,omitempty"`
	// Misfits are where totals, or opening, sum and closing, do not fit the rows.
	Misfits  []FileProblem `json:"misfits,omitempty"`
	Problems []FileProblem `json:"problems,omitempty"` // the first MaxFileProblems refused rows

	// Of a file that the bank left in the bucket: what it is called there, without what
	// looks like an account number; and, if it is taken in parts, which object it is, the
	// parts, and the account_ref that it was said to be about.
	Name    string      `json:"name,omitempty"`
	Object  *FileObject `json:"object,omitempty"`
	Parts   []FilePart  `json:"parts,omitempty"`
	Account string      `json:"account_ref,omitempty"`

	At       time.Time `json:"at"` // when it was first received
	Finished time.Time `json:"finished,omitzero"`
	ToldAt   time.Time `json:"told_at,omitzero"` // when the bank took the callback
	GaveUpAt time.Time `json:"gave_up_at,omitzero"`
	Version  int64     `json:"-"`

	Unknown jsontext.Value `json:",embed"`
}

// MaxFileProblems is how many refused rows, and how many misfits, a File lists; with
// more it could be larger than an item is.
const MaxFileProblems = 200

// FileProblem is what is wrong with a row.
type FileProblem struct {
	Line   int        `json:"line"` // from 1
	Byte   int64      `json:"byte"` // where it begins, of the file unpacked
	ID     string     `json:"id,omitempty"`
	Field  string     `json:"field,omitempty"`
	Reason string     `json:"reason"`
	Code   watch.Code `json:"code,omitempty"`

	Unknown jsontext.Value `json:",embed"`
}

// FileNumbers are the sequences of files, both included.
type FileNumbers struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`

	Unknown jsontext.Value `json:",embed"`
}

// FileDays are days, 2006-01-02, both included.
type FileDays struct {
	From string `json:"from"`
	To   string `json:"to"`

	Unknown jsontext.Value `json:",embed"`
}

// FileObject is an object of the bucket.
type FileObject struct {
	Key     string `json:"key"`
	Version string `json:"version"` // the bucket's own word for it
	// ReadAt is when it was read wholly; by that its rows are judged.
	ReadAt time.Time `json:"read_at"`

	Unknown jsontext.Value `json:",embed"`
}

// FilePart is a run of whole rows of a file of lines, which are queued together.
type FilePart struct {
	At   int64 `json:"at"` // the byte where it begins; it ends where the next one does
	Line int   `json:"line"`
	Rows int   `json:"rows"`           // that are taken
	Done bool  `json:"done,omitempty"` // they are queued

	Unknown jsontext.Value `json:",embed"`
}

// Left is how many parts are not queued yet.
func (f *File) Left() (n int) {
	for i := range f.Parts {
		if !f.Parts[i].Done {
			n++
		}
	}
	return n
}

// Untold tells whether its bank is still to be told what came of it. Of what was refused
// in the reply to a request it knows.
func (f *File) Untold() bool {
	return (f.State == FileTaken || f.State == FileRefused && f.Name != "") && f.ToldAt.IsZero() && f.GaveUpAt.IsZero()
}

func filesPK(bank string) string { return "FILES#" + bank }

func fileKey(bank, id string) Key { return Key{filesPK(bank), "F#" + id} }

func lastFileKey(bank, feed string) Key { return Key{filesPK(bank), "LAST#" + feed} }

// File reads what came of a bank's file. ErrNotFound.
func (s *Store) File(ctx context.Context, bank, id string) (*File, error) {
	return s.file(ctx, fileKey(bank, id))
}

// LastFile reads the latest of a feed's files that were taken: its highest sequence
// and its last day. Nothing at version 0 if there is none.
func (s *Store) LastFile(ctx context.Context, bank, feed string) (*File, error) {
	f, err := s.file(ctx, lastFileKey(bank, feed))
	if errors.Is(err, ErrNotFound) {
		return &File{Bank: bank, Feed: feed}, nil
	}
	return f, err
}

func (s *Store) file(ctx context.Context, k Key) (*File, error) {
	var f File
	v, err := read(ctx, s, k, files, &f)
	if err != nil {
		return nil, err
	}
	f.Version = v
	return &f, nil
}

// PutFile writes what came of a file at the version read.
func PutFile(f *File) Write {
	return Write{Item: Item{Key: fileKey(f.Bank, f.ID), Body: files.Encode(f), Expires: until(f.At, KeepFile)}, If: At(f.Version)}
}

// PutLastFile writes the latest of a feed's files at the version read.
func PutLastFile(f *File) Write {
	return Write{Item: Item{Key: lastFileKey(f.Bank, f.Feed), Body: files.Encode(f), Expires: until(f.At, KeepFile)}, If: At(f.Version)}
}
