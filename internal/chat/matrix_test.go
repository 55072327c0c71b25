package chat_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kozamori/internal/button"
	"kozamori/internal/chat"
	"kozamori/internal/dispute"
	"kozamori/internal/quote"
	"kozamori/internal/settings"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/testkit/worldtest"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// member is somebody who talks to the chat, and what of theirs there is.
type member struct {
	name, user, id string
	role           watch.Role // of their own; none if they watch nothing
	hidden         bool       // may see no amounts
	of             holding
}

// holding is what there is of an account.
type holding struct {
	account                           watch.AccountKey
	open, disputed, id, used, invites string // records, the owner's watcher, codes of invitations
	step                              string // which lowered what the owner is told
	marks                             []string
}

func user(n int) string { return fmt.Sprintf("U%032x", 0x77000+n) }

// crowd is a world with everybody in it, and how its store was then.
type crowd struct {
	*world
	all      []*member
	holdings []holding
	before   map[string]string
	saved    worldtest.Saved
}

// members brings everybody into the world: owner and guardians of an account,
// those who left it, owners of others, and a stranger.
func newCrowd(t *testing.T) *crowd {
	t.Helper()
	w := newWorld(t)
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	holdings := []holding{
		{account: account, open: "r1", disputed: "d1", id: "w1", marks: []string{"***1111", "11,011"}},
		{account: watch.AccountKey{Bank: account.Bank, Ref: "acc_2"}, open: "r2", disputed: "d2", id: "w2", marks: []string{"***2222", "22,022"}},
		{account: watch.AccountKey{Bank: "0168", Ref: account.Ref}, open: "r3", disputed: "d3", id: "w3", marks: []string{"***3333", "33,033"}},
	}
	all := []*member{
		{name: "the owner", user: user(1), id: "w1", role: watch.Owner},
		{name: "a guardian", user: user(4), id: "g4", role: watch.Guardian},
		{name: "a guardian who may see no amounts", user: user(5), id: "g5", role: watch.Guardian, hidden: true},
		{name: "somebody who left one account", user: user(6), id: "g6", role: watch.Guardian},
		{name: "somebody who left", user: user(7), id: "g7", role: watch.Guardian},
		{name: "an owner at the same bank", user: user(2), id: "w2", role: watch.Owner},
		{name: "an owner at another bank", user: user(3), id: "w3", role: watch.Owner},
		{name: "a stranger", user: user(8)},
	}
	yen := map[string]int64{"w1": 11011, "w2": 22022, "w3": 33033}
	for i := range holdings {
		h := &holdings[i]
		a := &watch.Account{AccountKey: h.account, Mask: quote.Text("普通 " + h.marks[0])}
		var writes []store.Write
		for _, m := range all {
			if m.role == "" || m.role == watch.Owner && m.id != h.id || m.role == watch.Guardian && h.account != account {
				continue
			}
			a.Watchers = append(a.Watchers, watch.Watcher{ID: m.id, Role: m.role, LineUser: m.user, Lang: ja, HideAmount: m.hidden, Since: w.Now().Add(-time.Hour),
				Channels: []watch.Channel{{Kind: watch.LINE}}, Rules: watch.DefaultRules()})
			writes = append(writes, store.PutBinding(m.user, store.Binding{OnAccount: watch.On(h.account), Watcher: m.id}))
		}
		must(w.store.Write(ctx, append(writes, store.PutAccount(a))...))
		for _, id := range []string{h.open, h.disputed} {
			w.alert(id, h.account, func(r *watch.Record) {
				r.Amount, r.Mask, r.Notices = yen[h.id], a.Mask, nil
				for _, x := range a.Watchers {
					r.Notices = append(r.Notices, watch.Notice{Watcher: x.ID, Reasons: watch.Because(watch.ServiceDebit)})
				}
			})
		}
		_, err := settings.New(w.store, nil).Change(ctx, h.account, settings.Who{Watcher: h.id, Way: watch.WayPage, At: w.Now()}, func(c *settings.Change) error {
			c.Watcher.Rules.FirstSeen = false
			return nil
		})
		must(err)
		for step, err := range w.store.Trail(ctx, h.account) {
			must(err)
			h.step = step.ID
		}
		var act watch.Activity
		act.Apply(w.Record(h.open))
		must(w.store.Write(ctx, store.PutActivity(h.account, &act)))
		disputes := dispute.Service{Store: w.store, Queue: w.queue, Now: w.Now}
		_, err = disputes.Answer(ctx, h.disputed, dispute.Answerer{Watcher: h.id}, watch.NotMine, watch.ViaLINE)
		must(err)
		owner := a.Watchers[0].LineUser
		h.invites, _, err = w.members.Invite(ctx, owner, h.account, "", false)
		must(err)
		h.used, _, err = w.members.Invite(ctx, owner, h.account, "", false)
		must(err)
		_, err = w.members.Accept(ctx, user(9), h.used, ja)
		must(err)
	}
	for _, bank := range []string{account.Bank, "0168"} {
		must(w.store.Write(ctx, store.PutBank(&store.Bank{Code: bank, Callback: "https://bank.example/", Controls: watch.ControlKinds()})))
	}
	// A person who left one account still watches another.
	still := watch.AccountKey{Bank: account.Bank, Ref: "acc_6"}
	w.own(user(6), still, func(a *watch.Account) { a.Mask = "普通 ***6666" })
	for _, m := range all {
		m.of = holdings[0]
		for _, h := range holdings {
			if h.id == m.id {
				m.of = h
			}
		}
		if strings.HasPrefix(m.name, "somebody who left") {
			_, err := w.members.Unbind(ctx, m.user, account, watch.WayChat)
			must(err)
			m.role = ""
		}
		w.line.AddUser(sim.User{ID: m.user, Lang: "ja", Following: true})
	}
	w.line.AddUser(sim.User{ID: user(9), Lang: "ja", Following: true})
	for _, m := range all {
		w.say(m.user, "?") // the menu is shown once
	}
	return &crowd{world: w, all: all, holdings: holdings, before: worldtest.Everything(t, w.file), saved: worldtest.Bytes(t, w.file)}
}

