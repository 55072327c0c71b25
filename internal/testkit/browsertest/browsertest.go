// Package browsertest opens our pages in headless Chromium for tests, as a
// phone shows them: narrow, with large type, with scripts switched off. It
// owns the browser and what can be measured of a page; what a page should say
// is the tests'.
package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// View is how a page is looked at. The zero value is a phone of 390 px.
type View struct {
	Width int64 // CSS pixels; 390 if zero
	// Large doubles the size of text, as a person's own setting does.
	Large   bool
	Dark    bool
	Scripts bool // switched on
}

// height of the viewport in CSS pixels.
const height = 844

// executable finds Chromium or Chrome. Its shell without a window is the same
// engine, and takes half the processor time: most of the rest goes into bars
// and buttons that are not seen here.
func executable() string {
	for _, name := range []string{os.Getenv("KOZAMORI_CHROMIUM"), "chromium-headless-shell", "headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	return ""
}

// shared is the browser of all tests of a package: starting one costs more
// than most tests do.
var shared struct {
	sync.Mutex
	ctx   context.Context // the browser; nil before the first test opens it
	close func()
}

// Main runs a package's tests and then closes the browser that they shared.
func Main(m *testing.M) {
	flag.Parse()
	// Most of what runs side by side waits for the browser, not for a processor.
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		_ = flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
	}
	code := m.Run()
	if shared.close != nil {
		shared.close()
	}
	os.Exit(code)
}

// Open opens a window with cookies and storage of its own, and closes it with
// the test. It skips the test when there is no browser, and fails it in CI.
// The package's TestMain must be Main.
func Open(t *testing.T) context.Context {
	t.Helper()
	path := executable()
	switch {
	case path == "" && os.Getenv("CI") != "":
		t.Fatal("no Chromium: apt-get install chromium fonts-noto-cjk, or set KOZAMORI_CHROMIUM")
	case path == "":
		t.Skip("left out: no Chromium is installed (apt-get install chromium fonts-noto-cjk, or set KOZAMORI_CHROMIUM)")
	}
	ctx, stop := chromedp.NewContext(start(t, path), chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("the browser opens no window: %v", err)
	}
	return ctx
}

func start(t *testing.T, path string) context.Context {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.ctx != nil {
		return shared.ctx
	}
	dir, err := os.MkdirTemp("", "kozamori-browser-")
	if err != nil {
		t.Fatal(err)
	}
	on := func(name string) chromedp.ExecAllocatorOption { return chromedp.Flag(name, true) }
	// Pages of ours alone are opened: no process for each site, none kept ready
	// for the next, no page kept for going back, no thread of its own that puts
	// them together, and no script that runs for long enough to be worth compiling
	// well. It saves half of the processor time.
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,BackForwardCache,SpareRendererForSitePerProcess,IsolateOrigins,site-per-process,PaintHolding,RenderDocument"),
		on("disable-site-isolation-trials"), on("in-process-gpu"), on("no-zygote"),
		chromedp.Flag("js-flags", "--no-opt,--no-maglev"),
		chromedp.Flag("accept-lang", "en-US"), on("disable-quic"), on("disable-component-update"), on("hide-scrollbars"), chromedp.UserDataDir(dir))
	if os.Getenv("KOZAMORI_SHOTS") == "" { // for pictures it has to draw
		options = append(options, on("disable-threaded-compositing"), on("disable-software-rasterizer"))
	}
	all, stopAll := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(all)
	if err := chromedp.Do(ctx); err != nil {
		stop()
		stopAll()
		_ = os.RemoveAll(dir)
		t.Fatalf("the browser does not start: %v", err)
	}
	shared.ctx = ctx
	shared.close = func() { stop(); stopAll(); _ = os.RemoveAll(dir) }
	return ctx
}

