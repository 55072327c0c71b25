package bankapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/watch"
)

var errNotString = errors.New("must be a string")

// onlyStrings refuses null where a string belongs: it would read as "".
var onlyStrings = json.WithUnmarshalers(json.UnmarshalFromFunc(func(dec *jsontext.Decoder, _ *string) error {
	if dec.PeekKind() != '"' {
		return errNotString
	}
	return errors.ErrUnsupported // the usual way
}))

// read decodes a body strictly into v: unknown and duplicate fields, other
// types, null and trailing bytes are refused.
func read(r *http.Request, v any) error {
	body, err := io.ReadAll(r.Body)
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return err
	}
	if err != nil {
		return refused("", "the body ended early")
	}
	if jsontext.Value(strings.TrimSpace(string(body))).Kind() != '{' {
		return refused("", "the body must be a JSON object")
	}
	err = json.Unmarshal(body, v, json.RejectUnknownMembers(true), onlyStrings)
	if err == nil {
		return noNull(body)
	}
	if se, ok := errors.AsType[*json.SemanticError](err); ok {
		field := fieldOf(se.JSONPointer)
		if errors.Is(err, json.ErrUnknownName) {
			return refused(field, "is not a field of this request")
		}
		return refused(field, "has the wrong type")
	}
	if se, ok := errors.AsType[*jsontext.SyntacticError](err); ok && errors.Is(err, jsontext.ErrDuplicateName) {
		return refused(fieldOf(se.JSONPointer), "is given twice")
	}
	return refused("", "the body is not well-formed JSON in UTF-8")
}

// noNull refuses null, which would read as what is not there, wherever it stands in a
// body that is well-formed.
func noNull(body []byte) error {
	for dec := jsontext.NewDecoder(bytes.NewReader(body)); ; {
		tok, err := dec.ReadToken()
		if err != nil {
			return nil //nolint:nilerr // it was read before: this is its end
		}
		if tok.Kind() == 'n' {
			return refused(fieldOf(dec.StackPointer()), "has the wrong type")
		}
	}
}

// filled is a string that is left out if there is nothing to say: an empty one would
// read as what is not there.
type filled string

// UnmarshalJSON is for package json.
func (f *filled) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if s == "" {
		return errNotString
	}
	*f = filled(s)
	return nil
}

// fieldOf names the field that a pointer points at, "accounts[0].email". A
// name may be the sender's own text: only plain words are repeated.
func fieldOf(p jsontext.Pointer) string {
	var field strings.Builder
	for name := range p.Tokens() {
		switch {
		case len(name) > 32:
			return "?"
		case field.Len() > 0 && strings.Trim(name, "0123456789") == "":
			field.WriteString("[" + name + "]")
			continue
		case strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "":
			return "?"
		case field.Len() > 0:
			field.WriteByte('.')
		}
		field.WriteString(name)
	}
	return field.String()
}

// query reads the parameters of a request, of which only some may be given,
// each once, and none empty but a cursor, which begins with the first page then: the
// filter of a program that had no value would ask for everything.
func query(r *http.Request, known ...string) (url.Values, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, refused("", "the query is not well-formed")
	}
	for name, vs := range q {
		switch {
		case !slices.Contains(known, name):
			return nil, refused(fieldOf(jsontext.Pointer("").AppendToken(name)), "is not a parameter of this request")
		case len(vs) > 1:
			return nil, refused(name, "is given twice")
		case vs[0] == "" && name != "cursor":
			return nil, refused(name, "must not be empty")
		}
	}
	return q, nil
}

// accountRef reads the account of a path.
func accountRef(r *http.Request) (string, error) {
	ref := r.PathValue("account_ref")
	if fe := watch.CheckRef("account_ref", ref); fe != nil {
		return "", fe
	}
	return ref, nil
}

// pageLimit reads how many entries a page of a list may have at most; empty is
// the default.
func pageLimit(s string) (int, error) {
	if s == "" {
		return DefaultPage, nil
	}
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' || n > MaxPage {
			n = MaxPage + 1
			break
		}
		n = n*10 + int(c-'0')
	}
	if n < 1 || n > MaxPage {
		return 0, refused("limit", fmt.Sprintf("must be a whole number from 1 to %d", MaxPage))
	}
	return n, nil
}

// idempotencyKey is the bank's own name of a request; empty if it gave none.
func idempotencyKey(r *http.Request) (string, error) {
	given := r.Header.Values("Idempotency-Key")
	switch {
	case len(given) == 0:
		return "", nil
	case len(given) > 1 || given[0] == "" || len(given[0]) > MaxIdempotencyKey:
		return "", refused("Idempotency-Key", fmt.Sprintf("must be one, of 1 to %d characters", MaxIdempotencyKey))
	}
	return given[0], nil
}