// hears lets somebody do something and brings the store back: what they read,
// what the store was asked, and which items are not as they were.
func (w *crowd) hears(m *member, do func()) (said, reads string, changed []string) {
	w.t.Helper()
	w.table.Taken()
	n, bank, others := len(w.shown(m.user)), w.toBank(), w.toldBut(m)
	do()
	shown := w.shown(m.user)
	said, reads = strings.Join(shown[n:], "\n"), w.table.Taken()
	w.presses(shown, n)
	after := worldtest.Everything(w.t, w.file)
	for _, k := range slices.Sorted(maps.Keys(after)) {
		if after[k] != w.before[k] && !strings.Contains(k, " W#") {
			changed = append(changed, k)
		}
	}
	for k := range w.before {
		if _, still := after[k]; !still {
			changed = append(changed, "gone "+k)
		}
	}
	if w.toBank() != bank {
		changed = append(changed, "what the bank is told")
	}
	if w.toldBut(m) != others {
		changed = append(changed, "what others read")
	}
	if len(changed) > 0 {
		w.Restore(w.saved)
	}
	for _, h := range w.holdings {
		theirs := m.role != "" && h.account == m.of.account
		for i, mark := range h.marks {
			if strings.Contains(said, mark) && (!theirs || i > 0 && m.hidden) {
				w.t.Errorf("%s reads %q, which is not theirs: %s", m.name, mark, said)
			}
		}
		if theirs {
			continue
		}
		for _, k := range changed {
			if w.isOf(h, k+" "+w.before[strings.TrimPrefix(k, "gone ")]+" "+after[k]) {
				w.t.Errorf("%s changes %s of somebody else's account", m.name, k)
			}
		}
	}
	return said, reads, changed
}

