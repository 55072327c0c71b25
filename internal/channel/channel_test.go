package channel_test

import (
	"strings"
	"testing"
	"time"

	"kozamori/internal/channel"
	"kozamori/internal/watch"
)

func fax(change func(*channel.Channel)) channel.Channel {
	c := channel.Channel{Kind: "fax", Label: map[watch.Lang]string{watch.Japanese: "ファクス", watch.English: "fax"}, Parallel: 1,
		Key: func(record string, d *watch.Delivery) string { return record + d.ID }}
	if change != nil {
		change(&c)
	}
	return c
}

func TestAChannelThatDoesNotSayWhatItHasToIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*channel.Channel)
		want   string
	}{
		"as it is":                     {nil, ""},
		"no kind":                      {func(c *channel.Channel) { c.Kind = "" }, "small letters"},
		"a kind that names no queue":   {func(c *channel.Channel) { c.Kind = "Fax 2" }, "small letters"},
		"the bank":                     {func(c *channel.Channel) { c.Kind = watch.Bank }, "another use"},
		"the queue of the chat":        {func(c *channel.Channel) { c.Kind = "chat" }, "another use"},
		"a label in one language only": {func(c *channel.Channel) { c.Label = map[watch.Lang]string{watch.Japanese: "ファクス"} }, "both languages"},
		"no key":                       {func(c *channel.Channel) { c.Key = nil }, "no key"},
		"no calls":                     {func(c *channel.Channel) { c.Parallel = 0 }, "make no sense"},
		"a lease that is over before":  {func(c *channel.Channel) { c.Lease = -time.Second }, "make no sense"},
	} {
		r, err := channel.Register(fax(c.change))
		switch {
		case c.want == "" && (err != nil || len(r.Kinds()) != 1):
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want one with %q", name, err, c.want)
		}
	}
	if _, err := channel.Register(fax(nil), fax(nil)); err == nil || !strings.Contains(err.Error(), `"fax"`) {
		t.Errorf("two of a kind: %v", err)
	}
}

func TestAChannelThatIsNotRegisteredIsCalledByItsKind(t *testing.T) {
	r, err := channel.Register(fax(nil))
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[watch.ChannelKind][2]string{"fax": {"ファクス", "fax"}, "sms": {"sms", "sms"}} {
		if got := [2]string{r.Label(kind, ""), r.Label(kind, watch.English)}; got != want {
			t.Errorf("%s is called %q", kind, got)
		}
	}
	if _, err := r.Get("sms"); err == nil || !strings.Contains(err.Error(), `"sms" is not registered`) {
		t.Errorf("%v", err)
	}
}

// What names no channel is of the one that there was when none was named, and of no
// other.
func TestWhatNamesNoChannelIsOfOne(t *testing.T) {
	unnamed := func(kind watch.ChannelKind) channel.Channel {
		return fax(func(c *channel.Channel) { c.Kind, c.Unnamed = kind, true })
	}
	if _, err := channel.Register(unnamed("fax"), unnamed("telex")); err == nil || !strings.Contains(err.Error(), "of another") {
		t.Errorf("two of them: %v", err)
	}
	r, err := channel.Register(fax(nil), unnamed("telex"))
	if err != nil {
		t.Fatal(err)
	}
	if none, fax := r.Named(""), r.Named("fax"); none != "telex" || fax != "fax" {
		t.Errorf("what names none is of %q, and the fax's of %q", none, fax)
	}
	if r, err = channel.Register(fax(nil)); err != nil || r.Named("") != "" {
		t.Errorf("%q, %v", r.Named(""), err)
	}
	if name, none := r.Name("fax", watch.English), r.Name("telex", watch.English); name != "fax" || none != "" {
		t.Errorf("%q, %q", name, none)
	}
}
