// Package version says which build of Kozamori a program is, from what the Go
// command recorded in it. It never asks git or the network: the answer is in
// the program itself.
package version

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"
)

// String is the version of this program in one line, such as
//
//	v1.2.0, commit 33df439abcde of 2026-11-28T18:51:00Z, go1.26.8
//
// "changed" after the commit says that files differed from it. A program of
// "go run", which records no commit unless -buildvcs=true, says so.
func String() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "no version recorded"
	}
	return describe(info)
}

// Short is the version in one word: a tag, else a commit, else "devel".
func Short() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	word, _, _ := strings.Cut(strings.TrimPrefix(describe(info), "commit "), " ")
	if word = strings.TrimSuffix(word, ","); word == "no" {
		return "devel"
	}
	return word
}

// Printed writes the version to w and returns true if args, which are a
// program's arguments without its name, ask for nothing else.
func Printed(args []string, w io.Writer) bool {
	if len(args) != 1 || args[0] != "-version" && args[0] != "--version" {
		return false
	}
	_, _ = fmt.Fprintln(w, String())
	return true
}

func describe(info *debug.BuildInfo) string {
	var commit, at string
	var changed bool
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case "vcs.time":
			at = s.Value
		case "vcs.modified":
			changed = s.Value == "true"
		}
	}
	var parts []string
	// A version that Go made up of the commit (v0.0.0-time-commit) says nothing new.
	if v := info.Main.Version; v != "" && v != "(devel)" && (commit == "" || !strings.Contains(v, commit)) {
		parts = append(parts, strings.TrimSuffix(v, "+dirty"))
	}
	if commit == "" {
		parts = append(parts, "no commit recorded")
	} else {
		of := "commit " + commit
		if at != "" {
			of += " of " + at
		}
		if changed {
			of += ", changed"
		}
		parts = append(parts, of)
	}
	return strings.Join(append(parts, info.GoVersion), ", ")
}
