package line

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// Menus shows people the menu of their language. Everybody sees the default,
// which is Japanese; others have theirs linked to them.
type Menus struct {
	Client *Client
	Now    func() time.Time

	mu    sync.Mutex
	known map[MenuKind]current
}

// current is the current menu of a kind as LINE told it at a time.
type current struct {
	id string
	at time.Time
}

// menuAge is how long we go by what LINE told before we ask again.
const menuAge = 5 * time.Minute

// defaultMenu stands for the menu of everybody who has none linked.
const defaultMenu = "default"

// Show makes LINE show a user the menu of a kind. shown is what the last Show for
// them returned, empty if that is not known: then LINE is told in any case, else
// only of a change. Of a kind that there is none of they see the default.
func (m *Menus) Show(ctx context.Context, user string, kind MenuKind, shown string) (string, error) {
	for fresh := false; ; fresh = true {
		menu, err := m.current(ctx, kind, fresh)
		if err != nil || menu == shown {
			return menu, err
		}
		if menu == defaultMenu {
			err = m.Client.UnlinkRichMenu(ctx, user)
			if gone(err) { // there was none
				err = nil
			}
			return menu, err
		}
		if err = m.Client.LinkRichMenu(ctx, user, menu); !gone(err) || fresh {
			return menu, err
		}
		// It was replaced since we asked.
	}
}

func gone(err error) bool {
	status, ok := errors.AsType[*StatusError](err)
	return ok && status.Status == http.StatusNotFound
}

func (m *Menus) current(ctx context.Context, kind MenuKind, fresh bool) (string, error) {
	if kind == DefaultMenu {
		return defaultMenu, nil
	}
	m.mu.Lock()
	c, ok := m.known[kind]
	m.mu.Unlock()
	if ok && !fresh && m.Now().Sub(c.at) < menuAge {
		return c.id, nil
	}
	id, err := m.Client.CurrentMenu(ctx, kind)
	if err != nil {
		return "", err
	}
	if id == "" {
		id = defaultMenu
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[MenuKind]current{}
	}
	m.known[kind] = current{id, m.Now()}
	return id, nil
}
