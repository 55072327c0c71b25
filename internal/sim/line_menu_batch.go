package sim

import (
	"encoding/json"
	"net/http"
	"regexp"
	"time"
)

// aliasID is LINE's form of an alias's name.
var aliasID = regexp.MustCompile(`^[a-z0-9_-]{1,32}$`)

// changeMenu gives a menu its picture, or an alias another menu: their
// addresses differ only in which part of them is fixed.
func (l *LINE) changeMenu(w http.ResponseWriter, r *http.Request) {
	switch part := r.PathValue("part"); {
	case r.PathValue("menu") == "alias":
		r.SetPathValue("alias", part)
		l.putAlias(w, r)
	case part == "content":
		l.setImage(w, r)
	default:
		fail(w, http.StatusNotFound, "Not found")
	}
}

// putAlias makes an alias, or changes one that its path names.
func (l *LINE) putAlias(w http.ResponseWriter, r *http.Request) {
	var in struct {
		RichMenuAliasID string `json:"richMenuAliasId"`
		RichMenuID      string `json:"richMenuId"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&in)
	id, change := r.PathValue("alias"), r.PathValue("alias") != ""
	if !change {
		id = in.RichMenuAliasID
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, known := l.aliases[id]
	m := l.menus[in.RichMenuID]
	switch {
	case err != nil || !aliasID.MatchString(id) || m == nil || m.image == nil:
		fail(w, http.StatusBadRequest, "richmenu not found, or its image is not uploaded")
	case change && !known:
		fail(w, http.StatusNotFound, "richmenu alias not found")
	case !change && known:
		fail(w, http.StatusBadRequest, "conflict richmenu alias id")
	default:
		if l.aliases == nil {
			l.aliases = map[string]string{}
		}
		l.aliases[id] = in.RichMenuID
		answer(w, http.StatusOK, struct{}{})
	}
}

func (l *LINE) getAlias(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id := r.PathValue("alias")
	if menu, ok := l.aliases[id]; ok {
		answer(w, http.StatusOK, map[string]string{"richMenuAliasId": id, "richMenuId": menu})
		return
	}
	fail(w, http.StatusNotFound, "richmenu alias not found")
}

// batch replaces menus that are linked to users; LINE does so in its own time.
type batch struct {
	from  map[string]string // menu → the one that replaces it
	asked int
	at    time.Time
}

func (l *LINE) startBatch(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Operations []struct{ Type, From, To string }
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&in)
	l.mu.Lock()
	defer l.mu.Unlock()
	b := &batch{from: map[string]string{}, at: l.Now()}
	for _, o := range in.Operations {
		if o.Type != "link" || l.menus[o.From] == nil || l.menus[o.To] == nil || l.menus[o.To].image == nil {
			fail(w, http.StatusBadRequest, "The request body has 1 error(s)") // other operations have no use here
			return
		}
		b.from[o.From] = o.To
	}
	if err != nil || len(b.from) == 0 || len(b.from) > 1000 {
		fail(w, http.StatusBadRequest, "The request body could not be parsed as JSON")
		return
	}
	if l.batches == nil {
		l.batches = map[string]*batch{}
	}
	l.batches[w.Header().Get("X-Line-Request-Id")] = b
	if l.SlowMenus == 0 {
		l.replace(b)
	}
	answer(w, http.StatusAccepted, struct{}{})
}

// replace shows each user the new menu; the lock is held.
func (l *LINE) replace(b *batch) {
	for _, p := range l.users {
		if to, ok := b.from[p.Menu]; ok {
			p.Menu = to
			l.note(p.ID)
		}
	}
}

func (l *LINE) batchProgress(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.batches[r.URL.Query().Get("requestId")]
	if b == nil {
		fail(w, http.StatusNotFound, "Not found")
		return
	}
	phase := map[string]any{"phase": "ongoing", "acceptedTime": b.at.UTC().Format(time.RFC3339)}
	if b.asked++; b.asked > l.SlowMenus {
		l.replace(b)
		phase["phase"] = "succeeded"
	}
	answer(w, http.StatusOK, phase)
}
