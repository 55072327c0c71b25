package samlocal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A deployment that acknowledges less than its template wants is refused; one
// that acknowledges more could be given names of roles by mistake.
func TestADeploymentAcknowledgesWhatItsTemplateWants(t *testing.T) {
	emulators(t)
	template, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	want := ""
	for _, r := range template.Resources {
		if !strings.HasPrefix(r.Type, "AWS::IAM::") {
			continue
		}
		if want == "" {
			want = "CAPABILITY_IAM"
		}
		for _, name := range []string{"RoleName", "ManagedPolicyName", "UserName", "GroupName"} {
			if r.Properties[name] != nil {
				want = "CAPABILITY_NAMED_IAM"
			}
		}
	}
	config, err := os.ReadFile(filepath.Join(root(), "samconfig.toml"))
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`(?m)^capabilities = "(.*)"$`).FindSubmatch(config)
	if got == nil || string(got[1]) != want {
		t.Errorf("samconfig.toml acknowledges %s, the template wants %s", got, want)
	}
}
