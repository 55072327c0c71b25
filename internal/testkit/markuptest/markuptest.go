// Package markuptest puts hostile texts wherever something drawn takes a text,
// and tells what they made of it. Only tests use it.
package markuptest

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Hostile are texts that would be more than texts if they were not escaped.
var Hostile = []string{
	`<script>alert(1)</script>`,
	`</style></title></textarea><img src=x onerror=alert(1)>`,
	`" onmouseover="alert(1)`,
	`' onmouseover='alert(1)`,
	`--><b>`,
	"a\x00b<\x00i>",
	`{{.}}&lt;b&gt;`,
	`javascript:alert(1)`,
	"java\tscript:alert(1)",
	`JaVaScRiPt:alert(1)//https://`,
	`data:text/html,<script>alert(1)</script>`,
	`vbscript:x`,
	`//evil.example/`,
	`/\evil.example/`,
	"/\t/evil.example/",
}

// Fill sets every text that v, a pointer, leads to, and makes each list in it
// hold two, and each condition true. What kept names is left as it is: fields
// whose values only we choose.
func Fill(v any, text string, kept ...string) { fill(reflect.ValueOf(v).Elem(), text, kept, 0) }

// deepest is where a type that holds itself ends.
const deepest = 8

func fill(v reflect.Value, text string, kept []string, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		if depth < deepest {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			for i := range 2 {
				fill(v.Index(i), text, kept, depth+1)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !slices.Contains(kept, f.Name) {
				fill(v.Field(i), text, kept, depth+1)
			}
		}
	}
}

var (
	tag   = regexp.MustCompile(`<[^>]*>`)
	value = regexp.MustCompile(`"[^"]*"`)
	href  = regexp.MustCompile(`href="([^"]*)"`)
)

// Bones are the elements and attributes of HTML without what they hold and
// without addresses: no text may change them.
func Bones(html string) string {
	bones := tag.FindAllString(html, -1)
	for i, t := range bones {
		bones[i] = strings.ReplaceAll(value.ReplaceAllString(t, `""`), ` href=""`, "")
	}
	return strings.Join(bones, "\n")
}

// Check draws something with harmless texts and then with each hostile one,
// and finds what is different apart from the texts. No hostile text may become an
// address.
func Check(t *testing.T, draw func(text string) string) {
	t.Helper()
	harmless := draw("harmless")
	want := Bones(harmless)
	if strings.Count(harmless, "harmless") < 10 {
		t.Fatalf("it shows hardly any text:\n%s", harmless)
	}
	for _, text := range Hostile {
		got := draw(text)
		if bones := Bones(got); bones != want {
			t.Errorf("%q changes what is drawn from\n%s\nto\n%s", text, want, bones)
		}
		for _, address := range href.FindAllStringSubmatch(got, -1) {
			t.Errorf("%q becomes the address %q", text, address[1])
		}
		if strings.ContainsRune(got, 0) {
			t.Error(fmt.Sprintf("%q", text), "leaves a NUL")
		}
	}
}