// toldBut is how many messages everybody else has got.
func (w *crowd) toldBut(m *member) int {
	n := 0
	for _, o := range w.all {
		if o != m {
			n += len(w.shown(o.user))
		}
	}
	return n
}

// isOf tells whether an item is about an account.
func (w *world) isOf(h holding, item string) bool {
	for _, part := range []string{"A#" + h.account.Bank + "#" + h.account.Ref + " ", "R#" + h.open + " ", "R#" + h.disputed + " ",
		`"` + h.open + `"`, `"` + h.disputed + `"`, watch.Derive("dispute", h.open), watch.Derive("dispute", h.disputed)} {
		if strings.Contains(item, part) {
			return true
		}
	}
	return false
}

// told is what comes of something in one's own.
type told struct {
	says string
	acts bool
}

// pressRow is what a button does: in one's own to owners and guardians, and to
// a person who names what is not theirs.
type pressRow struct {
	data            func(w *world, h holding, m *member) string
	owner, guardian told
	others          string // what it says of another's, and of none
	alone           bool   // it names nothing: it is about all that a person watches
}

func ofRecord(action string, open bool) func(*world, holding, *member) string {
	return func(_ *world, h holding, _ *member) string {
		if open {
			return "a=" + action + "&r=" + h.open + "&w=" + h.id
		}
		return "a=" + action + "&r=" + h.disputed + "&w=" + h.id
	}
}

// trusting asks to be told less; an owner as one who has reported nothing lately,
// for else nothing is offered.
func trusting(w *world, h holding, m *member) string {
	if m.role == watch.Owner && h.account == m.of.account {
		_, _ = w.store.UpdateAccount(context.Background(), h.account, func(a *watch.Account) ([]store.Write, error) {
			for i := range a.Watchers {
				a.Watchers[i].ReportedAt = time.Time{}
			}
			return nil, nil
		})
	}
	return ofRecord("trust", true)(w, h, m)
}

// confirmed takes the report back that stands, named by when it was made.
func confirmed(w *world, h holding, m *member) string {
	data := ofRecord("undo", false)(w, h, m)
	if r, err := w.store.Record(context.Background(), h.disputed); err == nil && r.Answer != nil {
		data += "&t=" + strconv.FormatInt(r.Answer.At.Unix(), 36)
	}
	return data
}

// ofWatcher names an account by the person's own watcher of it, or by its
// owner's if it is not theirs.
func ofWatcher(action string) func(*world, holding, *member) string {
	return func(w *world, h holding, m *member) string {
		id := h.id
		if m.role != "" && h.account == m.of.account {
			id = m.id
		}
		return "a=" + action + "&w=" + id + "&t=" + strconv.FormatInt(w.Now().Unix(), 36)
	}
}

var pressRows = map[string]pressRow{
	"notmine": {ofRecord("notmine", true), told{opened, true}, told{opened, true}, wording.Unknown(ja).Title, false},
	"mine":    {ofRecord("mine", true), told{"ありがとうございます", true}, told{"ありがとうございます", true}, wording.Unknown(ja).Title, false},
	"ask":     {ofRecord("ask", true), told{"チェックを外してください", false}, told{"チェックを外してください", false}, wording.Unknown(ja).Title, false},
	"undo":    {confirmed, told{"取り消しました", true}, told{wording.OwnerOnly(ja).Title, false}, wording.Unknown(ja).Title, false},
	"trust":   {trusting, told{"お知らせの設定を変更しました", true}, told{wording.OwnerOnly(ja).Title, false}, wording.Unknown(ja).Title, false},
	"leave": {ofWatcher("leave"), told{wording.Left(wording.ChatLeaveFacts{}).Title, true}, told{wording.Left(wording.ChatLeaveFacts{}).Title, true},
		wording.Useless(ja).Title, false},
	"erase": {ofWatcher("erase"), told{wording.Erased(wording.ChatLeaveFacts{}).Title, true}, told{wording.Useless(ja).Title, false}, wording.Useless(ja).Title, false},
	// An invitation is for its holder; a used one is for no person.
	"join": {func(_ *world, h holding, m *member) string {
		if m.role != "" && h.account == m.of.account {
			return "a=join&c=" + h.invites
		}
		return "a=join&c=" + h.used
	}, told{wording.InviteOwn(ja).Title, false}, told{wording.Joined(ja, wording.ChatAccount{}, false, true).Title, true}, wording.InviteWrong(ja).Title, false},
	"restore": {func(w *world, h holding, m *member) string {
		return ofWatcher("restore")(w, h, m) + "&step=" + h.step
	}, told{wording.Restored(ja).Title, true}, told{wording.Restored(ja).Title, true}, wording.Useless(ja).Title, false},
	"control": {func(w *world, h holding, m *member) string {
		return ofWatcher("control")(w, h, m) + "&k=stop_service&v=paypay"
	}, told{"停止を頼みました。まだ止まっていません", true}, told{wording.OwnerOnly(ja).Title, false}, wording.Useless(ja).Title, false},
	"pause": {func(*world, holding, *member) string { return "a=pause&for=1h" }, told{wording.Paused(ja, time.Time{}, time.Time{}).Title, true},
		told{wording.Paused(ja, time.Time{}, time.Time{}).Title, true}, wording.NotConnected(ja).Title, true},
}

