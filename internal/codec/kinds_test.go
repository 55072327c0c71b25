package codec_test

import (
	"bytes"
	"encoding"
	stdjson "encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	// The packages that keep or queue something.
	_ "kozamori/internal/chat"
	"kozamori/internal/codec"
	_ "kozamori/internal/membership"
	_ "kozamori/internal/session"
)

// asTheyStand are kinds that are never read to be changed: what they are part
// of, which has a kind of its own, gives them back byte for byte.
var asTheyStand = map[string]string{
	"answer":         "the words of an answer are said as they stand in the seen event, and then dropped",
	"ticket.invites": "a list of hashes",
}

func TestEachKindGivesBackMembersItDoesNotKnow(t *testing.T) {
	if n := len(codec.Kinds()); n < 20 {
		t.Fatalf("only %d kinds", n)
	}
	for _, k := range codec.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			if why := asTheyStand[k.Name]; why != "" {
				t.Skip(why)
			}
			b, err := codec.Marshal(full(k).Interface())
			if err != nil {
				t.Fatal(err)
			}
			doc := parse(t, b)
			if strange(doc) == 0 {
				t.Fatal("there is no object to put a member into")
			}
			for _, l := range lost("", doc, parse(t, again(t, k, render(t, doc)))) {
				t.Error(l)
			}
		})
	}
}

// lost says what of a document stands in another no more, or differs there.
// That there is more in the other is no loss.
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

// again is what becomes of a body that is read and written.
func again(t *testing.T, k codec.Kind, b []byte) []byte {
	t.Helper()
	v := reflect.New(k.Type)
	if err := codec.Unmarshal(b, v.Interface()); err != nil {
		t.Fatal(err)
	}
	out, err := codec.Marshal(v.Interface())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// full is a pointer to a value of a kind with everything set, the same each time.
func full(k codec.Kind) reflect.Value {
	n := 0
	v := reflect.New(k.Type)
	fill(v.Elem(), &n)
	return v
}

func fill(v reflect.Value, n *int) {
	*n++
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Date(2026, 11, 3, 4, 5, 6, 789e6, time.UTC).Add(time.Duration(*n) * time.Minute)
		return
	case *jsontext.Value: // a body inside a body
		*x = jsontext.Value(`{"inside":"<ド>"}`)
		return
	case encoding.TextUnmarshaler:
		if err := x.UnmarshalText([]byte("new_link,first_seen")); err != nil {
			panic(err)
		}
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

// strange puts a member that no version knows into each object of a document
// and says into how many.
func strange(doc any) int {
	n := 0
	switch d := doc.(type) {
	case []any:
		for _, e := range d {
			n += strange(e)
		}
	case map[string]any:
		if _, ok := d["inside"]; ok {
			return 0
		}
		for _, e := range d {
			n += strange(e)
		}
		if !amounts(d) {
			d["x_new"] = map[string]any{"a": []any{stdjson.Number("1")}, "b": "<ド>"}
			n++
		}
	}
	return n
}

// amounts tells whether an object is a map of names to numbers, in which a
// further member is only a further name.
func amounts(d map[string]any) bool {
	for name, e := range d {
		if _, ok := e.(stdjson.Number); !ok || name == "from" {
			return false
		}
	}
	return true
}

func parse(t *testing.T, b []byte) any {
	t.Helper()
	dec := stdjson.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func render(t *testing.T, doc any) []byte {
	t.Helper()
	b, err := stdjson.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
