package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"kozamori/internal/intake"
)

// state is what the agent remembers, each thing in a file of its own, which is
// replaced as a whole: a process that dies leaves the one before or the one
// after, never half of one.
type state struct {
	folder string
	lock   *bbolt.DB
	wrote  func(what string) // is called after each thing that is durable
}

// errBusy says that another agent works with the folder.
var errBusy = errors.New("another agent works here")

// place is how far the rows of a file are taken: through the nth row of a line.
type place struct {
	Line int `json:"line"`
	Nth  int `json:"nth"`
}

func (p place) before(q place) bool {
	return p.Line < q.Line || p.Line == q.Line && p.Nth < q.Nth
}

// progress is how far a file has come, by its content.
type progress struct {
	At       time.Time        `json:"at"`      // when it was first read, by which days without a year are read each time
	Gap      string           `json:"gap"`     // to the file before it
	Through  place            `json:"through"` // all rows up to here have an answer
	Sent     int              `json:"sent"`
	Accepted int              `json:"accepted"`
	Refused  int              `json:"refused"` // by the other side
	Problems []intake.Problem `json:"problems"`
	Outcome  string           `json:"outcome"` // empty while it is not finished
}

// seen is a file as it lay there when it was finished, by its name.
type seen struct {
	stamp
	SHA256   string `json:"sha256"`
	Manifest string `json:"manifest"` // what was said of it
	Outcome  string `json:"outcome"`
}

// last is what files of before have told.
type last struct {
	Through  string `json:"through"` // the last day
	Sequence int    `json:"sequence"`
}

// openState takes a folder into use, for one key and one bank.
func openState(folder, fingerprint string, wrote func(string)) (*state, error) {
	s := &state{folder: folder, wrote: wrote}
	for _, sub := range []string{"files", "seen", "reports"} {
		if err := os.MkdirAll(filepath.Join(folder, sub), 0o700); err != nil {
			return nil, err
		}
	}
	var err error
	if s.lock, err = bbolt.Open(filepath.Join(folder, "lock"), 0o600, &bbolt.Options{Timeout: 200 * time.Millisecond}); err != nil {
		if errors.Is(err, bolterrors.ErrTimeout) {
			return nil, errBusy
		}
		return nil, err
	}
	var was string
	err = s.read("key", &was)
	switch {
	case err == nil && was == "":
		err = s.write("key", fingerprint)
	case err == nil && was != fingerprint:
		err = fmt.Errorf("%s was begun with another key or for another bank: every account_ref would change, and every debit would be told again; use that key, or begin with an empty folder", folder)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *state) close() error { return s.lock.Close() }

// read reads a thing, which stays as it is if there is none.
func (s *state) read(name string, into any) error {
	b, err := os.ReadFile(filepath.Join(s.folder, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		return fmt.Errorf("%s in %s cannot be read: %w", name, s.folder, err)
	}
	return nil
}

// write replaces a thing, durably.
func (s *state) write(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	at := filepath.Join(s.folder, name)
	f, err := os.OpenFile(at+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	s.wrote("begun " + name)
	if err := os.Rename(at+".new", at); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(at)); err != nil {
		return err
	}
	s.wrote(name)
	return nil
}

// syncFolder makes a rename in a folder outlive a power failure. Windows has no
// such call, and needs none.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// fileName is where the progress of a content stands.
func fileName(sum string) string { return filepath.Join("files", sum+".json") }

// seenName is where a file of that name stands.
func seenName(name string) string {
	h := sha256.Sum256([]byte(name))
	return filepath.Join("seen", hex.EncodeToString(h[:16])+".json")
}
