package sim

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
)

// entry is a line of the journal; one of its parts is set.
type entry struct {
	User    *User        `json:"user,omitempty"`
	Message *LINEMessage `json:"message,omitempty"`
	Body    string       `json:"body,omitempty"` // hash of a push, for its retry key
	Did     *ChatItem    `json:"did,omitempty"`  // what a user did
	Who     string       `json:"who,omitempty"`
}

// KeepIn keeps users, messages and retry keys in a file, so that LINE
// remembers them when this process ends, in whatever way. Call it before the
// first use, and close what it returns in the end. Reply tokens, link tokens
// and menus are forgotten.
func (l *LINE) KeepIn(path string) (io.Closer, error) {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the phones cannot be read: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.restore(old)
	// The file grows until it is opened again: then only what is kept is
	// written, beside it first.
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the phones cannot be kept: %w", err)
	}
	w := bufio.NewWriter(f)
	l.journal = w
	l.rewrite()
	if err := errors.Join(w.Flush(), os.Rename(path+".new", path)); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("the phones cannot be kept: %w", err)
	}
	l.journal = f
	return f, nil
}

// write appends an entry before anybody is answered; the lock is held.
func (l *LINE) write(e entry) {
	if l.journal == nil {
		return
	}
	b, err := json.Marshal(e)
	if err != nil {
		return
	}
	// A disk that is full costs the memory of a simulation, not its run.
	_, _ = l.journal.Write(append(b, '\n'))
}

func (l *LINE) restore(old []byte) {
	for line := range bytes.Lines(old) {
		var e entry
		if json.Unmarshal(line, &e) != nil {
			continue // torn by the end of the process
		}
		switch {
		case e.User != nil:
			l.put(*e.User)
		case e.Did != nil && l.users[e.Who] != nil:
			l.again(l.users[e.Who], *e.Did)
		case e.Message != nil:
			l.replay(*e.Message, e.Body)
		}
	}
}

// again shows what a phone showed before.
func (l *LINE) again(p *phone, it ChatItem) {
	l.feed.seq = max(l.feed.seq, it.Seq)
	p.chat = trim(append(p.chat, it), l.keep())
}

// replay takes a message as it was taken before.
func (l *LINE) replay(m LINEMessage, body string) {
	_, _ = fmt.Sscanf(m.ID, "req-%d", &l.accepted)
	l.taken = trim(append(l.taken, m), l.keep())
	if p := l.users[m.To]; p != nil && m.Shown {
		for i, raw := range m.Messages {
			l.again(p, ChatItem{Seq: m.Seq + int64(i), At: m.At, From: FromBot, Kind: m.Via, Message: raw})
		}
	}
	if m.Via == "push" && m.Shown {
		l.count(m.At)
	}
	if m.RetryKey != "" {
		k := &keyed{key: m.RetryKey, id: m.ID, to: m.To, at: m.At}
		sum, _ := hex.DecodeString(body)
		copy(k.body[:], sum)
		l.keys.put(k)
	}
}

// rewrite writes what is still kept, in the order in which it happened.
func (l *LINE) rewrite() {
	for _, id := range l.order {
		u := l.users[id].User
		u.Menu = ""
		l.write(entry{User: &u})
	}
	type numbered struct {
		seq int64
		entry
	}
	var all []numbered
	for _, id := range l.order {
		for _, it := range last(l.users[id].chat, l.keep()) {
			if it.From == FromUser {
				all = append(all, numbered{it.Seq, entry{Did: &it, Who: id}})
			}
		}
	}
	sums := map[string]string{}
	for _, k := range l.keys.order {
		sums[k.id] = hex.EncodeToString(k.body[:])
	}
	for _, m := range last(l.taken, l.keep()) {
		all = append(all, numbered{m.Seq, entry{Message: &m, Body: sums[m.ID]}})
	}
	slices.SortStableFunc(all, func(a, b numbered) int { return cmp.Compare(a.seq, b.seq) })
	for _, d := range all {
		l.write(d.entry)
	}
}
