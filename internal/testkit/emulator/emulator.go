// Package emulator gives tests the parts of AWS that they need, started on
// this machine or named by environment variables. No program uses it.
//
//	KOZAMORI_TEST_DYNAMODB   an endpoint; or KOZAMORI_DYNOXIDE, the dynoxide program, or dynoxide in the PATH
//	KOZAMORI_TEST_MOTO       an endpoint; or KOZAMORI_MOTO, the moto_server program, or moto_server in the PATH
//	KOZAMORI_TEST_SES        an endpoint; or KOZAMORI_SES, the aws-ses-v2-local program, or aws-ses-v2-local in the PATH
//
// A test that finds neither is skipped, and says so; with CI=true it fails.
package emulator

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Region is where everything seems to be.
const Region = "ap-northeast-1"

// AWS is a configuration with credentials that emulators take; those of the
// environment, if it has any, for endpoints of AWS itself.
func AWS(t testing.TB) aws.Config {
	t.Helper()
	c, err := Config()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Config is AWS for what is no test itself.
func Config() (aws.Config, error) {
	opts := []func(*config.LoadOptions) error{config.WithRegion(Region)}
	if os.Getenv("AWS_ACCESS_KEY_ID") == "" {
		opts = append(opts, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("test", "test", "")))
	}
	return config.LoadDefaultConfig(context.Background(), opts...)
}

// DynamoDB is the endpoint of a DynamoDB that lives as long as the test.
func DynamoDB(t testing.TB) string {
	t.Helper()
	return server(t, "DynamoDB", "KOZAMORI_TEST_DYNAMODB", "KOZAMORI_DYNOXIDE", "dynoxide", func(port string) []string {
		return []string{"--log", "quiet", "--port", port}
	})
}

// SES is the endpoint of an SES that shows what was sent, at /store, and lives
// as long as the test. It takes mails of any sender.
func SES(t testing.TB) string {
	t.Helper()
	return server(t, "SES that shows its mails", "KOZAMORI_TEST_SES", "KOZAMORI_SES", "aws-ses-v2-local", func(port string) []string {
		return []string{"--host", "127.0.0.1", "--port", port}
	})
}

// Moto is the endpoint of an SQS, SSM and SES that live as long as the test.
// Its SES knows who may send, and shows no mail.
func Moto(t testing.TB) string {
	t.Helper()
	return server(t, "SQS, SSM and SES", "KOZAMORI_TEST_MOTO", "KOZAMORI_MOTO", "moto_server", func(port string) []string {
		return []string{"-H", "127.0.0.1", "-p", port}
	})
}

func server(t testing.TB, what, endpoint, variable, program string, args func(port string) []string) string {
	t.Helper()
	if e := os.Getenv(endpoint); e != "" {
		return e
	}
	path := os.Getenv(variable)
	if path == "" {
		var err error
		if path, err = exec.LookPath(program); err != nil {
			missing := "no " + what + " here: set " + endpoint + " to an endpoint, or install " + program
			if os.Getenv("CI") == "true" {
				t.Fatal(missing)
			}
			t.Skip(missing)
		}
	}
	port := port(t)
	cmd := exec.Command(path, args(port)...)
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	if err := cmd.Start(); err != nil {
		t.Fatalf("%s does not start: %v", program, err)
	}
	exited := make(chan struct{})
	go func() { _ = cmd.Wait(); close(exited) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-exited })
	for end := time.Now().Add(30 * time.Second); ; {
		if c, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second); err == nil {
			_ = c.Close()
			return "http://127.0.0.1:" + port
		}
		select {
		case <-exited:
			t.Fatalf("%s ended at once", program)
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not answer", program)
		}
	}
}

// Ports that no system gives out by itself: a listener of another test on port
// 0 never has one of them.
const (
	firstPort = 20_000
	pairs     = 5_000
)

// port is one that no other test takes until this one has ended. The port after
// it is listened on to say so, to other processes too.
func port(t testing.TB) string {
	t.Helper()
	for range 100 {
		n := firstPort + 2*rand.IntN(pairs)
		taken, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(n+1)))
		if err != nil {
			continue
		}
		free, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(n)))
		if err != nil {
			_ = taken.Close()
			continue
		}
		_ = free.Close()
		t.Cleanup(func() { _ = taken.Close() })
		return strconv.Itoa(n)
	}
	t.Fatal("no port is free")
	return ""
}
