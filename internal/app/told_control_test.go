package app_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// offers has the bank say what its customers can ask it to stop.
func (s *story) offers(kinds string) {
	s.t.Helper()
	body, err := json.Marshal(map[string][]string{"controls": strings.Fields(kinds)})
	if err != nil {
		s.t.Fatal(err)
	}
	s.call(http.MethodPut, "/offered-controls", string(body))
}

// answers has the bank answer what it was asked last to stop.
func (s *story) answers(rest string) {
	s.t.Helper()
	state, text, _ := strings.Cut(rest, " ")
	for _, c := range slices.Backward(s.books.Callbacks()) {
		var is struct {
			ID string `json:"control_id"`
		}
		if !strings.HasPrefix(c.Type, "control.") || json.Unmarshal(c.Body, &is) != nil {
			continue
		}
		body, err := json.Marshal(map[string]string{"state": state, "text": text})
		if err != nil {
			s.t.Fatal(err)
		}
		s.answer(http.MethodPost, "/controls/"+is.ID+"/state", string(body))
		return
	}
	s.t.Fatal("the bank was asked to stop nothing")
}

// submits presses a button of the page that the person looks at.
func (s *story) submits(rest string) {
	s.t.Helper()
	words := strings.Fields(rest)
	form := url.Values{"do": {words[0]}}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		form.Set(key, value)
	}
	for one := range strings.SplitSeq(s.owner.html, "<form") { // of the first that has such a button
		if len(words) == 1 && strings.Contains(one, `name="do" value="`+words[0]+`"`) {
			for _, f := range hiddenField.FindAllStringSubmatch(one, -1) {
				form.Set(f[1], f[2])
			}
			break
		}
	}
	s.owner.shows(s.owner.browser.PostForm(s.owner.at.String(), form))
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// whichButton is a label with which of the buttons that are called so: an account's
// mask has asterisks too.
var whichButton = regexp.MustCompile(`^(.*[^*])\*(\d)$`)

// buttonOf is what a button of a message sends ("data") or leads to ("uri");
// empty if there is none.
func buttonOf(v any, label, what string) string {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			if d := buttonOf(x, label, what); d != "" {
				return d
			}
		}
	case map[string]any:
		if d, ok := v[what].(string); ok && v["label"] == label {
			return d
		}
		for _, x := range v {
			if d := buttonOf(x, label, what); d != "" {
				return d
			}
		}
	}
	return ""
}
