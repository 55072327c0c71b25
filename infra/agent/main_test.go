package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// said runs the program without a bank.
func said(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), &o, &e, func(string) string { return "" }, args, nil)
	return code, o.String(), e.String()
}

func TestWrongFlagsSayWhatIsRight(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	key, secret, open := filepath.Join(b.keys, "key"), filepath.Join(b.keys, "secret"), filepath.Join(b.keys, "open")
	b.write(open, []byte(testKey))
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	full := func(without string, with ...string) (args []string) {
		for _, pair := range [][2]string{{"-in", b.folder}, {"-bank", "0125"}, {"-key-file", key}, {"-url", b.url}, {"-secret-file", secret}} {
			if pair[0] != without {
				args = append(args, pair[0], pair[1])
			}
		}
		return append(append(args, with...), "-once")
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"nothing":                 {nil, 2, "-bank must be the 4 digits"},
		"a flag there is not":     {[]string{"-folder", "x"}, 2, "usage: agent"},
		"no bank":                 {full("-bank"), 2, "such as 0125"},
		"a bank's name":           {full("-bank", "-bank", "abcd"), 2, "such as 0125"},
		"no key":                  {full("-key-file"), 2, "-new-key FILE makes one"},
		"no folder":               {full("-in"), 2, "-in must name"},
		"a folder without a flag": {full("", b.folder)[:11], 2, "is named by -in"},
		"no address":              {full("-url"), 2, "https://kozamori.example"},
		"an address in the clear": {full("-url", "-url", "http://kozamori.example"), 2, "http is for this machine alone"},
		"a branch's name":         {full("", "-branch", "本店"), 2, "店番"},
		"an unknown kind":         {full("", "-kind", "外貨"), 2, "普通, 当座, 貯蓄"},
		"no time":                 {full("", "-every", "0s"), 2, "more than nothing"},
		"a key for all to read":   {full("-key-file", "-key-file", open), 1, "chmod 600"},
		"no key file":             {full("-key-file", "-key-file", "none"), 1, "no such file"},
		"a short key":             {full("-key-file", "-key-file", secret), 1, "random bytes or more in base64"},
		"no secret":               {full("-secret-file"), 1, "KOZAMORI_BANK_SECRET"},
		"no such folder":          {full("-in", "-in", filepath.Join(b.folder, "none"), "-state", b.keys), 1, "cannot be read"},
		"no accounts":             {[]string{"-bank", "0125", "-key-file", key, "-ref"}, 2, "123-1-1234567"},
		"an account without more": {[]string{"-bank", "0125", "-key-file", key, "-ref", "1234567"}, 1, "by branch"},
		"another bank's":          {[]string{"-bank", "0125", "-key-file", key, "-ref", "0168-123-1-1234567"}, 1, "bank 0168 and not of 0125"},
		"help":                    {[]string{"-h"}, 0, "usage: agent"},
		"the version":             {[]string{"-version"}, 0, "go1"},
		"all that is needed":      {full(""), 0, ""},
	} {
		code, out, errs := said(t, c.args...)
		if code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%s: %d %s%s, want %d and %q", name, code, out, errs, c.code, c.says)
		}
	}
}

func TestAKeyIsMadeOnceAndTellsTheSame(t *testing.T) {
	t.Parallel()
	key := filepath.Join(t.TempDir(), "key")
	if code, out, errs := said(t, "-new-key", key); code != 0 || !strings.Contains(out, "keep a copy") {
		t.Fatal(code, out, errs)
	}
	info, err := os.Stat(key)
	if code, _, _ := said(t, "-new-key", key); err != nil || info.Mode().Perm() != 0o600 || code != 1 {
		t.Errorf("%d %v", code, err)
	}
	// In whatever way an account is written, it is the same one.
	_, out, errs := said(t, "-bank", "0125", "-key-file", key, "-branch", "123", "-ref", "123-1-1234567", "0125-123-1-0001234567", "普通1234567", "１２３　普通　１２３４５６７", "123-2-1234567", "124-1-1234567", "123-普通-234567", "123 1 0234567")
	var refs []string
	for line := range strings.Lines(out) {
		_, ref, _ := strings.Cut(strings.TrimSpace(line), "\t")
		refs = append(refs, ref)
	}
	if len(refs) != 8 || len(slices.Compact(slices.Clone(refs[:4]))) != 1 || refs[6] != refs[7] || refs[4] == refs[0] || refs[5] == refs[0] || refs[6] == refs[0] || strings.ContainsAny(refs[0], "0123456789") {
		t.Errorf("%q %s", refs, errs)
	}
}

func TestTheSampleGoesTheWholeWay(t *testing.T) {
	t.Parallel()
	code, out, errs := said(t, "-try")
	if code != 0 || !strings.Contains(out, "Looking again sent nothing") || strings.Contains(out+errs, sampleNumber) {
		t.Errorf("%d %s%s", code, out, errs)
	}
}

