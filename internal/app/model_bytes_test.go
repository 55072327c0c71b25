package app_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/catalog"
	"kozamori/internal/quote"
	"kozamori/internal/store"
	"kozamori/internal/watch"
)

// renaming is what messages are worded with from outside of an incident, and how it
// changes in a run: what the bank is called and where it answers, what people are
// called, what the edition of the catalogue that is in use calls services, and what a
// release says, for which the address of all its links stands here.
type renaming struct {
	editions []*catalog.Edition // nil if nothing is renamed
	bytes    map[string][]byte  // what a provider was asked first, by key
	bank     int
	release  int
	times    int
	twice    twiceLog
}

// baseURL is where this release's links lead.
func (r *renaming) baseURL() string {
	if r.release == 0 {
		return "https://kozamori.example"
	}
	return fmt.Sprintf("https://kozamori%d.example", r.release)
}

// renames has something be called otherwise from now on.
func (m *model) renames() {
	n := &m.named
	if n.editions == nil || m.calm || !m.pick(3) {
		return
	}
	n.times++
	switch m.rng.IntN(4) {
	case 0:
		n.bank++
		b, err := m.store.Bank(context.Background(), "0125")
		if err != nil {
			m.t.Fatal(err)
		}
		b.Name, b.Phone = fmt.Sprintf("七十七%d銀行", n.bank), fmt.Sprintf("022-211-%04d", n.bank)
		if err := m.store.Write(context.Background(), store.PutBank(b)); err != nil {
			m.t.Fatal(err)
		}
	case 1:
		k := watch.AccountKey{Bank: "0125", Ref: modelAccounts[m.rng.IntN(2)]}
		if _, err := m.store.UpdateAccount(context.Background(), k, func(a *watch.Account) ([]store.Write, error) {
			a.Watchers[m.rng.IntN(len(a.Watchers))].Name = quote.Text(fmt.Sprintf("まご%d", n.times))
			return nil, nil
		}); err != nil {
			m.t.Fatal(err)
		}
	case 2:
		n.editions[n.times%2].Use()
	case 3:
		n.release++
		m.start()
	}
}

// sameBytes compares what a provider is asked to take with what it was first asked to
// take under the same key.
func (m *model) sameBytes(key string, body []byte) {
	was, again := m.named.bytes[key]
	if again && !bytes.Equal(was, body) {
		m.errorf("%s goes out again at %v with other bytes: %s", key, m.Now(), cmp.Diff(indented(string(was)), indented(string(body))))
	}
	if !again {
		if m.named.bytes == nil {
			m.named.bytes = map[string][]byte{}
		}
		m.named.bytes[key] = bytes.Clone(body)
	}
}

// hadKey tells whether a delivery has a retry key, or had it before it was asked for
// under another.
func hadKey(r *watch.Record, d *watch.Delivery, key string) bool {
	for was := *d; was.Take >= 0; was.Take-- {
		if was.RetryKey(r.ID) == key {
			return true
		}
	}
	return false
}

// twiceLog is a log that keeps which deliveries may be read twice, as it says.
type twiceLog struct{ of map[string]bool }

func (l *twiceLog) has(record, delivery string) bool { return l.of[record+" "+delivery] }

func (*twiceLog) Enabled(context.Context, slog.Level) bool { return true }
func (l *twiceLog) WithAttrs([]slog.Attr) slog.Handler     { return l }
func (l *twiceLog) WithGroup(string) slog.Handler          { return l }

func (l *twiceLog) Handle(_ context.Context, r slog.Record) error {
	if r.Message != "a message whose outcome is unknown is sent again" {
		return nil
	}
	var of [2]string
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "record":
			of[0] = a.Value.String()
		case "delivery":
			of[1] = a.Value.String()
		}
		return true
	})
	if l.of == nil {
		l.of = map[string]bool{}
	}
	l.of[of[0]+" "+of[1]] = true
	return nil
}

// TestModelOfNames is TestModel where names change between two tries. It is not
// parallel: the edition that is in use is the program's.
func TestModelOfNames(t *testing.T) {
	t.Cleanup(func() { catalog.BuiltIn().Use() })
	text := string(catalog.Text())
	for _, id := range trusted {
		s, _ := catalog.ByID(id)
		text = strings.Replace(text, "\nJa: "+s.Name(watch.Japanese)+"\n", "\nJa: 新"+s.Name(watch.Japanese)+"\n", 1)
	}
	other, err := catalog.Parse("renamed", []byte(text))
	if err != nil || text == string(catalog.Text()) {
		t.Fatal("no service is renamed: ", err)
	}
	for i := range *modelSeeds/3 + 1 {
		seed := *modelFrom + uint64(i)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			catalog.BuiltIn().Use()
			m := newModel(t, seed, []troubles{{faults: true}, {faults: true, deaths: true, twice: true}}[seed%2])
			m.named.editions = []*catalog.Edition{catalog.BuiltIn(), other}
			m.play()
			m.settle()
			catalog.BuiltIn().Use() // each other name has that of it within
			m.check()
			if m.named.times == 0 {
				t.Error("nothing was renamed")
			}
			if t.Failed() {
				t.Logf("what happened:\n%s", strings.Join(m.said, "\n"))
			}
		})
	}
}
