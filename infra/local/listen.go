package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
)

// connections is how many one address may hold open; a tunnel is one.
const connections = 500

func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use by another program; choose another with -addr, such as -addr 127.0.0.1:8090", addr)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s is not yours to listen on; choose a port above 1023 with -addr", addr)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be listened on; -addr wants an address and a port, such as 127.0.0.1:8080", addr)
	}
	return l, nil
}

// open listens for Kozamori itself, and on this machine only for the page and
// the simulators: on the port behind the one of Kozamori if that is free.
func (s *stack) open() (own, outside net.Listener, err error) {
	if own, err = listen(s.Addr); err != nil {
		return nil, nil, err
	}
	s.closeLater(own)
	at := own.Addr().(*net.TCPAddr)
	if !at.IP.IsLoopback() && !s.Expose {
		return nil, nil, fmt.Errorf("%s can be reached by other machines. If you mean that, say -expose: then only Kozamori itself is there; its page, and the phones, mails and banks that are simulated, stay on this machine", s.Addr)
	}
	if !strings.HasSuffix(s.Addr, ":0") {
		outside, _ = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", at.Port+1)) // another program may have it
	}
	if outside == nil {
		if outside, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, nil, err
		}
	}
	s.closeLater(outside)
	s.URL = "http://" + reachable(at)
	return own, outside, nil
}

func (s *stack) closeLater(l net.Listener) {
	s.closers = append(s.closers, func() error { _ = l.Close(); return nil }) // its server may have closed it
}

// reachable is where a listener on every address can be reached from here.
func reachable(a *net.TCPAddr) string {
	if a.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", a.Port)
	}
	return a.String()
}

// secretPath is the first part of the path under which the page and the
// simulators are. It is the same at each start, so that a tab stays good.
func secretPath(key []byte) string {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte("the page of the local stack"))
	return strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil))[:16])
}

// secret serves what is under a path that only this user was told, and nothing
// else.
func secret(path string, next http.Handler) http.Handler {
	inner := http.StripPrefix("/"+path, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first, _, below := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		switch {
		case !hmac.Equal([]byte(first), []byte(path)):
			http.Error(w, "Open the whole address that Kozamori printed when it started.", http.StatusNotFound)
		case !below:
			http.Redirect(w, r, "/"+path+"/", http.StatusSeeOther)
		default:
			w.Header().Set("Referrer-Policy", "no-referrer") // it would tell the path
			inner.ServeHTTP(w, r)
		}
	})
}

// named serves requests that name a host that is meant. A name of another site
// that leads here would give that site's page what is ours, in the browser in
// which it is open; an address of digits belongs to no site.
func named(meant func(host string) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := url.Parse("http://" + r.Host)
		if err != nil || !meant(strings.ToLower(u.Hostname())) {
			http.Error(w, "Kozamori is not known by this name. KOZAMORI_URL tells the one that it has.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ours are the names of Kozamori itself: the one of its address, this machine's,
// and addresses of digits.
func ours(base string) func(host string) bool {
	own := strings.ToLower(hostOf(base))
	return func(host string) bool {
		_, digits := netip.ParseAddr(host)
		return digits == nil || host == "localhost" || host == own
	}
}

// hostOf is the host that an address names.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// thisMachine tells whether a host names this machine to itself.
func thisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