// A folder belongs to one key and one bank, and to one agent at a time.
func TestAFolderIsOfOneKey(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	b.put("1.txt", nightly(testNumber, "081123", "081123", 100_000, monday...))
	if code, _, errs := b.agent(); code != 0 {
		t.Fatal(errs)
	}
	held, err := openState(filepath.Join(b.folder, ".kozamori"), testKeeper(t).fingerprint(), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if code, _, errs := b.agent(); code != 1 || !strings.Contains(errs, errBusy.Error()) {
		t.Errorf("%d %s", code, errs)
	}
	if err := held.close(); err != nil {
		t.Fatal(err)
	}
	b.write(filepath.Join(b.keys, "key"), []byte(strings.Repeat("A", 44)))
	b.put("2.txt", nightly(testNumber, "081124", "081124", 346_500, tuesday...))
	if code, _, errs := b.agent(); code != 1 || !strings.Contains(errs, "another key") || len(b.events) != 2 {
		t.Errorf("%d %s", code, errs)
	}
}

// What is not taken now is taken later, as the same requests.
func TestWhatIsNotTakenIsSentLater(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	b.put("1.txt", nightly(testNumber, "081123", "081124", 100_000, slices.Concat(monday, tuesday)...))
	b.faults = []int{0, 401}
	code, reports, errs := b.agent()
	if code != 1 || len(reports) > 0 || !strings.Contains(errs, "401") || !strings.Contains(errs, "sent next time") {
		t.Errorf("%d %v %s", code, reports, errs)
	}
	b.faults = []int{429, -1, 500}
	code, reports, errs = b.agent()
	want(t, "later", outcomes(reports), "1.txt taken 6/0")
	if code != 0 || len(b.events) != 6 || strings.Count(errs, "the same request again") != 3 || len(b.requests) != 3 {
		t.Errorf("%d, %d events, %d requests: %s", code, len(b.events), len(b.requests), errs)
	}
}

// As a service it goes on until it is told to stop, whatever is not taken.
func TestAServiceTakesWhatComes(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	args := slices.DeleteFunc(b.args(), func(s string) bool { return s == "-once" })
	ctx, stop := context.WithCancel(t.Context())
	looks := 0
	code := run(ctx, io.Discard, io.Discard, func(string) string { return "" }, args, func(a *agent) {
		a.wait = func(context.Context, time.Duration) error {
			switch looks++; looks {
			case 1:
				b.put("1.txt", nightly(testNumber, "081123", "081123", 100_000, monday...))
				b.faults = []int{404}
			case 2: // it was not taken
				b.put("2.txt", nightly(testNumber, "081124", "081124", 346_500, tuesday...))
			case 3:
				stop()
				return context.Canceled
			}
			return nil
		}
	})
	if code != 0 || looks != 3 || len(b.events) != 6 {
		t.Errorf("%d, %d looks, %d events", code, looks, len(b.events))
	}
}

// A file that changes while it is read is left alone.
func TestAFileThatChangesOnTheWayIsNotFinished(t *testing.T) {
	t.Parallel()
	b := newBank(t)
	b.put("1.txt", nightly(testNumber, "081123", "081124", 100_000, slices.Concat(monday, tuesday)...))
	posts := 0
	var o, e bytes.Buffer
	code := run(t.Context(), &o, &e, func(string) string { return "" }, b.args(), func(a *agent) {
		a.chunk = 2
		a.wrote = func(what string) {
			if what == "posted" {
				posts++
				b.write(filepath.Join(b.folder, "1.txt"), []byte("shorter"))
			}
		}
	})
	if code != 0 || posts != 1 || o.Len() > 0 || !strings.Contains(e.String(), errChanged.Error()) {
		t.Errorf("%d, %d requests: %s%s", code, posts, o.String(), e.String())
	}
}

// Memory does not grow with a file.
func TestAFileOfAnySizeTakesTheSameMemory(t *testing.T) {
	most := func(rows int) uint64 {
		b := newBank(t)
		var all []string
		for i := range rows {
			all = append(all, fmt.Sprintf("0811%02d 2 %d ﾍﾟｲﾍﾟｲ", 1+i%28, 1+i/7))
		}
		b.put("1.txt", nightly(testNumber, "081101", "081128", 900_000_000, all...))
		there := &receiver{secret: testSecret}
		var peak uint64
		code := run(t.Context(), io.Discard, io.Discard, func(string) string { return "" }, b.args(), func(a *agent) {
			a.wrote = func(what string) {
				if what != "posted" {
					return
				}
				there.bodies, there.ids = nil, nil
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
			a.transport = there
		})
		if code != 0 || there.events != rows || peak == 0 {
			t.Fatalf("%d, %d events", code, there.events)
		}
		return peak
	}
	small, large := most(2000), most(20_000)
	if large > small+2<<20 {
		t.Errorf("%d bytes with a file ten times as large, and %d", large, small)
	}
}
