// Command pictures writes one page without scripts that shows every kind of
// message as LINE draws it, in both languages and in the ordinary and the largest
// size of type, and the menus under the chat.
package main

import (
	"flag"
	"fmt"
	"os"

	"kozamori/infra/pictures/gallery"
	"kozamori/internal/version"
)

func main() {
	if version.Printed(os.Args[1:], os.Stdout) {
		return
	}
	out := flag.String("o", "pictures.html", "the page to write")
	flag.Parse()
	if err := gallery.WriteFile(*out); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
	fmt.Println("written:", *out)
}
