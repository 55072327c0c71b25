package detect_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kozamori/internal/codec"
	"kozamori/internal/queue"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

// renamed gives an account another ref, as bankapi does.
func (h *house) renamed(t *testing.T, ref string, at time.Time) {
	t.Helper()
	n, err := h.store.Names(t.Context(), h.key)
	if err == nil {
		err = h.store.Write(t.Context(), store.ReplaceName(n, store.Name{Ref: ref, Since: at})...)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A bank may call an account by another ref between any two of its events, more than
// once and back, and send what is late by an earlier one: what is kept and queued is
// what it would be by the one ref.
func TestAnAccountIsTheSameByEachOfItsRefs(t *testing.T) {
	t.Parallel()
	onBoth(t, 60, 15, func(t *testing.T, newHouse func(*testing.T) *house, seeds []uint64) {
		for _, seed := range seeds {
			r := rand.New(rand.NewPCG(seed, 17))
			story := chainOfIDs(r)
			r.Shuffle(len(story), func(i, j int) { story[i], story[j] = story[j], story[i] })
			story = append(story, heard{linked("acc_1", "l", 1, "ﾄﾞｺﾓｺｳｻﾞ"), received}, heard{debit("acc_1", "after", 30, 4000, "ﾄﾞｺﾓｺｳｻﾞ", ""), received}, heard{debit("acc_1", "shop", 40, 4000, "ｽ-ﾊﾟ-", ""), received})
			plain, named := newHouse(t), newHouse(t)
			refs, said := []string{"acc_1"}, []string{}
			for len(story) > 0 {
				if r.IntN(3) == 0 {
					ref := []string{"acc_1", fmt.Sprint("acc_", len(refs)+1)}[min(1, r.IntN(4))]
					if refs[len(refs)-1] != ref {
						named.renamed(t, ref, received)
						refs = append(refs, ref)
						said = append(said, "now "+ref)
					}
				}
				n := 1 + r.IntN(min(3, len(story))) // in one message, by several refs
				var one, other []jsontext.Value
				for _, e := range story[:n] {
					ref := refs[max(0, len(refs)-1-r.IntN(3))]
					one = append(one, e.said)
					other = append(other, jsontext.Value(strings.Replace(string(e.said), `"acc_1"`, `"`+ref+`"`, 1)))
				}
				plain.sendAt(t, story[0].at, one...)
				named.sendAt(t, story[0].at, other...)
				for _, e := range other {
					said = append(said, string(e))
				}
				story = story[n:]
			}
			kept := func(h *house) (out []*watch.Record, act *watch.Activity) {
				act, err := h.store.Activity(t.Context(), h.key)
				if err != nil {
					t.Fatal(err)
				}
				all, err := store.Collect(h.store.AllRecords(t.Context(), h.key, time.Time{}, time.Time{}))
				if err != nil {
					t.Fatal(err)
				}
				slices.SortFunc(all, func(a, b *watch.Record) int { return strings.Compare(a.ID, b.ID) })
				return all, act
			}
			want, wantAct := kept(plain)
			got, gotAct := kept(named)
			same := cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(watch.Record{}, "Version"), cmpopts.IgnoreFields(watch.Activity{}, "Version")}
			if d := cmp.Diff(want, got, same) + cmp.Diff(wantAct, gotAct, same); d != "" || len(got) < 3 {
				t.Fatalf("seed %d: %d records\n%s\n%s", seed, len(got), d, strings.Join(said, "\n"))
			}
			if a, b := plain.deliveries(t), named.deliveries(t); len(a) != len(b) || len(a) == 0 {
				t.Fatalf("seed %d: %v queued, want %v", seed, b, a)
			}
		}
	})
}

// An account whose ref was never replaced costs what it did: the forward of one that
// was is read in place of the account, and only then the account itself.
func TestOnlyAnAccountThatIsCalledOtherwiseIsReadTwice(t *testing.T) {
	h := newHouse(t)
	h.renamed(t, "acc_2", received)
	profile := func(ref string) store.Key {
		return store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: "0125", Ref: ref}}).Item.Key
	}
	for ref, want := range map[string][]store.Key{
		"acc_1": {profile("acc_1")},
		"acc_2": {profile("acc_2"), profile("acc_1")},
		"acc_3": {profile("acc_3")},
	} {
		asked := h.counting()
		h.send(t, debit(ref, "1", 1, 5000, "ｽ-ﾊﾟ-", ""))
		got := slices.DeleteFunc(asked.read, func(k store.Key) bool { return strings.HasPrefix(k.PK, "R#") })
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("an event of %s: %s", ref, d)
		}
	}
}

// A program of before there were forwards sees one as an account that it cannot read: it
// tries again, where it would drop the event of an account without watchers. So does
// this one with a forward that it does not understand.
func TestAnEventWaitsForAProgramThatUnderstandsWhereItsAccountIs(t *testing.T) {
	h := newHouse(t)
	h.renamed(t, "acc_2", received)
	body := store.PutForward(&store.Forward{AccountKey: watch.AccountKey{Bank: "0125", Ref: "acc_2"}, Watchers: store.IsForward, To: "acc_1"}).Item.Body
	if err := codec.Unmarshal(body, &watch.Account{}); err == nil {
		t.Error("a forward reads as an account")
	}
	key := store.PutAccount(&watch.Account{AccountKey: watch.AccountKey{Bank: "0125", Ref: "acc_2"}}).Item
	key.Body = []byte(strings.Replace(string(body), store.IsForward, "elsewhere", 1))
	h.Put(store.Write{Item: key, If: store.Any})
	for _, e := range wire.EncodeBatch("0125", received, []jsontext.Value{debit("acc_2", "1", 1, 5000, "ﾄﾞｺﾓｺｳｻﾞ", "")}, 1<<20) {
		if v := h.Handle(t.Context(), []queue.Message{{ID: "m", Body: e, Receives: 1}}); v[0].Done {
			t.Errorf("the event is dropped: %+v", v[0])
		}
	}
}
