package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

// User is a person with a phone.
type User struct {
	ID   string `json:"id"`   // empty makes one of the name
	Name string `json:"name"` // for the eye only
	Lang string `json:"lang,omitempty"`
	// Following tells whether the user has our account as a friend, Blocked
	// whether they had and blocked it.
	Following bool   `json:"following"`
	Blocked   bool   `json:"blocked,omitempty"`
	Menu      string `json:"menu,omitempty"` // id of the rich menu they see
}

type phone struct {
	User
	chat []ChatItem
}

// The sides of a chat.
const (
	FromUser = "user"
	FromBot  = "bot"
)

// ChatItem is something that a phone's chat shows.
type ChatItem struct {
	Seq  int64     `json:"seq"` // grows through all chats
	At   time.Time `json:"at"`
	From string    `json:"from"`
	// Kind is push or reply for a Message, and text, postback, follow, block
	// or link for what the user did.
	Kind    string          `json:"kind"`
	Text    string          `json:"text,omitempty"`
	Message json.RawMessage `json:"message,omitempty"` // as it was sent: text or flex
}

// feed tells who looks on that something changed.
type feed struct {
	seq     int64
	changed chan struct{} // closed at the next change
	recent  []Change
}

// Change says whose phone changed. Seq grows by one with each.
type Change struct {
	Seq  int64  `json:"seq"`
	User string `json:"user,omitempty"`
}

// note says that something changed; the lock is held.
func (l *LINE) note(user string) {
	l.feed.seq++
	l.feed.recent = trim(append(l.feed.recent, Change{l.feed.seq, user}), 1000)
	if l.feed.changed != nil {
		close(l.feed.changed)
		l.feed.changed = nil
	}
}

// Changes returns the changes after a number, at most the latest 1,000, and a
// channel that closes at the next one.
func (l *LINE) Changes(after int64) ([]Change, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.feed.changed == nil {
		l.feed.changed = make(chan struct{})
	}
	list := last(l.feed.recent, 1000)
	for len(list) > 0 && list[0].Seq <= after {
		list = list[1:]
	}
	return append([]Change(nil), list...), l.feed.changed
}

func (l *LINE) seq() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.feed.seq
}

// show adds to a phone's chat what happens now; the lock is held.
func (l *LINE) show(p *phone, it ChatItem) {
	l.note(p.ID)
	it.At, it.Seq = l.Now(), l.feed.seq
	p.chat = trim(append(p.chat, it), l.keep())
	if it.From == FromUser {
		l.journal.write(entry{Did: &it, Who: p.ID})
	}
}

// AddUser adds a user and returns their id. One who is there already keeps
// their chat, and whether they follow or blocked us.
func (l *LINE) AddUser(u User) string {
	if u.ID == "" {
		sum := sha256.Sum256([]byte("LINE user " + u.Name))
		u.ID = "U" + hex.EncodeToString(sum[:16])
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.users[u.ID]; p != nil {
		u.Blocked = p.Blocked
		u.Following = (u.Following || p.Following) && !p.Blocked
		u.Menu = p.Menu
	}
	l.put(u)
	l.note(u.ID)
	return u.ID
}

// put stores a user; the lock is held.
func (l *LINE) put(u User) {
	if l.users == nil {
		l.users = map[string]*phone{}
	}
	p := l.users[u.ID]
	if p == nil {
		p = &phone{}
		l.users[u.ID] = p
		l.order = append(l.order, u.ID)
	}
	p.User = u
	l.journal.write(entry{User: &u})
}

// Users lists the users as they were added.
func (l *LINE) Users() []User {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := []User{}
	for _, id := range l.order {
		u := l.users[id].User
		if u.Menu == "" {
			u.Menu = l.fallback
		}
		out = append(out, u)
	}
	return out
}

// Chat is what a user's phone shows, oldest first.
func (l *LINE) Chat(user string) []ChatItem {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.users[user]
	if p == nil {
		return []ChatItem{}
	}
	return append([]ChatItem{}, last(p.chat, l.keep())...)
}

// ErrNotFriend says that a user is unknown or no friend of the account.
var ErrNotFriend = errors.New("sim: no such user, or no friend of the account")

// Follow adds our account on a user's phone, or undoes a block.
func (l *LINE) Follow(user string) error {
	return l.act(user, true, func(p *phone) (ChatItem, map[string]any) {
		unblocked := p.Blocked
		p.Following, p.Blocked = true, false
		return ChatItem{Kind: "follow"}, map[string]any{"type": "follow", "replyToken": l.replyTokenFor(user),
			"follow": map[string]any{"isUnblocked": unblocked}}
	})
}

// Block makes a user block our account.
func (l *LINE) Block(user string) error {
	return l.act(user, false, func(p *phone) (ChatItem, map[string]any) {
		p.Following, p.Blocked = false, true
		return ChatItem{Kind: "block"}, map[string]any{"type": "unfollow"}
	})
}

// Say sends a text from a user's phone.
func (l *LINE) Say(user, text string) error {
	return l.act(user, false, func(*phone) (ChatItem, map[string]any) {
		return ChatItem{Kind: "text", Text: text}, map[string]any{"type": "message", "replyToken": l.replyTokenFor(user),
			"message": map[string]any{"type": "text", "id": random(9), "quoteToken": random(16), "text": text}}
	})
}

// Tap presses a button with a postback; the chat shows display, if there is
// any, as said by the user.
func (l *LINE) Tap(user, data, display string) error {
	return l.act(user, false, func(*phone) (ChatItem, map[string]any) {
		return ChatItem{Kind: "postback", Text: display}, map[string]any{"type": "postback", "replyToken": l.replyTokenFor(user),
			"postback": map[string]any{"data": data}}
	})
}

// act does what a user does and tells the webhook. It returns once the
// webhook has answered, or is known not to have in time: then LINE tries
// again by itself (Redeliver).
func (l *LINE) act(user string, stranger bool, do func(*phone) (ChatItem, map[string]any)) error {
	l.mu.Lock()
	p := l.users[user]
	if p == nil || !p.Following && !stranger {
		l.mu.Unlock()
		return ErrNotFriend
	}
	item, event := do(p)
	item.From = FromUser
	l.show(p, item)
	if item.Kind == "follow" || item.Kind == "block" {
		l.put(p.User)
	}
	h := l.event(event, user)
	l.mu.Unlock()
	l.deliver(h)
	return nil
}

func (l *LINE) profile(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.users[r.PathValue("user")]
	if p == nil || !p.Following {
		fail(w, http.StatusNotFound, "Not found")
		return
	}
	v := map[string]string{"userId": p.ID, "displayName": p.Name}
	if p.Lang != "" {
		v["language"] = p.Lang
	}
	answer(w, http.StatusOK, v)
}
