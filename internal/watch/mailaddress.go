package watch

import (
	"net/mail"
	"regexp"
	"strings"
)

var (
	mailAtoms  = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}$")
	mailDomain = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$`)
)

// MailAddress checks one bare mail address (no name, ASCII, as SES takes it) and
// writes it so that it can be sent to. Until 2009 docomo and au gave out
// addresses such as a..b@docomo.ne.jp, which RFC 5322 allows only with its
// local part in quotes; they still receive mail.
func MailAddress(s string) (string, bool) {
	local, host, ok := cutLast(s, "@")
	if !ok || len(host) > 253 || !mailDomain.MatchString(host) {
		return "", false
	}
	if mailAtoms.MatchString(local) {
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
