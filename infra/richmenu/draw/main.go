// Command draw makes the pictures of the menu under the LINE chat from the
// words of internal/wording: run it in infra/richmenu after changing them.
// It needs Chromium and a Japanese font (Debian: chromium, fonts-noto-cjk).
package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"kozamori/infra/richmenu"
	"kozamori/internal/version"
	"kozamori/internal/wording"
)

//go:embed menu.html
var page string

func main() {
	if version.Printed(os.Args[1:], os.Stdout) {
		return
	}
	for _, k := range richmenu.Kinds() {
		name := k.File()
		if err := picture(k, name); err != nil {
			fmt.Fprintf(os.Stderr, "draw: %s: %v\n", name, err)
			os.Exit(1)
		}
		fmt.Println("drawn:", name)
	}
}

func picture(k richmenu.Kind, name string) error {
	dir, err := os.MkdirTemp("", "richmenu")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var html bytes.Buffer
	t, err := template.New("menu").Parse(page)
	if err != nil {
		return err
	}
	if err := t.Execute(&html, struct {
		Height, Rows int
		Items        []wording.MenuItem
	}{k.Height(), k.Height() / richmenu.Row, wording.Menu(k.Lang, k.Connected)}); err != nil {
		return err
	}
	in, shot := filepath.Join(dir, "menu.html"), filepath.Join(dir, "shot.png")
	if err := os.WriteFile(in, html.Bytes(), 0o600); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
		"--user-data-dir="+filepath.Join(dir, "profile"), fmt.Sprintf("--window-size=%d,%d", richmenu.Width, k.Height()),
		"--screenshot="+shot, "file://"+in)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("chromium: %w: %s", err, out)
	}
	return shrink(shot, name)
}

// shrink writes the screenshot with a palette of greys and the few colours of
// the page: a fifth of the size, and well below LINE's 1 MB.
func shrink(from, to string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	shot, err := png.Decode(f)
	if err != nil {
		return err
	}
	var palette color.Palette
	blend := func(a, b color.RGBA) {
		for i := range 24 {
			mix := func(x, y uint8) uint8 { return uint8((int(x)*(23-i) + int(y)*i) / 23) }
			palette = append(palette, color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255})
		}
	}
	white := color.RGBA{255, 255, 255, 255}
	for _, ink := range []color.RGBA{{0x14, 0x23, 0x1b, 255}, {0x46, 0x55, 0x4c, 255}, {0x1b, 0x6e, 0x3c, 255}, {0x55, 0x55, 0x55, 255}, {0xb3, 0x26, 0x1e, 255}, {0xc9, 0xd6, 0xce, 255}} {
		blend(white, ink)
	}
	out := image.NewPaletted(shot.Bounds(), palette)
	draw.Draw(out, out.Bounds(), shot, image.Point{}, draw.Src)
	w, err := os.Create(to)
	if err != nil {
		return err
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(w, out); err != nil {
		return err
	}
	return w.Close()
}
