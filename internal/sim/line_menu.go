package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg" // what LINE takes
	_ "image/png"
	"io"
	"net/http"

	"github.com/rivo/uniseg"
)

const maxMenus = 1000

// menu is a rich menu as it was created, and its picture.
type menu struct {
	ID    string          `json:"richMenuId"`
	Body  json.RawMessage `json:"menu"`
	image []byte
	mime  string
	w, h  int
}

func (l *LINE) createMenu(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	var m struct {
		Size        struct{ Width, Height int }
		Name        string
		ChatBarText string
		Areas       []struct {
			Bounds struct{ X, Y, Width, Height int }
			Action any
		}
	}
	if err != nil || json.Unmarshal(raw, &m) != nil {
		fail(w, http.StatusBadRequest, "The request body could not be parsed as JSON")
		return
	}
	var p problems
	if s := m.Size; s.Width < 800 || s.Width > 2500 || s.Height < 250 || float64(s.Width)/float64(s.Height) < 1.45 {
		p.add("size", "invalid")
	}
	p.text("name", m.Name, 300, units)
	p.text("chatBarText", m.ChatBarText, 14, uniseg.GraphemeClusterCount)
	if len(m.Areas) > 20 {
		p.add("areas", "Size must be between 0 and 20")
	}
	for i, a := range m.Areas {
		at, b := fmt.Sprintf("areas[%d]", i), a.Bounds
		if b.X < 0 || b.Y < 0 || b.Width < 1 || b.Height < 1 || b.X+b.Width > m.Size.Width || b.Y+b.Height > m.Size.Height {
			p.add(at+".bounds", "outside the menu")
		}
		p.action(at+".action", a.Action, maxSmallLabel)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(p) > 0 || len(l.menus) >= maxMenus {
		answer(w, http.StatusBadRequest, map[string]any{"message": fmt.Sprintf("The request body has %d error(s)", len(p)), "details": p})
		return
	}
	if l.menus == nil {
		l.menus = map[string]*menu{}
	}
	id := "richmenu-" + random(16)
	l.menus[id] = &menu{ID: id, Body: raw, w: m.Size.Width, h: m.Size.Height}
	answer(w, http.StatusOK, map[string]string{"richMenuId": id})
}

func (l *LINE) listMenus(w http.ResponseWriter, _ *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := []map[string]any{}
	for _, m := range l.menus {
		v := map[string]any{}
		_ = json.Unmarshal(m.Body, &v)
		v["richMenuId"] = m.ID
		out = append(out, v)
	}
	answer(w, http.StatusOK, map[string]any{"richmenus": out})
}

func (l *LINE) setImage(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		fail(w, http.StatusRequestEntityTooLarge, "Request exceeds the max size of 1 MB")
		return
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(raw))
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.menus[r.PathValue("menu")]
	switch {
	case m == nil:
		fail(w, http.StatusNotFound, "Not found")
	case err != nil || r.Header.Get("Content-Type") != "image/"+format:
		fail(w, http.StatusUnsupportedMediaType, "Unsupported media type")
	case m.image != nil:
		fail(w, http.StatusBadRequest, "An image has already been uploaded to the richmenu")
	case config.Width != m.w || config.Height != m.h:
		fail(w, http.StatusBadRequest, "The image size does not match the rich menu's")
	default:
		m.image, m.mime = raw, "image/"+format
		answer(w, http.StatusOK, struct{}{})
	}
}

func (l *LINE) linkMenu(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m, user := l.menus[r.PathValue("menu")], r.PathValue("user")
	switch {
	case m == nil:
		fail(w, http.StatusNotFound, "The richmenu is not found")
		return
	case m.image == nil:
		fail(w, http.StatusBadRequest, "must upload richmenu image before applying it to user")
		return
	case user == "all":
		l.fallback = m.ID
	case l.users[user] != nil && l.users[user].Following: // for others LINE answers 200 and does nothing
		l.users[user].Menu = m.ID
	}
	l.note(user)
	answer(w, http.StatusOK, struct{}{})
}

func (l *LINE) unlinkMenu(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	user := r.PathValue("user")
	if user == "all" {
		l.fallback = ""
	} else if p := l.users[user]; p != nil {
		p.Menu = ""
	}
	l.note(user)
	answer(w, http.StatusOK, struct{}{})
}

func (l *LINE) deleteMenu(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id := r.PathValue("menu")
	if l.menus[id] == nil {
		fail(w, http.StatusNotFound, "The richmenu is not found")
		return
	}
	delete(l.menus, id)
	if l.fallback == id {
		l.fallback = ""
	}
	for _, p := range l.users {
		if p.Menu == id {
			p.Menu = ""
		}
	}
	l.note("")
	answer(w, http.StatusOK, struct{}{})
}
