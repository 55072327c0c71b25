// Package codectest makes values of what is kept and queued in which every
// member is set, puts members of a version to come into documents, and says
// what of a document was lost. It knows nothing of what the members mean.
package codectest

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// words are values of the types that have only some.
var words = map[reflect.Type]string{
	reflect.TypeFor[watch.Kind]():          string(watch.Debit),
	reflect.TypeFor[watch.Status]():        string(watch.Posted),
	reflect.TypeFor[watch.Confidence]():    string(watch.Seen),
	reflect.TypeFor[watch.Role]():          string(watch.Owner),
	reflect.TypeFor[watch.Lang]():          string(watch.English),
	reflect.TypeFor[watch.ChannelKind]():   string(watch.Email),
	reflect.TypeFor[watch.DeliveryKind]():  string(watch.TellAlert),
	reflect.TypeFor[watch.DeliveryState](): string(watch.Accepted),
	reflect.TypeFor[watch.AnswerValue]():   string(watch.NotMine),
	reflect.TypeFor[watch.Via]():           string(watch.ViaPage),
	reflect.TypeFor[watch.DisputeStatus](): string(watch.DisputeFrozen),
	reflect.TypeFor[watch.NewsKind]():      string(watch.NewsJoined),
	reflect.TypeFor[watch.Code]():          string(watch.CodeTime),
	reflect.TypeFor[store.TicketKind]():    string(store.TicketMail),
}

// Inside is the body inside a body: the type that keeps it does not look into it.
const Inside = `{"inside":"<ド>"}`

// Full sets every member of the value that v points to, the same each time.
// Members without a name in JSON, which the key of an item or its version
// holds, are left alone.
func Full(v any) {
	n := 0
	fill(reflect.ValueOf(v).Elem(), &n)
}

func fill(v reflect.Value, n *int) {
	*n++
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Date(2026, 11, 3, 4, 5, 6, 789e6, time.UTC).Add(time.Duration(*n) * time.Minute)
		return
	case *jsontext.Value:
		*x = jsontext.Value(Inside)
		return
	case *watch.Reasons:
		*x = watch.Because(^watch.Reason(0))
		if err := x.UnmarshalText([]byte(x.String())); err != nil {
			panic(err)
		}
		return
	case encoding.TextUnmarshaler:
		panic("no text for a " + v.Type().String())
	}
	if word, ok := words[v.Type()]; ok {
		v.SetString(word)
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("<ド&", *n, ">"))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(*n))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		key, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(e, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, e)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Unknown" && f.Tag.Get("json") != "-" {
				fill(v.Field(i), n)
			}
		}
	default:
		panic("no way to fill a " + v.Type().String())
	}
}

// NotUnderstood says where a value that was read, or what it points to, keeps
// members or names that this version has no meaning for.
func NotUnderstood(v any) []string { return notUnderstood("", reflect.ValueOf(v)) }

func notUnderstood(at string, v reflect.Value) []string {
	var out []string
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return notUnderstood(at, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, notUnderstood(fmt.Sprintf("%s[%d]", at, i), v.Index(i))...)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			out = append(out, notUnderstood(at+"."+k.String(), v.MapIndex(k))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			switch {
			case !f.IsExported():
			case f.Name == "Unknown":
				if v.Field(i).Len() > 0 {
					out = append(out, fmt.Sprintf("%s: %s", at, v.Field(i)))
				}
			default:
				out = append(out, notUnderstood(at+"."+f.Name, v.Field(i))...)
			}
		}
	}
	return out
}

// New is the member that Strange puts in, as text.
const New = `{"a":[1],"b":"<ド>"}`

// Strange puts a member that no version knows into each object of a document,
// and says into how many.
func Strange(doc any) int {
	n := 0
	switch d := doc.(type) {
	case []any:
		for _, e := range d {
			n += Strange(e)
		}
	case map[string]any:
		if _, ok := d["inside"]; ok {
			return 0
		}
		for _, e := range d {
			n += Strange(e)
		}
		if !amounts(d) {
			d["x_new"] = map[string]any{"a": []any{json.Number("1")}, "b": "<ド>"}
			n++
		}
	}
	return n
}

// amounts tells whether an object is a map of names to numbers, in which a
// further member is only a further name.
func amounts(d map[string]any) bool {
	for name, e := range d {
		if _, ok := e.(json.Number); !ok || name == "from" {
			return false
		}
	}
	return true
}

// Lost says what of a document stands in another no more, or differs there.
// That there is more in the other is no loss.
func Lost(was, is any) []string { return lost("", was, is) }

func lost(at string, was, is any) []string {
	var out []string
	switch was := was.(type) {
	case map[string]any:
		is, _ := is.(map[string]any)
		for name, v := range was {
			if _, ok := is[name]; !ok {
				out = append(out, at+"."+name+" is lost")
				continue
			}
			out = append(out, lost(at+"."+name, v, is[name])...)
		}
	case []any:
		is, _ := is.([]any)
		if len(is) != len(was) {
			return []string{fmt.Sprintf("%s has %d elements, had %d", at, len(is), len(was))}
		}
		for i, v := range was {
			out = append(out, lost(fmt.Sprintf("%s[%d]", at, i), v, is[i])...)
		}
	default:
		if was != is {
			out = append(out, fmt.Sprintf("%s is %v, was %v", at, is, was))
		}
	}
	return out
}

// Parse reads a document whose numbers stay as they are written.
func Parse(t testing.TB, b []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// Render writes a document on one line.
func Render(t testing.TB, doc any) []byte {
	t.Helper()
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Indent writes a document for people to read.
func Indent(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		t.Fatal(err)
	}
	return []byte(strings.TrimSpace(out.String()) + "\n")
}
