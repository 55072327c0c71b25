package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"kozamori/internal/intake"
)

// stamp tells whether a file is as it was.
type stamp struct {
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
}

func stampOf(i fs.FileInfo) stamp { return stamp{i.Size(), i.ModTime().UTC()} }

func (s stamp) same(t stamp) bool { return s.Size == t.Size && s.Modified.Equal(t.Modified) }

// manifest is what a bank says of a file, in FILE.manifest.json.
type manifest struct {
	Rows     *int   `json:"rows"`
	SHA256   string `json:"sha256"`
	Sequence int    `json:"sequence"` // of its files, from 1; 0 if it does not count them
}

// Names next to a file that tell that it is whole.
const (
	manifestEnd = intake.ManifestEnd
	doneEnd     = ".done"
)

// found is a file of the folder that is whole, as far as it can be told before it
// is read.
type found struct {
	name, path string
	stamp
	manifest *manifest
	raw      string // of the manifest
}

// watched is when a file was first seen as it is.
type watched struct {
	stamp
	since time.Time
}

// isFile tells whether a name is one of those that are read: none that is hidden,
// on its way, or says something of another.
func isFile(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") {
		return false
	}
	for _, end := range []string{manifestEnd, doneEnd, ".tmp", ".part", ".filepart", ".crdownload", ".swp"} {
		if strings.HasSuffix(strings.ToLower(name), end) {
			return false
		}
	}
	return true
}

// look lists the files that are whole and were not finished as they are, and
// tells how many others there are that may become so.
func (a *agent) look() (ready []found, waiting int, err error) {
	entries, err := os.ReadDir(a.in)
	if err != nil {
		return nil, 0, fmt.Errorf("the folder cannot be read: %w", err)
	}
	now := a.now()
	for _, e := range entries {
		if !isFile(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		f := found{name: e.Name(), path: filepath.Join(a.in, e.Name()), stamp: stampOf(info)}
		whole, err := a.whole(&f, now)
		if err != nil {
			a.say("%s: %v", intake.Shown(f.name), err)
			waiting++
			continue
		}
		var was seen
		if a.state != nil {
			if err := a.state.read(seenName(f.name), &was); err != nil {
				return nil, 0, err
			}
		}
		switch {
		case was.SHA256 != "" && was.same(f.stamp) && was.Manifest == f.raw:
		case whole:
			ready = append(ready, f)
		default:
			waiting++
		}
	}
	return ready, waiting, nil
}

// whole tells whether a file is: by its manifest, by a FILE.done, or because it
// has not changed for some time.
func (a *agent) whole(f *found, now time.Time) (bool, error) {
	raw, err := os.ReadFile(f.path + manifestEnd)
	switch {
	case err == nil:
		f.manifest, f.raw = &manifest{}, string(raw)
		if _, err := strict(raw); err != nil {
			return false, errors.New("its manifest is not well-formed JSON in UTF-8 with each member once; it waits for one that is")
		}
		if err := json.Unmarshal(raw, f.manifest); err != nil || f.manifest.SHA256 == "" || f.manifest.Rows == nil {
			return false, errors.New("its manifest names no number of rows or no checksum; it waits for one that does")
		}
		f.manifest.SHA256 = strings.ToLower(f.manifest.SHA256)
		return true, nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	if _, err := os.Stat(f.path + doneEnd); err == nil {
		return true, nil
	}
	if a.still == 0 {
		return false, nil
	}
	w, ok := a.watched[f.name]
	if !ok || !w.same(f.stamp) {
		w = watched{f.stamp, now}
		a.watched[f.name] = w
	}
	return now.Sub(w.since) >= a.still && now.Sub(f.Modified) >= a.still, nil
}
