package sim

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
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
	l.mu.Lock()
	defer l.mu.Unlock()
	j, err := openJournal(path, "the phones", l.restore, l.rewrite)
	if err != nil {
		return nil, err
	}
	l.journal = j
	return j, nil
}

func (l *LINE) restore(line []byte) {
	var e entry
	if json.Unmarshal(line, &e) != nil {
		return
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
func (l *LINE) rewrite(j *journal) {
	for _, id := range l.order {
		u := l.users[id].User
		u.Menu = ""
		j.write(entry{User: &u})
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
		j.write(d.entry)
	}
}
