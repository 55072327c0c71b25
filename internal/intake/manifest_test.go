package intake_test

import (
	"strings"
	"testing"

	"kozamori/internal/intake"
)

func TestAManifestIsReadStrictly(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("ab", 32)
	for manifest, want := range map[string]*intake.Upload{
		`{"rows":0,"sha256":"` + sum + `"}`:                                                    {SHA256: sum},
		" {\n\"sha256\" : \"" + sum + "\", \"rows\" : 12}\r\n":                                 {SHA256: sum, Rows: 12},
		`{"rows":1,"sha256":"` + sum + `","feed":"core","sequence":7,"accounts":"as_written"}`: {SHA256: sum, Rows: 1, Feed: "core", Sequence: 7, AsWritten: true},
		`{"rows":1,"sha256":"` + sum + `","account_ref":"acc_8f3k"}`:                           {SHA256: sum, Rows: 1, Account: "acc_8f3k"},
		`{"rows":1,"sha256":"` + sum + `","account_ref":"acc_8f3k","accounts":"as_written"}`:   nil,
		`{"rows":1,"rows":1,"sha256":"` + sum + `"}`:                                           nil,
		`{"rows":1,"sha256":"` + sum + `","account":"acc_8f3k"}`:                               nil,
		`{"rows":"1","sha256":"` + sum + `"}`:                                                  nil,
		`{"rows":-1,"sha256":"` + sum + `"}`:                                                   nil,
		`{"rows":1.0,"sha256":"` + sum + `"}`:                                                  nil,
		`{"rows":null,"sha256":"` + sum + `"}`:                                                 nil,
		`{"rows":1,"sha256":"` + strings.ToUpper(sum) + `"}`:                                   nil,
		`{"rows":1,"sha256":"` + sum + `","sequence":0}`:                                       nil,
		`{"rows":1,"sha256":"` + sum + `","sequence":1} x`:                                     nil,
		`{"rows":1,"sha256":"` + sum + `","feed":"a b"}`:                                       nil,
		`{"rows":1}`: nil, `[]`: nil, ``: nil, `{"rows":1,"sha256":"` + sum: nil,
	} {
		said, wrong := intake.ReadManifest([]byte(manifest))
		var got *intake.Upload
		if wrong == nil {
			got, wrong = said.Upload()
		}
		if (wrong == nil) != (want != nil) || want != nil && (got.SHA256 != want.SHA256 || got.Rows != want.Rows || got.Feed != want.Feed || got.Sequence != want.Sequence || got.AsWritten != want.AsWritten || got.Account != want.Account) {
			t.Errorf("%s: %+v %v", manifest, got, wrong)
		}
	}
}

func TestANameIsShownWithoutWhatLooksLikeAnAccountNumber(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"20261130/1234567.csv": "20261130/*******.csv", "a1234567": "a*******", "12345678": "12345678", "": ""} {
		if got := intake.Shown(name); got != want {
			t.Errorf("%q is shown as %q", name, got)
		}
	}
}
