package sim

import (
	"net/http"
	"strconv"
)

// maxFiles is how many files the platform keeps: LINE deletes what was sent after a
// while, too.
const maxFiles = 20

// SendFile sends a file from a user's phone.
func (l *LINE) SendFile(user, name string, content []byte) error {
	return l.act(user, false, func(*phone) (ChatItem, map[string]any) {
		l.files++
		id := strconv.Itoa(500_000_000 + l.files)
		if l.content == nil {
			l.content = map[string][]byte{}
		}
		l.content[id] = content
		delete(l.content, strconv.Itoa(500_000_000+l.files-maxFiles))
		return ChatItem{Kind: "text", Text: name}, map[string]any{"type": "message", "replyToken": l.replyTokenFor(user),
			"message": map[string]any{"type": "file", "id": id, "fileName": name, "fileSize": len(content)}}
	})
}

// Fetched is how often the content of a message was asked for.
func (l *LINE) Fetched() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fetched
}

func (l *LINE) contentOf(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	l.fetched++
	content, ok := l.content[r.PathValue("message")]
	l.mu.Unlock()
	if !ok {
		fail(w, http.StatusNotFound, "Not found")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(content)
}
