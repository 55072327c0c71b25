package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestNobodysFilesAreTouched(t *testing.T) {
	for _, name := range []string{"store", "store.db", "queue.db", "secrets.json", "running.json", "outside-mails.jsonl", "outside-phones.jsonl", "outside-bank-0125.jsonl"} {
		for _, fresh := range []string{"-fresh=true", "-fresh=false"} {
			t.Run(name+" "+fresh, func(t *testing.T) {
				data := t.TempDir()
				theirs := filepath.Join(data, name)
				if err := os.WriteFile(theirs, []byte(`{"theirs":1}`), 0o600); err != nil {
					t.Fatal(err)
				}
				// A second start must not take what the first one left for a mark.
				for range 2 {
					var out, errs bytes.Buffer
					ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
					defer cancel()
					if code := run(ctx, []string{"-data", data, fresh, "-addr", "127.0.0.1:0"}, noEnv, &out, &errs); code != 1 || !strings.Contains(errs.String(), "was not made by Kozamori") {
						t.Errorf("%d %s", code, errs.String())
					}
				}
				if b, err := os.ReadFile(theirs); string(b) != `{"theirs":1}` {
					t.Errorf("%s %v", b, err)
				}
				if files, err := os.ReadDir(data); len(files) != 1 {
					t.Errorf("%v %v", files, err)
				}
			})
		}
	}
}
