package samlocal_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"kozamori/internal/bankapi"
	"kozamori/internal/testkit/emulator"
	// The programs are made of it: a change there makes these tests run again,
	// which the go command could not know from the programs alone.
	"kozamori/infra/samlocal"
	_ "kozamori/internal/lambda"
	"kozamori/internal/sim"
	"kozamori/internal/store"
	"kozamori/internal/store/dynamo"
	"kozamori/internal/watch"
)

// patience is how long something may take to arrive.
const patience = 20 * time.Second

// root is the repository's: tests run in their package's folder.
func root() string {
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		panic(err)
	}
	return dir
}

// translated is template.yaml as CloudFormation reads it.
var translated = sync.OnceValues(func() ([]byte, error) {
	// Python reads the files; that we did too tells the cache of test results.
	for _, pattern := range []string{"template.yaml", "infra/*.yaml", "functions/*/main.go"} {
		names, err := filepath.Glob(filepath.Join(root(), pattern))
		if err != nil || len(names) == 0 {
			return nil, fmt.Errorf("no %s: %w", pattern, err)
		}
		for _, name := range names {
			if _, err := os.ReadFile(name); err != nil {
				return nil, err
			}
		}
	}
	return samlocal.Translate(context.Background(), os.Getenv("KOZAMORI_SAM_PYTHON"), filepath.Join(root(), "template.yaml"))
})

// programs is the folder of the functions' programs, built once as the
// template's BuildMethod does, but for this machine.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "kozamori-functions-")
	if err != nil {
		return "", err
	}
	built = dir
	return dir, build(dir, runtime.GOARCH)
})

// built is the folder once it is there.
var built string

func build(dir, arch string) error {
	cmd := exec.Command("go", "build", "-o", dir+"/", "-trimpath", "-buildvcs=auto", "-tags=lambda.norpc,nethttpomithttp2", "-ldflags=-s -w -buildid=", "./functions/...")
	cmd.Dir, cmd.Env = root(), append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("the functions cannot be built: %w\n%s", err, out)
	}
	return nil
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(code)
}

// emulators returns a stack's surroundings, or skips.
func emulators(t testing.TB) (dynamo, moto string) {
	t.Helper()
	if os.Getenv("KOZAMORI_SAM_PYTHON") == "" {
		missing := "no SAM translator here: set KOZAMORI_SAM_PYTHON to a python that has aws-sam-translator (.ci/emulators installs one)"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	return emulator.DynamoDB(t), emulator.Moto(t)
}

// town is a stack with LINE, a bank and a mailbox outside.
type town struct {
	*samlocal.Stack
	line    *sim.LINE
	bank    *sim.Bank
	mail    *sim.Mailbox
	store   *store.Store
	lineURL string
	wait    time.Duration // for something to arrive
	done    func()
}

// change makes a template another one.
type change func(*samlocal.Template)

// parsed is a template of one's own to change.
func parsed() (*samlocal.Template, error) {
	doc, err := translated()
	if err != nil {
		return nil, err
	}
	return samlocal.Parse(doc)
}

// deployment is what an operator answers and puts into Parameter Store.
type deployment struct {
	parameters map[string]string
	secrets    map[string]string // below the stack's prefix
	line       *sim.LINE
	front      func(http.Handler) http.Handler // of LINE; may be nil
}

// catalogKey is a key that signs catalogues.
func catalogKey() string {
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err) // the system gives no random bytes
	}
	return base64.StdEncoding.EncodeToString(public)
}

// usual is a deployment with everything that there is.
func usual() deployment {
	return deployment{
		parameters: map[string]string{"LineBasicId": "@kozamori", "MailFrom": "口座守 <alert@kozamori.example>", "MailIdentity": "kozamori.example", "EscalateAfter": "1s", "CatalogKeys": catalogKey(), "AlarmEmail": "operator@kozamori.example"},
		secrets:    map[string]string{"line/channel-secret": "channel-secret", "line/token": "channel-token"},
		line:       &sim.LINE{Token: "channel-token", Secret: "channel-secret", Now: time.Now},
	}
}

// newTown stands the template up in the usual way, with changes.
func newTown(ctx context.Context, name, dynamoDB, moto string, changes ...change) (*town, error) {
	return usual().stand(ctx, name, dynamoDB, moto, changes...)
}

// stand stands the template up as an operator would, and a bank with it.
func (d deployment) stand(ctx context.Context, name, dynamoDB, moto string, changes ...change) (*town, error) {
	template, err := parsed()
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		c(template)
	}
	dir, err := programs()
	if err != nil {
		return nil, err
	}
	w := &town{wait: patience, mail: &sim.Mailbox{Now: time.Now}, line: d.line,
		bank: &sim.Bank{Code: "0125", Secrets: []string{"whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("b", 32)))}, Now: time.Now}}
	var platform http.Handler = w.line
	if d.front != nil {
		platform = d.front(platform)
	}
	lineSrv, bankSrv := httptest.NewServer(platform), httptest.NewServer(w.bank)
	// The API's own address leads nowhere here.
	api := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		here, _ := url.Parse(w.URL())
		r.SetURL(here)
	}})
	w.lineURL = lineSrv.URL
	prefix := "/kozamori/" + name + "/"
	secrets := map[string]string{prefix + "link-keys": "a:" + base64.StdEncoding.EncodeToString(make([]byte, 32)), prefix + "banks/0125/webhook": w.bank.Secrets[0], prefix + "sign-in/0125": clientSecret}
	for k, v := range d.secrets {
		secrets[prefix+k] = v
	}
	w.Stack, err = samlocal.Start(ctx, samlocal.Config{Template: template, Name: name, Programs: dir, DynamoDB: dynamoDB, Moto: moto, Mail: w.mail,
		Parameters: d.parameters, Secrets: secrets, Outside: []string{"KOZAMORI_LINE_API=" + lineSrv.URL, "KOZAMORI_CALLBACKS_INSIDE=true", "KOZAMORI_READER=" + api.URL}})
	w.done = func() { w.Close(); lineSrv.Close(); bankSrv.Close(); api.Close() }
	if err != nil {
		return w, err
	}
	w.line.Webhook, w.bank.API = w.URL()+"/line/webhook", w.URL()
	table, err := w.Ref("Table")
	if err != nil {
		return w, err
	}
	config, err := emulator.Config()
	if err != nil {
		return w, err
	}
	w.store = store.New(dynamo.New(dynamo.Config{AWS: config, Endpoint: dynamoDB, Table: table}))
	var key *store.APIKey
	w.bank.APIKey, key = bankapi.NewAPIKey("0125", "test", nil, time.Now(), time.Time{})
	return w, w.store.AddAPIKey(ctx, key, store.PutBank(&store.Bank{Code: "0125", Name: "七十七銀行", Callback: bankSrv.URL + "/sim/bank/callback"}))
}

