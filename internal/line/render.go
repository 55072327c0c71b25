package line

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"
)

// rendered is a message as the SDK would write it. The SDK writes each level
// once more for every level above it: a sixth of what an alert costs.
type rendered struct {
	messaging_api.MessageInterface
	body []byte
}

// MarshalJSON is for package json.
func (r rendered) MarshalJSON() ([]byte, error) { return r.body, nil }

// write writes a message as JSON; what it cannot write the SDK does.
func write(m messaging_api.MessageInterface) ([]byte, error) {
	if b, err := appendValue(make([]byte, 0, 4096), reflect.ValueOf(m)); err == nil {
		return b, nil
	}
	return json.Marshal(m)
}

// types are what the SDK's types call themselves. Others are left to the SDK.
var types = map[reflect.Type]string{
	reflect.TypeFor[messaging_api.FlexMessage]():    "flex",
	reflect.TypeFor[messaging_api.TextMessage]():    "text",
	reflect.TypeFor[messaging_api.FlexCarousel]():   "carousel",
	reflect.TypeFor[messaging_api.FlexBubble]():     "bubble",
	reflect.TypeFor[messaging_api.FlexBox]():        "box",
	reflect.TypeFor[messaging_api.FlexText]():       "text",
	reflect.TypeFor[messaging_api.FlexButton]():     "button",
	reflect.TypeFor[messaging_api.FlexSeparator]():  "separator",
	reflect.TypeFor[messaging_api.PostbackAction](): "postback",
	reflect.TypeFor[messaging_api.UriAction]():      "uri",
	reflect.TypeFor[messaging_api.MessageAction]():  "message",
	reflect.TypeFor[messaging_api.QuickReply]():     "",
	reflect.TypeFor[messaging_api.QuickReplyItem](): "",
}

// member is a field, as it stands in JSON.
type member struct {
	at        int
	name      string // with quotes and a colon
	omitEmpty bool
}

// members are a type's, in the SDK's order: lists of interfaces stand behind the type.
type members struct{ first, last []member }

var membersOf sync.Map // by reflect.Type

func membersIn(t reflect.Type) *members {
	if m, ok := membersOf.Load(t); ok {
		return m.(*members)
	}
	m := &members{}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous { // it holds the type alone
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		one := member{i, strconv.Quote(name) + ":", options == "omitempty"}
		if f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Interface {
			m.last = append(m.last, one)
		} else {
			m.first = append(m.first, one)
		}
	}
	membersOf.Store(t, m)
	return m
}

func appendValue(b []byte, v reflect.Value) ([]byte, error) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		return appendValue(b, v.Elem())
	case reflect.String:
		return appendString(b, v.String())
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool()), nil
	case reflect.Int32:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case reflect.Slice:
		return appendList(b, v)
	case reflect.Struct:
		if name, ok := types[v.Type()]; ok {
			return appendStruct(b, v, name)
		}
	}
	other, err := json.Marshal(v.Interface())
	return append(b, other...), err
}

func appendList(b []byte, v reflect.Value) (_ []byte, err error) {
	if v.IsNil() && v.Type().Elem().Kind() != reflect.Interface { // the SDK makes those
		return append(b, "null"...), nil
	}
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendValue(b, v.Index(i)); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

func appendStruct(b []byte, v reflect.Value, name string) (_ []byte, err error) {
	b = append(b, '{')
	begin := len(b)
	next := func() {
		if len(b) > begin {
			b = append(b, ',')
		}
	}
	all := func(of []member) {
		for _, m := range of {
			f := v.Field(m.at)
			if err != nil || m.omitEmpty && (f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0) {
				continue
			}
			next()
			b, err = appendValue(append(b, m.name...), f)
		}
	}
	m := membersIn(v.Type())
	all(m.first)
	if name != "" {
		next()
		b = append(b, `"type":"`+name+`"`...)
	}
	all(m.last)
	return append(b, '}'), err
}

// appendString writes a string as package json does, which is asked for those
// that have something to escape.
func appendString(b []byte, s string) ([]byte, error) {
	plain := utf8.ValidString(s)
	for i := 0; plain && i < len(s); i++ {
		c := s[i] // E2 begins line separators, among others
		plain = c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' && c != 0xe2
	}
	if !plain {
		other, err := json.Marshal(s)
		return append(b, other...), err
	}
	return append(append(append(b, '"'), s...), '"'), nil
}
