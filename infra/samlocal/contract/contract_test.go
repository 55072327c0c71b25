// Package contract_test holds openapi.yaml against programs of others: clients that
// generators write of it, and Schemathesis, which attacks the running local stack by it.
package contract_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"kozamori/infra/folder"
	"kozamori/internal/sim"
	"kozamori/internal/testkit/localtest"
)

const (
	description = "../../openapi.yaml"
	bank        = "0125"
)

var (
	seed  = flag.Int("schemathesis-seed", 1, "where Schemathesis begins to draw")
	cases = flag.Int("schemathesis-cases", 20, "how many cases it draws for each operation and phase, apart from those that cover it")
)

// installed is a program that .ci/contract installs; a test without it says so.
func installed(t *testing.T, variable string) string {
	t.Helper()
	at := os.Getenv(variable)
	switch {
	case at != "":
	case os.Getenv("CI") != "":
		t.Fatalf("%s is not set; .ci/contract prints it", variable)
	default:
		t.Skipf("%s is not set; .ci/contract prints it", variable)
	}
	return at
}

// copied puts a file of the test's where a program wants it.
func copied(t *testing.T, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// caller is the local stack, and what a bank's program needs to call it.
type caller struct {
	*localtest.Stack
	*folder.Running
	secret, key string
}

func running(t *testing.T) *caller {
	t.Helper()
	s := localtest.New(t, "../../local")
	c := &caller{Stack: s, Running: s.Start()}
	s.Eventually("the bank is set up", func() bool {
		secrets, err := folder.ReadSecrets(s.Data)
		if err != nil {
			return false
		}
		c.secret, c.key = secrets.Banks[bank].Webhook, secrets.Banks[bank].APIKey
		return c.key != ""
	})
	return c
}

// env is what the programs find in their environment.
func (c *caller) env() []string {
	return append(os.Environ(), "KOZAMORI_URL="+c.URL, "KOZAMORI_BANK="+bank, "KOZAMORI_BANK_SECRET="+c.secret, "KOZAMORI_BANK_KEY="+c.key)
}

// ask calls the bank's API.
func (c *caller) ask(method, path string, v any) {
	c.T.Helper()
	r, err := http.NewRequest(method, c.URL+"/v1/banks/"+bank+path, nil)
	if err != nil {
		c.T.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.T.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(v); err != nil {
		c.T.Fatalf("%s: %d %v", path, res.StatusCode, err)
	}
}

// disputed has a person report a debit.
func (c *caller) disputed() {
	c.T.Helper()
	res, err := http.Post(c.Page+"/sim/send/0125-overdrawn.json", "", nil)
	if err != nil {
		c.T.Fatal(err)
	}
	_ = res.Body.Close()
	c.Press(c.Page)
	c.Eventually("the bank hears the dispute", func() bool {
		var list struct{ Disputes []json.RawMessage }
		c.ask("GET", "/disputes", &list)
		return len(list.Disputes) == 1
	})
}

// Schemathesis tries what the description promises: what is as described is taken,
// what is not is refused, replies are as described, doors are shut without a key, what
// was deleted is gone, and so on; alone, and one call after another.
func TestSchemathesisFindsNothing(t *testing.T) {
	t.Parallel()
	program := installed(t, "KOZAMORI_SCHEMATHESIS")
	c := running(t)
	c.disputed()
	refuse := &sim.Bank{Code: bank, Secrets: []string{c.secret}, API: c.URL, Now: time.Now}
	if a, err := refuse.Post(t.Context(), []byte(`{"events":[{"id":"bad"}]}`)); err != nil || a.Status != http.StatusUnprocessableEntity {
		t.Fatal(a, err)
	}
	var keys struct {
		Keys []struct {
			ID string `json:"key_id"`
		}
	}
	c.ask("GET", "/keys", &keys)
	cmd := exec.Command(program, "--config-file", "schemathesis.toml", "run", spec(t), "--url", c.URL, "--checks", "all", "--no-color",
		"--seed", strconv.Itoa(*seed), "--max-examples", strconv.Itoa(*cases))
	cmd.Env = append(c.env(), "KOZAMORI_BANK_KEY_ID="+keys.Keys[0].ID)
	cmd.Dir = t.TempDir() // where it looks for its hooks, and leaves a cache
	for _, name := range []string{"schemathesis.toml", "signed.py"} {
		copied(t, filepath.Join("testdata", name), filepath.Join(cmd.Dir, name))
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// That it found nothing counts only if it tried each operation, in each phase.
	tested := regexp.MustCompile(`Selected: (\d+)/(\d+)\s+Tested: (\d+)`).FindSubmatch(out)
	if tested == nil || !bytes.Equal(tested[1], tested[2]) || !bytes.Equal(tested[1], tested[3]) {
		t.Errorf("not each operation was tested:\n%s", out)
	}
	for _, phase := range []string{"Examples", "Coverage", "Fuzzing", "Stateful"} {
		if !strings.Contains(string(out), "✅ "+phase) {
			t.Errorf("the phase %s did not pass:\n%s", phase, out)
		}
	}
	t.Logf("%s", bytes.TrimSpace(out[bytes.LastIndex(out, []byte("Test cases:")):]))
}