// until waits for something to be so, unless something goes wrong first.
func (w *town) until(what string, so func() bool) error {
	for end := time.Now().Add(w.wait); !so(); time.Sleep(10 * time.Millisecond) {
		if err := errors.Join(w.Problems()...); err != nil {
			return fmt.Errorf("waiting until %s: %w", what, err)
		}
		if time.Now().After(end) {
			return fmt.Errorf("after %v not yet: %s", w.wait, what)
		}
	}
	return nil
}

// person adds somebody with a phone who has our account as a friend.
func (w *town) person(name string) (string, error) {
	id := w.line.AddUser(sim.User{Name: name, Lang: "ja"})
	if err := w.line.Follow(id); err != nil {
		return id, err
	}
	return id, w.shows(id, "友だち追加")
}

// newest is the newest message on a phone.
func (w *town) newest(user string) string {
	chat := w.line.Chat(user)
	for i := len(chat) - 1; i >= 0; i-- {
		if chat[i].From == sim.FromBot {
			return strings.ReplaceAll(string(chat[i].Message), `\u0026`, "&")
		}
	}
	return ""
}

// shows waits until the newest message on a phone holds every part.
func (w *town) shows(user string, parts ...string) error {
	got := ""
	err := w.until(fmt.Sprintf("a phone shows %q", parts), func() bool {
		got = w.newest(user)
		for _, p := range parts {
			if !strings.Contains(got, p) {
				return false
			}
		}
		return true
	})
	if err != nil {
		err = fmt.Errorf("%w\nit shows %s", err, got)
	}
	return err
}

// press presses the button of the newest message whose data begins so.
func (w *town) press(user, action string) error {
	_, after, ok := strings.Cut(w.newest(user), `"data":"a=`+action)
	if !ok {
		return fmt.Errorf("no button %q on the phone", action)
	}
	data, _, _ := strings.Cut(after, `"`)
	return w.line.Tap(user, "a="+action+data, "")
}

// alerts counts the alerts of a transaction's amount on a phone.
func (w *town) alerts(user, amount string) int {
	n := 0
	for _, it := range w.line.Chat(user) {
		if it.From == sim.FromBot && strings.Contains(string(it.Message), amount) && strings.Contains(string(it.Message), "a=notmine") {
			n++
		}
	}
	return n
}

// rings waits until a phone tells of an amount. What follows another alert of
// the same story is told a little later, with what else happens until then.
func (w *town) rings(user, amount string) error {
	patient := *w
	patient.wait += watch.GatherFor
	return patient.until("a phone tells of "+amount, func() bool { return w.alerts(user, amount) == 1 })
}

// ask calls the bank API with the bank's key.
func (w *town) ask(ctx context.Context, method, path, body string, want int) (map[string]any, error) {
	req, err := http.NewRequestWithContext(ctx, method, w.URL()+"/v1/banks/0125"+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+w.bank.APIKey)
	req.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(path, "/files?") {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	out := map[string]any{}
	_ = json.NewDecoder(res.Body).Decode(&out)
	if res.StatusCode != want {
		return out, fmt.Errorf("%s %s answers %d %v; %w", method, path, res.StatusCode, out, errors.Join(w.Problems()...))
	}
	return out, nil
}

// binds lets somebody bind an account by a code of the bank's.
func (w *town) binds(ctx context.Context, user, account, mail string) error {
	issued, err := w.ask(ctx, http.MethodPost, "/codes", fmt.Sprintf(`{"account_ref":%q,"account_mask":"普通 ***4567","email":%q}`, account, mail), http.StatusCreated)
	if err != nil {
		return err
	}
	if err := w.line.Say(user, text(issued["code"])); err != nil {
		return err
	}
	return w.shows(user, "口座の見守りを始めました")
}

func text(v any) string { return fmt.Sprint(v) }

// debit posts a debit of so many yen.
func (w *town) debit(ctx context.Context, txn, account string, yen int) error {
	return w.post(ctx, fmt.Sprintf(`{"id":"e_%s","type":"debit","transaction_id":%q,"account_ref":%q,"occurred_at":%q,"amount":%d,"currency":"JPY","descriptor":"ﾄﾞｺﾓｺｳｻﾞ"}`,
		txn, txn, account, time.Now().Format(time.RFC3339Nano), yen))
}

func (w *town) post(ctx context.Context, body string) error {
	a, err := w.bank.Post(ctx, []byte(body))
	if err == nil && a.Status != http.StatusAccepted {
		err = fmt.Errorf("events are answered with %d %s; %w", a.Status, a.Body, errors.Join(w.Problems()...))
	}
	return err
}
