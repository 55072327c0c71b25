package samlocal_test

import (
	"maps"
	"strings"
	"testing"
)

const certificate = "arn:aws:acm:ap-northeast-1:000000000000:certificate/00000000-0000-0000-0000-000000000000"

// front are the parameters of a front, but for some.
func front(but map[string]string) map[string]string {
	all := map[string]string{"PublicDomain": "kozamori.example.jp", "PublicCertificate": certificate, "FrontDomain": "www.kozamori.example.jp",
		"FrontCertificate": strings.Replace(certificate, "ap-northeast-1", "us-east-1", 1), "FrontRules": "arn:aws:wafv2:us-east-1:000000000000:global/webacl/kozamori/x",
		"FrontSecret": strings.Repeat("0", 64), "FrontSecretHash": strings.Repeat("0", 64)}
	maps.Copy(all, but)
	return all
}

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
		{"a front", front(nil), ""},
		{"a front without rules", front(map[string]string{"FrontRules": ""}), "FrontDomain needs"},
		{"a front without what it says", front(map[string]string{"FrontSecret": ""}), "FrontDomain needs"},
		{"a front that anybody could be", front(map[string]string{"FrontSecretHash": ""}), "FrontDomain needs"},
		{"a front without a domain behind it", front(map[string]string{"PublicDomain": "", "PublicCertificate": ""}), "FrontDomain needs"},
		{"a front with rules of this region", front(map[string]string{"FrontRules": "arn:aws:wafv2:ap-northeast-1:000000000000:global/webacl/kozamori/x"}), "no value of the parameter FrontRules"},
		{"a front that says a word", front(map[string]string{"FrontSecret": "kozamori"}), "no value of the parameter FrontSecret"},
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
