package wording

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

var tSubject = text{ja: "%[1]s（案件%[2]s）", en: "%[1]s (case %[2]s)"}

// Subject is the subject of a mail about an incident: with a short number that
// stays, so that mail programs and people tell incidents apart. The number says
// nothing of the account, the amount or the time.
func Subject(lang, alt, incident string) string {
	return tSubject.in(langOf(watch.Lang(lang)), alt, Case(incident))
}

// Case is the short number of an incident, which stays.
func Case(incident string) string {
	sum := sha256.Sum256([]byte("subject\x00" + incident))
	return fmt.Sprintf("%04d", binary.BigEndian.Uint32(sum[:])%10000)
}

var (
	tFactCase      = text{ja: "案件番号", en: "Case"}
	tFactState     = text{ja: "状態", en: "State"}
	tStateOpen     = text{ja: "回答をお待ちしています", en: "Waiting for an answer"}
	tStateAnswered = text{ja: "心当たりありと回答済み", en: "Answered: recognised"}
	tStateReported = text{ja: "身に覚えがないと申し出済み", en: "Reported as not recognised"}
	tStateClosed   = text{ja: "終了", en: "Closed"}
)

// StateName says how an incident stands.
func StateName(lang watch.Lang, s watch.State) string {
	names := map[watch.State]text{watch.StateOpen: tStateOpen, watch.StateAnswered: tStateAnswered, watch.StateReported: tStateReported, watch.StateClosed: tStateClosed}
	return names[s].in(lang)
}

// caseFacts are the number of an incident and how it stands.
func caseFacts(lang watch.Lang, ids []string, r *watch.Record, d *watch.Dispute) []message.Fact {
	var numbers []string
	for _, id := range ids {
		numbers = append(numbers, Case(id))
	}
	if len(ids) == 0 {
		numbers = []string{Case(r.CaseID())}
	}
	return []message.Fact{{Label: tFactCase.in(lang), Value: listed(lang, numbers)}, {Label: tFactState.in(lang), Value: StateName(lang, r.State(d))}}
}
