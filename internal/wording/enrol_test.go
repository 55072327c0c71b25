package wording

import (
	"testing"

	"kozamori/internal/message"
	"kozamori/internal/watch"
)

// enrolPages are the pages of people who have no chat, by name.
func enrolPages(lang watch.Lang) map[string]message.Page {
	own := enrolFacts(lang)
	wrong, guard, family := own, own, own
	wrong.Wrong, wrong.Left, wrong.Code = true, 2, "7F3K-9Q4M-AAC"
	guard.Role = watch.Guardian
	family.Role, family.Family, family.Consent = watch.Guardian, true, ConsentFacts{RecordDays: 400, KeepDays: 1825}
	_, bank := names(lang)
	mailed := func(f *FamilyFacts) {
		f.Invite = &InviteFacts{Code: "KTFAV-7NM6Y-KQRQR", Mailed: true, Expires: jst("2020-09-05 14:08:00"), HideAmount: true}
	}
	slip := own
	slip.Code, slip.Slip = "7F3K-9Q4M-AAC", CodeSlip(lang, 1, "")
	badMail := func(f *FamilyFacts) { f.Mails, f.Email, f.BadEmail = true, "fumi@", true }
	invite := func(change func(*FamilyFacts)) message.Page {
		f := FamilyFacts{View: AccountView{Lang: lang, BankName: bank, Mask: "普通 ***4567", Watcher: watch.Watcher{ID: "w1", Role: watch.Owner}, Path: "/home/h"}, Home: "/home", Now: own.Now}
		change(&f)
		return InvitePage(f)
	}
	alone := settingsFacts(lang, watch.Owner, func(f *SettingsFacts) {
		f.View.Watcher.LineUser = watch.MailPerson("x")
		f.View.Watcher.Channels = []watch.Channel{{Kind: watch.Email, Address: "fumi@example.jp"}}
	})
	stopped := settingsFacts(lang, watch.Owner, func(f *SettingsFacts) {
		f.View.Watcher.LineUser, f.View.Watcher.Channels = watch.MailPerson("x"), nil
	})
	return map[string]message.Page{
		"join": JoinPage(own), "join-wrong": JoinPage(wrong), "join-slip": JoinPage(slip), "join-guardian": JoinPage(guard), "join-family": JoinPage(family),
		"join-gone": JoinGonePage(lang), "join-full": JoinFullPage(lang, false), "join-alone": JoinFullPage(lang, true),
		"join-done": JoinedPage(lang, []ChatAccount{{BankName: bank, Mask: "普通 ***4567"}}, "/s/t0ken"), "join-declined": DeclinedPage(lang),
		"key": KeyPage(lang), "key-sent": KeySentPage(lang, false), "key-many": KeySentPage(lang, true), "key-gone": KeyGonePage(lang),
		"door-gone": DoorGonePage(lang, true), "over": SessionOverPage(lang, true), "logged-out": LoggedOutPage(lang, true), "unknown": UnknownRoomPage(lang, true),
		"home-empty": HomePage(lang, nil, "/home", own.Expires, true), "invite-mailed": invite(mailed), "invite-refused": invite(badMail),
		"settings": SettingsPage(alone), "settings-stopped": SettingsPage(stopped),
	}
}

func enrolFacts(lang watch.Lang) EnrolFacts {
	_, bank := names(lang)
	return EnrolFacts{Lang: lang, BankName: bank, Role: watch.Owner, Expires: jst("2020-09-11 14:05:00"), Now: jst("2020-09-04 14:05:00"),
		Link: "https://kozamori.example/join/s3cret", Consent: terms}
}

func enrolMails(lang watch.Lang) map[string]message.Message {
	own := enrolFacts(lang)
	guard, family := own, own
	guard.Role = watch.Guardian
	family.Role, family.Family = watch.Guardian, true
	_, bank := names(lang)
	welcome := MailWelcomeFacts{Lang: lang, Accounts: []ChatAccount{{BankName: bank, Mask: "普通 ***4567"}}, Rules: watch.DefaultRules(), Link: "https://kozamori.example/key/t0ken", Consent: terms}
	theirs := welcome
	theirs.Guardian = true
	one := ChatAccount{BankName: bank, Mask: "普通 ***4567"}
	return map[string]message.Message{
		"asks": EnrolMail(own), "asks-guardian": EnrolMail(guard), "asks-family": EnrolMail(family), "welcome": MailWelcome(welcome), "welcome-guardian": MailWelcome(theirs),
		"key": KeyMail(lang, "https://kozamori.example/s/t0ken"), "guardian-joined": WithKey(GuardianJoined(GuardianFacts{Lang: lang, Account: one, Name: "長女", Mail: true}), welcome.Link),
		"guardian-left": WithKey(GuardianLeft(GuardianFacts{Lang: lang, Account: one, Mail: true}), welcome.Link),
	}
}

func TestWhatPeopleWithoutAChatRead(t *testing.T) {
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for name, p := range enrolPages(lang) {
			golden(t, "page-mail-"+name, lang, showPage(p))
		}
		for name, m := range enrolMails(lang) {
			golden(t, "mail-alone-"+name, lang, show(m))
		}
	}
}
