package button_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/button"
)

var noon = time.Unix(1_795_834_800, 0)

// What phones carry: these lines are what was sent, and are never changed.
var sent = map[string]button.Press{
	"a=notmine&r=addeykgk8r4j0ar46ahcawfjfw&w=w7": {Verb: button.NotMine, Record: "addeykgk8r4j0ar46ahcawfjfw", Watcher: "w7"},
	"a=mine&d=changed-w7-line-1&r=r1&w=w7":        {Verb: button.Mine, Record: "r1", Watcher: "w7", Delivery: "changed-w7-line-1"},
	"a=mine&d=told-1&o=1&r=r1&w=w7":               {Verb: button.Mine, Record: "r1", Watcher: "w7", Delivery: "told-1", Other: true},
	"a=mine&r=r1&w=w7":                            {Verb: button.Mine, Record: "r1", Watcher: "w7"},
	"a=ask&r=r1&w=w7":                             {Verb: button.Ask, Record: "r1", Watcher: "w7"},
	"a=undo&r=r1&w=w7":                            {Verb: button.Undo, Record: "r1", Watcher: "w7"},
	"a=trust&r=r1&w=w7":                           {Verb: button.Trust, Record: "r1", Watcher: "w7"},
	"a=leave&t=tp6z00&w=w7":                       {Verb: button.Leave, Watcher: "w7", Asked: noon},
	"a=leave&t=tp6z00&w=all":                      {Verb: button.Leave, Watcher: button.All, Asked: noon},
	"a=erase":                                     {Verb: button.Erase},
	"a=erase&t=tp6z00&w=w7":                       {Verb: button.Erase, Watcher: "w7", Asked: noon},
	"a=join&c=7F3K9-Q4MAA-CD234":                  {Verb: button.Join, Code: "7F3K9-Q4MAA-CD234"},
	"a=pause&for=1h":                              {Verb: button.Pause, For: button.Short},
	"a=pause&for=168h":                            {Verb: button.Pause, For: button.Long},
	"a=pause&for=until.1795834800":                {Verb: button.Pause, Until: noon},
	"a=control&k=stop_service&r=r1&v=paypay&w=w7": {Verb: button.Control, Record: "r1", Watcher: "w7", Kind: "stop_service", Service: "paypay"},
	"a=control&for=until.1795834800&k=stop_debits&t=tp6z00&w=w7": {Verb: button.Control, Watcher: "w7", Kind: "stop_debits", Until: noon, Asked: noon},
	"a=restore&step=s2abc&w=w7":                                  {Verb: button.Restore, Step: "s2abc", Watcher: "w7"},
}

func TestWhatPhonesCarryIsWrittenAndReadAsEver(t *testing.T) {
	verbs := map[button.Verb]bool{}
	for data, press := range sent {
		if got := press.Data(); got != data {
			t.Errorf("%+v is written as %q, want %q", press, got, data)
		}
		got, ok := button.Parse(data)
		if diff := cmp.Diff(press, got); diff != "" || !ok {
			t.Errorf("%q: %v %s", data, ok, diff)
		}
		verbs[press.Verb] = true
	}
	for _, v := range button.Verbs {
		if !verbs[v] {
			t.Errorf("no postback with %q is kept here", v)
		}
	}
}

func TestWhatIsNotKnownIsIgnored(t *testing.T) {
	for data, want := range map[string]button.Press{
		"a=mine&r=r1&from=2030&w=w7": {Verb: button.Mine, Record: "r1", Watcher: "w7"},
		"a=leave&t=-&w=w7":           {Verb: button.Leave, Watcher: "w7"},
		"a=leave&w=w7":               {Verb: button.Leave, Watcher: "w7"},
		"a=pause&for=2h":             {Verb: button.Pause},
		"a=pause&for=until.soon":     {Verb: button.Pause},
		"a=pause":                    {Verb: button.Pause},
	} {
		got, ok := button.Parse(data)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("%q: %v %s", data, ok, diff)
		}
	}
	for _, data := range []string{"", "a=", "a=MINE", "a=fly", "r=r1", "%zz", "a=mine;r=1", "mine"} {
		if p, ok := button.Parse(data); ok {
			t.Errorf("%q is read as %+v", data, p)
		}
	}
}

// FuzzParse: what is read is written so that it is read as the same again.
func FuzzParse(f *testing.F) {
	for data := range sent {
		f.Add(data)
	}
	f.Add("a=pause&for=until.-1&t=zzzzzzzzzzzz")
	f.Fuzz(func(t *testing.T, data string) {
		p, ok := button.Parse(data)
		if !ok {
			return
		}
		again, ok := button.Parse(p.Data())
		if !ok || strings.Contains(data, "until.") && !again.Until.Equal(p.Until) {
			t.Fatalf("%q: %+v, then %+v", data, p, again)
		}
		if again.Verb != p.Verb || again.Record != p.Record || again.Watcher != p.Watcher || again.Code != p.Code || again.For != p.For || !again.Asked.Equal(p.Asked) {
			t.Errorf("%q: %+v, then %+v", data, p, again)
		}
	})
}
