package engine

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// What is written with filters and longer indexes is read by the release before, which
// knows of neither, and what that wrote is read by this one.
func TestTablesAreReadWithAndWithoutFilters(t *testing.T) {
	dir := t.TempDir()
	db := &DB{fs: vfs.Default, dir: dir}
	with := db.options()
	with.FS = vfs.Default
	without := &pebble.Options{FormatMajorVersion: pebbleFormat, Logger: quiet{}}
	for name, o := range map[string][2]*pebble.Options{"a rollback": {with, without}, "an update": {without, with}} {
		path := filepath.Join(dir, name)
		for i, how := range o {
			p, err := pebble.Open(path, how.Clone())
			must(t, err)
			if i == 0 {
				for k := range 5000 {
					must(t, p.Set([]byte(fmt.Sprintf("k%05d", k)), []byte(fmt.Sprint(k)), pebble.NoSync))
				}
				must(t, p.Flush())
			} else {
				for k := range 5000 {
					v, err := reader{p}.Get([]byte(fmt.Sprintf("k%05d", k)))
					if err != nil || string(v) != fmt.Sprint(k) {
						t.Fatalf("%s: %d is %q (%v)", name, k, v, err)
					}
				}
				if v, err := (reader{p}).Get([]byte("k00001x")); v != nil || err != nil {
					t.Errorf("%s: what is not there is %q (%v)", name, v, err)
				}
			}
			must(t, p.Close())
		}
	}
}
