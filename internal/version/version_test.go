package version

import (
	"bytes"
	"runtime/debug"
	"strings"
	"testing"
)

func TestAVersionSaysWhatTheBuildRecorded(t *testing.T) {
	const commit = "33df439abcde0123456789abcdef0123456789ab"
	for name, c := range map[string]struct {
		version string
		vcs     map[string]string
		want    string
	}{
		"a release": {"v1.2.0", map[string]string{"vcs.revision": commit, "vcs.time": "2026-11-28T18:51:00Z", "vcs.modified": "false"},
			"v1.2.0, commit 33df439abcde of 2026-11-28T18:51:00Z, go1.26.8"},
		"a commit between releases": {"v0.0.0-20261128185100-33df439abcde", map[string]string{"vcs.revision": commit, "vcs.time": "2026-11-28T18:51:00Z", "vcs.modified": "false"},
			"commit 33df439abcde of 2026-11-28T18:51:00Z, go1.26.8"},
		"a commit with changes": {"v0.0.0-20261128185100-33df439abcde+dirty", map[string]string{"vcs.revision": commit, "vcs.time": "2026-11-28T18:51:00Z", "vcs.modified": "true"},
			"commit 33df439abcde of 2026-11-28T18:51:00Z, changed, go1.26.8"},
		"a release with changes": {"v1.2.0+dirty", map[string]string{"vcs.revision": commit, "vcs.modified": "true"},
			"v1.2.0, commit 33df439abcde, changed, go1.26.8"},
		"go run":                   {"(devel)", nil, "no commit recorded, go1.26.8"},
		"a test":                   {"", nil, "no commit recorded, go1.26.8"},
		"go install of a version":  {"v1.2.0", nil, "v1.2.0, no commit recorded, go1.26.8"},
		"a short name of a commit": {"(devel)", map[string]string{"vcs.revision": "7"}, "commit 7, go1.26.8"},
	} {
		t.Run(name, func(t *testing.T) {
			info := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: c.version}}
			for k, v := range c.vcs {
				info.Settings = append(info.Settings, debug.BuildSetting{Key: k, Value: v})
			}
			if got := describe(info); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAProgramTellsItsVersionIfThatIsAllThatIsAsked(t *testing.T) {
	for _, args := range [][]string{{"-version"}, {"--version"}} {
		var out bytes.Buffer
		if !Printed(args, &out) || strings.Count(out.String(), "\n") != 1 || !strings.Contains(out.String(), "go1.") {
			t.Errorf("%v: %q", args, out.String())
		}
	}
	for _, args := range [][]string{nil, {"-v"}, {"send", "-version"}, {"-version", "send"}} {
		var out bytes.Buffer
		if Printed(args, &out) || out.Len() != 0 {
			t.Errorf("%v: %q", args, out.String())
		}
	}
}