// Do runs steps in the browser.
func Do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// Go runs steps of which the last opens another page, and waits for it.
func Go(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	if _, err := chromedp.RunResponse(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// looks is how each window shows pages now, by its target.
var looks sync.Map

// Look makes the browser show pages in a certain way from now on. What stays as
// it is is not said again: the browser would lay out and draw the page each
// time.
func Look(t *testing.T, ctx context.Context, v View) {
	t.Helper()
	if v.Width == 0 {
		v.Width = 390
	}
	window := chromedp.FromContext(ctx).Target
	before, looked := looks.Swap(window, v)
	was, _ := before.(View)
	var steps []chromedp.Action[chromedp.Void]
	if !looked || was.Width != v.Width {
		steps = append(steps, send(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: v.Width, Height: height, DeviceScaleFactor: 1}))
	}
	if !looked || was.Large != v.Large {
		steps = append(steps, send(page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: v.size(), Fixed: v.size()}}))
	}
	if !looked || was.Scripts != v.Scripts {
		steps = append(steps, send(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !v.Scripts}))
	}
	if !looked || was.Dark != v.Dark {
		steps = append(steps, send(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: v.scheme()}}}))
	}
	Do(t, ctx, steps...)
}

// send is a command of the browser's as a step.
func send[P, R any](cmd cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cmd, params)
		return err
	})
}

// size of type in CSS pixels.
func (v View) size() int64 {
	if v.Large {
		return 32
	}
	return 16
}

func (v View) scheme() string {
	if v.Dark {
		return "dark"
	}
	return "light"
}

// Sideways is how many pixels of the page stick out to the right. What
// a person typed may scroll within its field. It fails if the page is not shown
// as Look said: an em of a media query is the person's own size of type.
func Sideways(t *testing.T, ctx context.Context) int {
	t.Helper()
	is, _ := looks.Load(chromedp.FromContext(ctx).Target)
	v := is.(View)
	media := fmt.Sprintf("(width: %gem) and (prefers-color-scheme: %s)", float64(v.Width)/float64(v.size()), v.scheme())
	out, err := chromedp.Run(ctx, chromedp.Evaluate[int](`(() => {
		if (!matchMedia('`+media+`').matches) throw new Error('the page is not shown with `+media+`');
		const wide = document.documentElement.clientWidth;
		let most = document.documentElement.scrollWidth - wide;
		for (const e of document.body.querySelectorAll('*'))
			most = Math.max(most, Math.ceil(e.getBoundingClientRect().right - wide - 0.5),
				!e.matches('input,select') && e.scrollWidth - e.clientWidth > 1 && e.clientWidth > 0 && getComputedStyle(e).display !== 'inline' ? e.scrollWidth - e.clientWidth : 0);
		return most;
	})()`))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Shot keeps a picture of the whole page in the folder that KOZAMORI_SHOTS
// names, for people to look at; without it, it does nothing.
func Shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("KOZAMORI_SHOTS")
	if dir == "" {
		return
	}
	size, err := chromedp.Run(ctx, chromedp.Evaluate[[]int64](`[document.documentElement.clientWidth, document.documentElement.scrollHeight]`))
	if err != nil {
		t.Fatal(err)
	}
	// Capturing beyond the viewport would draw with the usual size of type.
	Do(t, ctx, chromedp.EmulateViewport(size[0], max(size[1], height)))
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	Do(t, ctx, chromedp.EmulateViewport(size[0], height))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Paper prints the page as its style asks for it, and tells on how many sheets
// and how wide and high the first is, in points. KOZAMORI_SHOTS keeps the PDF.
func Paper(t *testing.T, ctx context.Context, name string) (sheets int, width, height float64) {
	t.Helper()
	var pdf []byte
	Do(t, ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		out, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true)})
		pdf = out.Data
		return err
	}))
	if dir := os.Getenv("KOZAMORI_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".pdf"), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	box := regexp.MustCompile(`/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)`).FindSubmatch(pdf)
	if box == nil {
		t.Fatal("the browser printed no sheet")
	}
	for i, to := range []*float64{&width, &height} {
		var err error
		if *to, err = strconv.ParseFloat(string(box[i+1]), 64); err != nil {
			t.Fatal(err)
		}
	}
	return len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1)), width, height
}

