package sim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// journal is what a simulator remembers when its process ends, in whatever
// way: a line of JSON for each thing that happened. The file grows until it is
// opened again, when only what is still kept is written. A nil journal
// remembers nothing.
type journal struct {
	file *os.File
	w    *bufio.Writer // while the file is rewritten
}

// openJournal reads the lines of a file, then rewrites it with those that are
// still kept, through a second file that replaces it.
func openJournal(path, what string, restore func(line []byte), rewrite func(*journal)) (*journal, error) {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s cannot be read: %w", what, err)
	}
	for line := range bytes.Lines(old) {
		restore(line) // which skips one torn by the end of the process
	}
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be kept: %w", what, err)
	}
	j := &journal{file: f, w: bufio.NewWriter(f)}
	rewrite(j)
	if err := errors.Join(j.w.Flush(), os.Rename(path+".new", path)); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s cannot be kept: %w", what, err)
	}
	j.w = nil
	return j, nil
}

// write appends an entry before the request is answered.
func (j *journal) write(v any) {
	if j == nil {
		return
	}
	b, err := json.Marshal(v)
	if err != nil {
		return
	}
	b = append(b, '\n')
	// A disk that is full costs the memory of a simulation, not its run.
	if j.w != nil {
		_, _ = j.w.Write(b)
	} else {
		_, _ = j.file.Write(b)
	}
}

// Close ends the journal's file.
func (j *journal) Close() error { return j.file.Close() }
