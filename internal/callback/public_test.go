package callback

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

func TestCallbacksGoToThePublicInternetOnly(t *testing.T) {
	t.Parallel()
	for _, refused := range []string{
		"127.0.0.1:443", "127.255.255.254:80", "10.0.0.1:443", "172.16.0.1:443", "172.31.255.255:443", "192.168.1.1:443", "169.254.169.254:80", "100.64.0.1:443", "0.0.0.0:443",
		"192.0.0.170:443", "198.18.0.1:443", "224.0.0.1:443", "240.0.0.1:443", "255.255.255.255:443",
		"[::1]:443", "[::]:443", "[::ffff:127.0.0.1]:443", "[::ffff:10.0.0.1]:443", "[::7f00:1]:443", "[fd00:ec2::254]:80", "[fe80::1%eth0]:443", "[fc00::1]:443", "[ff02::1]:443",
		"[64:ff9b::7f00:1]:443", "[2002:7f00:1::]:443", "[2001:0:1::1]:443", "[2001:db8::1]:443", "", "bank.example:443", "nonsense",
	} {
		if onlyPublic("tcp", refused, nil) == nil {
			t.Errorf("%q is taken for an address of the public internet", refused)
		}
	}
	for _, taken := range []string{"8.8.8.8:443", "1.1.1.1:443", "172.15.255.255:443", "172.32.0.1:443", "100.63.255.255:443", "100.128.0.1:443", "192.167.255.255:443", "[2606:4700::1111]:443", "[2404:6800:4004::1]:443", "[::ffff:8.8.8.8]:443"} {
		if err := onlyPublic("tcp", taken, nil); err != nil {
			t.Errorf("%s is refused: %v", taken, err)
		}
	}
	// What the standard library calls special is refused, too.
	for n := range 1 << 16 {
		a := netip.AddrFrom4([4]byte{byte(n >> 8), byte(n), 3, 4})
		special := a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified()
		if err := onlyPublic("tcp", netip.AddrPortFrom(a, 443).String(), nil); special && err == nil {
			t.Errorf("%v is taken for an address of the public internet", a)
		}
	}
}

func TestHowLongABankAsksUsToWait(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, " 5 ": 5 * time.Second, "-5": 0, "1.5": 0, "soon": 0, "999999": MaxWait, "99999999999999999999999": MaxWait,
		"Sun, 29 Nov 2026 03:01:30 GMT": 90 * time.Second, "Sun, 29 Nov 2026 02:00:00 GMT": 0, "Mon, 30 Nov 2026 03:00:00 GMT": MaxWait, "+5": 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q asks for %v, want %v", header, got, want)
		}
	}
}

// A connection takes one call at a time, whatever the bank speaks: else the limit of
// connections would be none of calls.
func TestABankIsCalledByOneCallAConnection(t *testing.T) {
	t.Parallel()
	bank := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }))
	bank.EnableHTTP2 = true
	bank.StartTLS()
	defer bank.Close()
	for _, inside := range []bool{true, false} {
		client := (&Signed{Inside: inside}).client()
		trusts := client.Transport.(*http.Transport)
		trusts.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
		trusts.TLSClientConfig.RootCAs.AddCert(bank.Certificate())
		trusts.DialContext = nil // where it leads is another test's
		res, err := client.Get(bank.URL)
		if err != nil {
			t.Fatal(err)
		}
		spoke, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || string(spoke) != "HTTP/1.1" {
			t.Errorf("inside %t: a bank is called by %s (%v)", inside, spoke, err)
		}
	}
}
