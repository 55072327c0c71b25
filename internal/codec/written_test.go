package codec_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kozamori/internal/codec"
	"kozamori/internal/testkit/codectest"
)

// write names the release that -write makes files of: the day, 2026-11-28.
var write = flag.String("write", "", "keep in testdata/written what this program writes, as what was written at this `day`")

// written holds a folder for each release, and in it a body of each kind in
// which every member is set. The files are never changed: they stand for what
// lies in tables and queues.
const written = "testdata/written"

// TestWhatEachReleaseWroteIsReadAndGivenBack also fails when a member gets
// another name: the old one is kept, but it is no longer understood.
func TestWhatEachReleaseWroteIsReadAndGivenBack(t *testing.T) {
	if *write != "" {
		keep(t, filepath.Join(written, *write))
	}
	files, err := filepath.Glob(written + "/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimPrefix(file, written+"/"), func(t *testing.T) {
			name := strings.TrimSuffix(filepath.Base(file), ".json")
			i := slices.IndexFunc(codec.Kinds(), func(k codec.Kind) bool { return k.Name == name })
			if i < 0 {
				t.Fatal("a kind that was written is not known any more")
			}
			kept[name] = true
			was, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			v, is := again(t, codec.Kinds()[i], was)
			for _, l := range codectest.NotUnderstood(v) {
				t.Error("not understood any more: ", l)
			}
			for _, l := range codectest.Lost(codectest.Parse(t, was), codectest.Parse(t, is)) {
				t.Error(l)
			}
		})
	}
	for _, k := range codec.Kinds() {
		if !kept[k.Name] {
			t.Errorf("nothing written of %q is kept: go test ./internal/codec -write DAY", k.Name)
		}
	}
}

// keep writes the files of a release that are not there yet.
func keep(t *testing.T, folder string) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, k := range codec.Kinds() {
		if asTheyStand[k.Name] != "" {
			continue
		}
		file := filepath.Join(folder, k.Name+".json")
		if _, err := os.Stat(file); err == nil {
			continue
		}
		if err := os.WriteFile(file, codectest.Indent(t, full(t, k)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
