package main

import (
	"os"
	"strings"
	"testing"
)

// Whatever is wrong with a file, what is said calls it by the name that was
// typed, letter for letter, and by its own lines.
func TestFilesAreToldByTheNamesThatWereTyped(t *testing.T) {
	t.Chdir(t.TempDir())
	put := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("broken.csv", "\uFEFFペイ\xe3\x83")
	put("kana.txt", "\xfe\xffPAYPAY"[:7])
	put("good.rec", "Service: nunepay\nJa: ヌネペイ\nEn: Nunepay\nDebit: charge\nName: ヌネペイ | guessed\n")
	put("ruin.rec", "# a comment\n\nService: x\nJa: x\nEn: x\nDebit: charge\nName: ヤチン | guessed\n")
	put("half.rec", "\nService: x\nJa\n")
	put("own.rec", "Service: x\n")
	put("0125-empty.json", "{")
	w := newWorld(t)
	if code, _, errs := w.ctl("catalog", "key"); code != 0 {
		t.Fatal(errs)
	}
	for _, c := range []struct{ args, want string }{
		{"classify broken.csv", "Cannot read broken.csv: "},
		{"classify kana.txt", "Cannot read kana.txt: "},
		{"classify -explain good.rec", "good.rec: UTF-8"},
		{"classify -explain ./good.rec", "./good.rec: UTF-8"},
		{"classify nowhere.csv", "Cannot read nowhere.csv: no such file"},
		{"classify PAYPAY nowhere.TXT", "Cannot read nowhere.TXT: no such file"},
		{"classify .", "Cannot read .: it is a folder"},
		{"classify AMAZON.CO.JP", "AMAZON.CO.JP\n"},
		{"scan broken.csv", "1 of 1, broken.csv: not read: "},
		{"scan nowhere.csv", "1 of 1, nowhere.csv: not read: no such file"},
		{"catalog check nowhere.rec", "Cannot read nowhere.rec: no such file"},
		{"catalog check broken.csv", "Cannot read broken.csv: "},
		{"catalog check ruin.rec", "ruin.rec:7: "},
		{"catalog check good.rec ruin.rec", "ruin.rec:7: "},
		{"catalog check good.rec half.rec", "half.rec:3: "},
		{"catalog try -lines nowhere.csv good.rec", "Cannot read nowhere.csv: no such file"},
		{"catalog try -lines broken.csv good.rec", "Cannot read broken.csv: "},
		{"catalog try -lines good.rec ruin.rec", "ruin.rec:7: "},
		{"catalog publish good.rec ruin.rec", "ruin.rec:7: "},
		{"catalog publish nowhere.rec", "Cannot read nowhere.rec: no such file"},
		{"catalog publish -bank 0168 own.rec", "own.rec:1: "},
		{"send -url http://127.0.0.1:1 -secret-file nowhere 0125-empty.json", "The secret in nowhere cannot be read: no such file"},
		{"send -url http://127.0.0.1:1 -secret-file good.rec 0125-empty.json", "0125-empty.json: "},
		{"history -url http://127.0.0.1:1 -key-file good.rec 0125-empty.json", "0125-empty.json: "},
		{"history -url http://127.0.0.1:1 -key-file good.rec 0125-nowhere.json", "0125-nowhere.json: no such file"},
	} {
		_, out, errs := w.ctl(strings.Fields(c.args)...)
		if said := out + errs; !strings.HasPrefix(said, c.want) && !strings.Contains(said, "\n"+c.want) {
			t.Errorf("ctl %s says\n%swant %q at the beginning of a line", c.args, said, c.want)
		}
	}
}
