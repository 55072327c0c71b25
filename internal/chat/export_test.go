package chat

import (
	"maps"
	"slices"

	"kozamori/internal/wording"
)

// Presses are the buttons that the chat knows.
func Presses() []string {
	var out []string
	for _, v := range slices.Sorted(maps.Keys(presses())) {
		out = append(out, string(v))
	}
	return out
}

// Commands are what people can ask for by a word.
func Commands() []wording.Command {
	var out []wording.Command
	for _, c := range commands() {
		out = append(out, c.name)
	}
	return out
}
