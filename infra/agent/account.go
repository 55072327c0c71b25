package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kozamori/internal/statement"
)

// keeper turns accounts into their account_refs, and rows into ids, by a key that
// stays at the bank. Without the key neither tells the account number.
type keeper struct {
	bank   string
	branch string // of accounts that name none; empty if there is no such
	kind   string
	refs   []byte
	ids    []byte
}

// minKey is how many bytes a key has at least.
const minKey = 32

func newKeeper(bank, key string) (*keeper, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(key))
	if err != nil || len(raw) < minKey {
		return nil, fmt.Errorf("the key must be %d random bytes or more in base64; -new-key FILE makes one", minKey)
	}
	return &keeper{bank: bank, refs: mac(raw, "account_ref"), ids: mac(raw, "id")}, nil
}

// newKey writes a key, and never over another one.
func newKey(file string) error {
	raw := make([]byte, minKey)
	if _, err := rand.Read(raw); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("the key was not made: %w", err)
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(raw) + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}

func mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts { // each with its length, so that no two lists are one text
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return h.Sum(nil)
}

// word writes a hash in letters only: it can never hold an account number.
func word(sum []byte) string {
	const letters = "abcdefghjkmnpqrs"
	var b strings.Builder
	for _, c := range sum[:16] {
		b.WriteByte(letters[c>>4])
		b.WriteByte(letters[c&15])
	}
	return b.String()
}

// fingerprint tells two keys apart, and nothing of them.
func (k *keeper) fingerprint() string { return word(mac(k.refs, "fingerprint", k.bank)) }

// account is an account as the bank knows it. It never leaves the bank.
type account struct{ branch, kind, number string }

func (k *keeper) ref(a account) string {
	return "acc_" + word(mac(k.refs, k.bank, a.branch, a.kind, a.number))
}

// kinds are 全銀's numbers of 預金種目, by their words.
var kinds = []struct{ word, kind string }{{"普通", "1"}, {"当座", "2"}, {"貯蓄", "4"}, {"その他", "9"}}

var errAccount = errors.New("it does not name an account by branch (such as 123), 預金種目 (such as 普通) and number")

// account reads what a file calls an account. national says that it is 全銀's:
// bank, branch, and then 預金種目 and number in one.
func (k *keeper) account(said string, national bool) (account, error) {
	plain := norm.NFKC.String(said)
	groups := strings.FieldsFunc(plain, func(r rune) bool { return r < '0' || r > '9' })
	a := account{branch: k.branch, kind: k.kind}
	if national && len(groups) >= 3 {
		last := strings.Join(groups[2:], "")
		groups = []string{groups[0], groups[1], last[:1], last[1:]}
	}
	for _, w := range kinds {
		if strings.Contains(plain, w.word) {
			a.kind = w.kind
		}
	}
	n := len(groups)
	if n == 0 {
		return a, errAccount
	}
	a.number, groups = groups[n-1], groups[:n-1]
	if n = len(groups); n > 0 && len(groups[n-1]) == 1 {
		a.kind, groups = groups[n-1], groups[:n-1]
	}
	if n = len(groups); n > 0 && len(groups[n-1]) == 3 {
		a.branch, groups = groups[n-1], groups[:n-1]
	}
	if len(groups) == 1 && len(groups[0]) == 4 {
		if groups[0] != k.bank {
			return a, fmt.Errorf("the account is one of bank %s and not of %s", groups[0], k.bank)
		}
		groups = nil
	}
	a.number = strings.TrimLeft(a.number, "0")
	if len(groups) > 0 || a.number == "" || len(a.number) > 10 || a.branch == "" || !strings.Contains("1249", a.kind) || a.kind == "" {
		return a, errAccount
	}
	a.number = fmt.Sprintf("%07s", a.number)
	return a, nil
}

// id is what a row is known by: account, day, side, amount, text, balance behind
// it, and its number among equals. The same row of another file has the same id.
func (k *keeper) id(r *statement.Key, nth int) string {
	balance := "-"
	if r.Known {
		balance = strconv.FormatInt(r.Balance, 10)
	}
	return word(mac(k.ids, r.Account, r.Day.Format("20060102"), strconv.FormatInt(r.Out, 10), strconv.FormatInt(r.In, 10), r.Text, balance, strconv.Itoa(nth)))
}

// significant is how many digits of a number must be there to find it by.
const significant = 5

// holds tells whether digits are an account's number, or hold it.
func (a account) holds(digits string) bool {
	n := strings.TrimLeft(a.number, "0")
	return len(n) >= significant && strings.Contains(digits, n)
}

// hidden is a text without account numbers: those of a, and whatever else has as
// many digits as one.
func (a account) hidden(s string) string { return a.hide(s, true) }

// hide hides the number of a, and if any is set whatever has as many digits as one.
func (a account) hide(s string, any bool) string {
	runes := []rune(s)
	digit := func(r rune) (byte, bool) {
		switch {
		case r >= '0' && r <= '9':
			return byte(r), true
		case r >= '０' && r <= '９':
			return byte(r-'０') + '0', true
		}
		return 0, false
	}
	for i := 0; i < len(runes); i++ {
		var run []byte
		for j := i; j < len(runes); j++ {
			d, ok := digit(runes[j])
			if !ok {
				break
			}
			run = append(run, d)
		}
		if n := len(run); any && (n == 7 || n == 8) || a.holds(string(run)) {
			for j := range n {
				runes[i+j] = '*'
			}
		}
		i += len(run)
	}
	return string(runes)
}

// tells tells whether a text holds the number of the account in any width.
func (a account) tells(s string) bool {
	return a.number != "" && (a.holds(norm.NFKC.String(s)) || strings.Contains(norm.NFKC.String(s), a.number))
}
