package samlocal_test

import (
	"strings"
	"testing"
)

const certificate = "arn:aws:acm:ap-northeast-1:000000000000:certificate/00000000-0000-0000-0000-000000000000"

func TestWhichParametersTheTemplateTakes(t *testing.T) {
	for _, c := range []struct {
		name       string
		parameters map[string]string
		want       string // empty if it takes them
	}{
		{"none", nil, ""},
		{"a sender and its identity", map[string]string{"MailFrom": "口座守 <alert@example.jp>", "MailIdentity": "example.jp", "MailReplyTo": "help@example.jp"}, ""},
		{"a sender alone", map[string]string{"MailFrom": "alert@example.jp"}, "MailFrom and MailIdentity go together"},
		{"an identity alone", map[string]string{"MailIdentity": "example.jp"}, "MailFrom and MailIdentity go together"},
		{"a sender that is no address", map[string]string{"MailFrom": "口座守", "MailIdentity": "example.jp"}, "no value of the parameter MailFrom"},
		{"two senders", map[string]string{"MailFrom": "a@example.jp, b@example.jp", "MailIdentity": "example.jp"}, "no value of the parameter MailFrom"},
		{"a policy and its version", map[string]string{"Operator": "株式会社口座守", "PolicyUrl": "https://example.jp/privacy?lang=ja", "PolicyVersion": "2026-11-29"}, ""},
		{"a policy without a version", map[string]string{"PolicyUrl": "https://example.jp/privacy"}, "PolicyUrl and PolicyVersion go together"},
		{"a policy that is not encrypted", map[string]string{"PolicyUrl": "http://example.jp/privacy", "PolicyVersion": "1"}, "no value of the parameter PolicyUrl"},
		{"an operator with a tag", map[string]string{"Operator": "<b>"}, "no value of the parameter Operator"},
		{"answers that go nowhere", map[string]string{"MailReplyTo": "help"}, "no value of the parameter MailReplyTo"},
		{"alarms that go nowhere", map[string]string{"AlarmEmail": "operator"}, "no value of the parameter AlarmEmail"},
		{"a page address with a path", map[string]string{"PublicUrl": "https://example.jp/"}, "no value of the parameter PublicUrl"},
		{"a domain without its certificate", map[string]string{"PublicDomain": "kozamori.example.jp"}, "PublicDomain needs PublicCertificate"},
		{"a domain", map[string]string{"PublicDomain": "kozamori.example.jp", "PublicCertificate": certificate}, ""},
		{"banks without people", map[string]string{"BankDomain": "bank.example.jp", "BankCertificate": certificate, "BankTrust": "s3://kozamori-banks/trust.pem"}, "BankDomain needs"},
		{"banks without trust", map[string]string{"PublicDomain": "kozamori.example.jp", "PublicCertificate": certificate, "BankDomain": "bank.example.jp", "BankCertificate": certificate}, "BankDomain needs"},
		{"banks and people", map[string]string{"PublicDomain": "kozamori.example.jp", "PublicCertificate": certificate, "BankDomain": "bank.example.jp", "BankCertificate": certificate, "BankTrust": "s3://kozamori-banks/trust.pem"}, ""},
		{"warm and reserved", map[string]string{"Warm": "yes", "Reserve": "yes"}, ""},
		{"a key of one's own", map[string]string{"TableKey": "arn:aws:kms:ap-northeast-1:000000000000:key/00000000-0000-0000-0000-000000000000"}, ""},
		{"a key by its name", map[string]string{"TableKey": "alias/kozamori"}, "no value of the parameter TableKey"},
		{"a sandbox in words", map[string]string{"Sandbox": "test"}, "no value of the parameter Sandbox"},
		{"days that CloudWatch does not know", map[string]string{"LogDays": "100"}, "no value of the parameter LogDays"},
	} {
		t.Run(c.name, func(t *testing.T) {
			switch _, err := template(t).Resolve("kozamori", c.parameters); {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("it takes them, or says something else than %q: %v", c.want, err)
			}
		})
	}
}
