package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kozamori/internal/intake"
	"kozamori/internal/sim"
	"kozamori/internal/watch"
)

// What is copied into the folder of a bank is taken as what a bank leaves in the bucket,
// and the bank is told; after a restart it is not told again.
func TestAFileInTheFolderOfABankIsTaken(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := up(t, data, noEnv)
	file := fmt.Sprintf(`{"id":"e_folder","type":"debit","transaction_id":"f1","account_ref":"acc_folder","occurred_on":%q,"amount":700,"currency":"JPY","descriptor":"PAYPAY"}`+"\n", time.Now().In(watch.JST).Format(time.DateOnly))
	name := filepath.Join(data, "files", "0125", "night.jsonl")
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{name: file, name + intake.ManifestEnd: fmt.Sprintf(`{"rows":1,"sha256":"%x"}`, sha256.Sum256([]byte(file)))} {
		if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	told := func(s *stack) int {
		return len(slices.DeleteFunc(s.Banks["0125"].Callbacks(), func(c sim.Callback) bool {
			return c.Type != "intake.finished" || !strings.Contains(string(c.Body), `"state":"taken"`) || !strings.Contains(string(c.Body), `"name":"night.jsonl"`)
		}))
	}
	eventually(t, s, "the bank hears that its file was taken", func() bool { return told(s) == 1 })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
