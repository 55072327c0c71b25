package contract_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// in runs a program in a folder, which must end well, and returns what it says.
func in(t *testing.T, folder string, env []string, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = folder, env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// talks runs a bank's program on a generated client against the local stack.
func talks(t *testing.T, folder string, program string, args ...string) {
	t.Helper()
	c := running(t)
	if got, want := in(t, folder, c.env(), program, args...), "alerted\n14\ninvalid\n"; got != want {
		t.Errorf("it said %q, want %q", got, want)
	}
}

// goModule is a folder with a module that has what clients in Go need.
func goModule(t *testing.T) string {
	t.Helper()
	from, to := installed(t, "KOZAMORI_GO_CLIENTS"), t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		raw, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// spec is where the generators read it.
func spec(t *testing.T) string {
	t.Helper()
	at, err := filepath.Abs(description)
	if err == nil {
		_, err = os.Stat(at) // for the cache of tests, which does not see what a generator reads
	}
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestTheClientOfOapiCodegenCompilesAndTalks(t *testing.T) {
	t.Parallel()
	program := installed(t, "KOZAMORI_OAPI_CODEGEN")
	to := goModule(t)
	if err := os.MkdirAll(filepath.Join(to, "bank"), 0o700); err != nil {
		t.Fatal(err)
	}
	in(t, to, nil, program, "-generate", "types,client,skip-prune", "-package", "bank", "-o", "bank/bank.go", spec(t))
	raw, err := os.ReadFile("testdata/clients/go/main.go")
	if err == nil {
		err = os.WriteFile(filepath.Join(to, "main.go"), raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	in(t, to, nil, "go", "build", "-mod=mod", "-o", "talk", ".")
	talks(t, to, filepath.Join(to, "talk"))
}

func TestTheClientOfOgenCompiles(t *testing.T) {
	t.Parallel()
	program := installed(t, "KOZAMORI_OGEN")
	to := goModule(t)
	in(t, to, nil, program, "--target", "bank", "--package", "bank", spec(t))
	in(t, to, nil, "go", "vet", "-mod=mod", "./bank")
}

func TestTheClientOfOpenapiPythonClientTalks(t *testing.T) {
	t.Parallel()
	program := installed(t, "KOZAMORI_OPENAPI_PYTHON")
	to, tools := t.TempDir(), filepath.Dir(program)
	out := in(t, to, append(os.Environ(), "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH")), program, "generate", "--path", spec(t), "--output-path", "bank", "--meta", "none")
	if strings.Contains(strings.ToLower(out), "warning") {
		t.Errorf("something of the description is left out:\n%s", out)
	}
	raw, err := os.ReadFile("testdata/clients/python/talk.py")
	if err == nil {
		err = os.WriteFile(filepath.Join(to, "talk.py"), raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	python := filepath.Join(tools, "python")
	in(t, to, nil, python, "-m", "compileall", "-q", "bank")
	talks(t, to, python, "talk.py")
}

func TestTheTypesOfOpenapiTypescriptCompile(t *testing.T) {
	t.Parallel()
	program := installed(t, "KOZAMORI_OPENAPI_TYPESCRIPT")
	tools := filepath.Dir(program)
	// openapi-fetch is found where a project has its modules.
	to := t.TempDir()
	if err := os.Symlink(filepath.Dir(tools), filepath.Join(to, "node_modules")); err != nil {
		t.Fatal(err)
	}
	in(t, to, nil, program, spec(t), "-o", "bank.ts")
	raw, err := os.ReadFile("testdata/clients/use.ts")
	if err == nil {
		err = os.WriteFile(filepath.Join(to, "use.ts"), raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	in(t, to, nil, filepath.Join(tools, "tsc"), "--strict", "--noEmit", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2023,dom,dom.iterable", "use.ts")
}

func TestTheClientOfOpenapiGeneratorCompilesInJava(t *testing.T) {
	t.Parallel()
	program, classes := installed(t, "KOZAMORI_OPENAPI_JAVA"), installed(t, "KOZAMORI_JAVA_CLIENT")
	to := t.TempDir()
	in(t, to, nil, program, "generate", "-i", spec(t), "-g", "java", "--library", "native", "-o", "bank",
		"--additional-properties=hideGenerationTimestamp=true,useJakartaEe=true", "--global-property=apiTests=false,modelTests=false,apiDocs=false,modelDocs=false")
	args := []string{"-nowarn", "-d", "classes", "-cp", classes}
	err := filepath.WalkDir(filepath.Join(to, "bank", "src", "main"), func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".java") {
			args = append(args, path)
		}
		return err
	})
	if err != nil || len(args) < 100 {
		t.Fatal(len(args), err)
	}
	in(t, to, nil, "javac", args...)
}