// Download runs a step that makes the browser save a file, and reads it. The
// browser begins as if it opened a page, and calls that off: this waits for
// both, or the page that a test opens next would be the one called off.
func Download(t *testing.T, ctx context.Context, step chromedp.Action[chromedp.Void]) string {
	t.Helper()
	dir := t.TempDir()
	Do(t, ctx, send(browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow,
		BrowserContextID: chromedp.FromContext(ctx).BrowserContextID, DownloadPath: dir}))
	opening, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	var off *chromedp.LoadError
	if _, err := chromedp.RunResponse(opening, step); !errors.As(err, &off) || off.ErrorText != "net::ERR_ABORTED" {
		t.Fatalf("the browser opened the file as a page, or not at all: %v", err)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if b, err := os.ReadFile(f); err == nil && len(b) > 0 {
				return string(b)
			}
		}
	}
	t.Fatal("the browser saved no file within a minute")
	return ""
}

// Axe fails the test for each accessibility problem that axe-core finds by
// WCAG 2.2 AA, not within its frames, of which one without scripts would be waited for
// in vain. KOZAMORI_AXE names its file, axe.min.js; without it the test is
// skipped, and fails in CI. The page must be open with scripts allowed. Rules may be left
// out by name.
func Axe(t *testing.T, ctx context.Context, where string, but ...string) {
	t.Helper()
	file := os.Getenv("KOZAMORI_AXE")
	switch {
	case file == "" && os.Getenv("CI") != "":
		t.Fatal("KOZAMORI_AXE does not name axe.min.js (npm, axe-core)")
	case file == "":
		t.Skip("left out: KOZAMORI_AXE does not name axe.min.js (npm, axe-core)")
	}
	there, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("window.axe !== undefined"))
	if err != nil {
		t.Fatal(err)
	}
	if !there { // the window's next pages have it by themselves: it is half a megabyte
		script, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		Do(t, ctx, send(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: string(script)}))
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](string(script)+";true")); err != nil {
			t.Fatal(err)
		}
	}
	off := map[string]map[string]bool{}
	for _, rule := range but {
		off[rule] = map[string]bool{"enabled": false}
	}
	rules, err := json.Marshal(off)
	if err != nil {
		t.Fatal(err)
	}
	problems, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`axe.run({iframes: false, rules: `+string(rules)+`, resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r =>
			r.violations.map(v => v.id + ': ' + v.help + ' at ' + v.nodes.map(n => n.target.join(' ') + ' ' + n.html.slice(0, 120)).join('; ')))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", where, p)
	}
}

// Speak makes the browser ask for pages in a language.
func Speak(t *testing.T, ctx context.Context, lang string) {
	t.Helper()
	Do(t, ctx, send(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": lang}}))
}

// Flaws are what a page of ours may never be, whatever it says: more than 30
// KB, with scripts, without one heading, a language and a name, or with
// something to tap that is lower than 44 CSS pixels.
func Flaws(t *testing.T, ctx context.Context) []string {
	t.Helper()
	flaws, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`(() => {
		const out = [], all = (s) => [...document.querySelectorAll(s)], size = performance.getEntriesByType('navigation')[0].decodedBodySize;
		if (size > 30 * 1024) out.push('it has ' + size + ' bytes');
		if (all('script,iframe,object,embed,link,img').length > 0) out.push('it loads something');
		for (const e of all('*')) for (const a of e.attributes) if (a.name.startsWith('on') || /^\s*javascript:/i.test(a.value)) out.push('a script in ' + a.name);
		if (all('h1').length !== 1) out.push(all('h1').length + ' first headings');
		if (!document.title || !document.documentElement.lang) out.push('no title or language');
		for (const e of all('button,a,summary,label.check,input:not([type=hidden],[type=checkbox]),select,textarea')) {
			const r = e.getBoundingClientRect();
			if (r.height > 0 && r.height < 44) out.push(e.outerHTML.slice(0, 80) + ' is ' + r.height + ' px high');
		}
		return out;
	})()`))
	if err != nil {
		t.Fatal(err)
	}
	return flaws
}
