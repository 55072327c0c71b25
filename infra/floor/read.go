package main

import (
	"bytes"
	"errors"
	"time"
)

var errForm = errors.New("not events")

// read takes the events of a body, and returns how many they are and what of them alerts.
func (h *handler) read(body []byte) (n int, alerts []byte, err error) {
	s := &scanner{b: body}
	for {
		e, more, err := s.event()
		if err != nil {
			return 0, nil, err
		}
		if !more {
			return n, alerts, nil
		}
		if len(e.id) == 0 || len(e.kind) == 0 || len(e.account) == 0 || e.amount <= 0 {
			return 0, nil, errForm
		}
		if _, err := time.Parse(time.RFC3339, string(e.at)); err != nil {
			return 0, nil, errForm
		}
		n++
		service := recognise(e.text)
		if service == "" || !h.watched[string(e.account)] {
			continue
		}
		alerts = append(append(append(append(append(alerts, e.raw...), ' '), service...), " alert"...), '\n')
	}
}

// event is what one member of a body says. Its parts are of the body.
type event struct {
	raw, id, kind, account, at, text []byte
	amount                           int64
}

// scanner reads a body: one object, or {"events":[…]} of flat objects.
type scanner struct {
	b      []byte
	i      int
	listed bool
	ended  bool
}

func (s *scanner) space() byte {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\n' || s.b[s.i] == '\t' || s.b[s.i] == '\r') {
		s.i++
	}
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

var list = []byte(`{"events":[`)

// event reads the next one; more is false at the end.
func (s *scanner) event() (e event, more bool, err error) {
	if s.ended {
		return e, false, nil
	}
	if s.i == 0 && bytes.HasPrefix(s.b, list) {
		s.i, s.listed = len(list), true
	}
	switch c := s.space(); {
	case c == ']' && s.listed:
		s.ended = true
		return e, false, nil
	case c != '{':
		return e, false, errForm
	}
	from := s.i
	s.i++
	for s.space() != '}' {
		name, err := s.text()
		if err != nil || s.space() != ':' {
			return e, false, errForm
		}
		s.i++
		if err := s.member(&e, name); err != nil {
			return e, false, err
		}
		if s.space() == ',' {
			s.i++
		}
	}
	s.i++
	e.raw = s.b[from:s.i]
	if s.space() == ',' {
		s.i++
	}
	s.ended = !s.listed
	return e, true, nil
}

func (s *scanner) member(e *event, name []byte) error {
	if s.space() != '"' {
		from := s.i
		for s.i < len(s.b) && s.b[s.i] != ',' && s.b[s.i] != '}' {
			s.i++
		}
		if string(name) == "amount" {
			for _, c := range s.b[from:s.i] {
				if c < '0' || c > '9' {
					return errForm
				}
				e.amount = 10*e.amount + int64(c-'0')
			}
		}
		return nil
	}
	v, err := s.text()
	switch string(name) {
	case "id":
		e.id = v
	case "type":
		e.kind = v
	case "account_ref":
		e.account = v
	case "occurred_at":
		e.at = v
	case "descriptor":
		e.text = v
	}
	return err
}

// text reads a string. What is escaped stays so.
func (s *scanner) text() ([]byte, error) {
	if s.space() != '"' {
		return nil, errForm
	}
	from := s.i + 1
	for i := from; ; i++ {
		n := bytes.IndexByte(s.b[i:], '"')
		if n < 0 {
			return nil, errForm
		}
		if i += n; s.b[i-1] != '\\' {
			s.i = i + 1
			return s.b[from:i], nil
		}
	}
}

// services are those that the load names, as it spells them.
var services = []struct {
	text    []byte
	service string
}{{[]byte("ﾄﾞｺﾓｺｳｻﾞ"), "docomo"}, {[]byte("PAYPAY"), "paypay"}, {[]byte("LINE PAY"), "linepay"}, {[]byte("ﾒﾙﾍﾟｲ"), "merpay"}}

// recognise names a service; empty if there is none. A card's bill is none.
func recognise(text []byte) string {
	for _, s := range services {
		if i := bytes.Index(text, s.text); i >= 0 && !bytes.HasPrefix(text[i+len(s.text):], []byte("ｶ")) {
			return s.service
		}
	}
	return ""
}
