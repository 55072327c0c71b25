package wording

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"kozamori/internal/watch"
)

var tSubject = text{ja: "%[1]s（案件%[2]s）", en: "%[1]s (case %[2]s)"}

// Subject is the subject of a mail about an incident: with a short number that
// stays, so that mail programs and people tell incidents apart. The number says
// nothing of the account, the amount or the time.
func Subject(lang, alt, incident string) string {
	sum := sha256.Sum256([]byte("subject\x00" + incident))
	return tSubject.in(langOf(watch.Lang(lang)), alt, fmt.Sprintf("%04d", binary.BigEndian.Uint32(sum[:])%10000))
}