// nothing is named by none.
var nothing = holding{account: watch.AccountKey{Bank: "0125", Ref: "acc_0"}, open: "r0", disputed: "d0", id: "w0", step: "s0", used: "AAAAA-AAAAA-AAAA3", invites: "AAAAA-AAAAA-AAAA3"}

func TestWhoMayPressWhat(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(slices.Sorted(maps.Keys(pressRows)), chat.Presses()); diff != "" {
		t.Fatalf("rows and buttons differ:\n%s", diff)
	}
	w := newCrowd(t)
	for _, action := range chat.Presses() {
		row := pressRows[action]
		for _, m := range w.all {
			name := m.name + " presses " + action
			if want := row.owner; m.role != "" {
				if m.role == watch.Guardian {
					want = row.guardian
				}
				said, _, changed := w.hears(m, func() { w.tap(m.user, row.data(w.world, m.of, m)) })
				if !strings.Contains(said, want.says) || strings.Contains(said, "\n") || (len(changed) > 0) != want.acts {
					t.Errorf("%s of their own: changed %v, said %s", name, changed, said)
				}
			}
			if row.alone && m.name != "a stranger" && m.name != "somebody who left" {
				continue
			}
			none, like, before := w.hears(m, func() { w.tap(m.user, row.data(w.world, nothing, m)) })
			if !strings.Contains(none, row.others) || action != "join" && len(before) > 0 {
				t.Errorf("%s of none: changed %v, said %s", name, before, none)
			}
			for _, h := range w.holdings {
				if m.role != "" && h.account == m.of.account {
					continue
				}
				said, reads, changed := w.hears(m, func() { w.tap(m.user, row.data(w.world, h, m)) })
				if said != none || reads != like || !slices.Equal(changed, before) {
					t.Errorf("%s of %s#%s: reads %q (%q of none), changes %v (%v), said %s\nof none %s", name, h.account.Bank, h.account.Ref, reads, like, changed, before, said, none)
				}
			}
		}
	}
}

// A button that names all, or somebody else in its data, is about what the
// presser watches and nothing else: hears fails where another's changes.
func TestAButtonForAllIsAboutOnesOwn(t *testing.T) {
	t.Parallel()
	w := newCrowd(t)
	for _, m := range w.all {
		for _, action := range []string{"leave", "erase"} {
			data := "a=" + action + "&w=" + button.All + "&t=" + strconv.FormatInt(w.Now().Unix(), 36) + "&r=r1&u=" + user(1)
			said, _, changed := w.hears(m, func() { w.tap(m.user, data) })
			if watches := m.role != "" || m.name == "somebody who left one account"; (len(changed) > 0) != watches {
				t.Errorf("%s, %s of all: changed %v, said %s", m.name, action, changed, said)
			}
		}
	}
}
