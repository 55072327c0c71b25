package watch

import (
	"net/mail"
	"strings"
)

// Compiled expressions for these would take a tenth of a function's start.

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isAlnum(c byte) bool { return isLetter(c) || '0' <= c && c <= '9' }

// isAtoms tells whether s is atoms and dots (RFC 5322).
func isAtoms(s string) bool {
	for i := range len(s) {
		if !isAlnum(s[i]) && strings.IndexByte("!#$%&'*+/=?^_`{|}~.-", s[i]) < 0 {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// isDomain tells whether s is a name of two labels or more, of which the last
// is none of an IP address (RFC 1035, RFC 1123).
func isDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || !isAlnum(l[0]) || !isAlnum(l[len(l)-1]) {
			return false
		}
		for i := range len(l) {
			if !isAlnum(l[i]) && l[i] != '-' {
				return false
			}
		}
	}
	top := labels[len(labels)-1]
	return len(labels) > 1 && len(s) <= 253 && len(top) > 1 && isLetter(top[0])
}

// MailAddress checks one bare mail address (no name, ASCII, as SES takes it) and
// writes it so that it can be sent to. Until 2009 docomo and au gave out
// addresses such as a..b@docomo.ne.jp, which RFC 5322 allows only with its
// local part in quotes; they still receive mail.
func MailAddress(s string) (string, bool) {
	local, host, ok := cutLast(s, "@")
	if !ok || !isDomain(host) {
		return "", false
	}
	if isAtoms(local) {
		if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
			return `"` + local + `"@` + host, true
		}
		return s, true
	}
	// Quoted by its owner already.
	if len(local) > 66 || !strings.HasPrefix(local, `"`) || strings.ContainsFunc(local, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", false
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" {
		return "", false
	}
	return strings.Trim(a.String(), "<>"), true
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+len(sep):], true
}
