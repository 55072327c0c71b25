package callback

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// errNotPublic says that an address is not of the public internet.
var errNotPublic = errors.New("callback: an address that is not of the public internet")

// notPublic are the addresses that no host outside has, in the order of IANA's
// registries of special addresses; and those of IPv6 that stand for such ones
// of IPv4, behind which anything may be.
var notPublic = func() (out []netip.Prefix) {
	for _, p := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
	} {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}()

// Dialer connects to addresses of the public internet alone, or, if inside, to any.
func Dialer(inside bool, within time.Duration) *net.Dialer {
	d := &net.Dialer{Timeout: within, KeepAlive: 30 * time.Second}
	if !inside {
		d.Control = onlyPublic
	}
	return d
}

// onlyPublic is called with each address that a name was resolved to, just
// before it is connected to: what the name said a moment before is nothing to
// go by.
func onlyPublic(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return errNotPublic
	}
	ip := to.Addr().Unmap().WithZone("")
	for _, p := range notPublic {
		if p.Contains(ip) {
			return errNotPublic
		}
	}
	return nil
}

// retryAfter reads the header of that name, seconds or a time: at most MaxWait;
// 0 if it says nothing that is in the future.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	var d time.Duration
	if n, err := strconv.ParseUint(header, 10, 63); err == nil {
		d = time.Duration(min(n, uint64(MaxWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		d = at.Sub(now)
	} else if header != "" && strings.Trim(header, "0123456789") == "" {
		d = MaxWait // a number too large to read
	}
	return min(max(d, 0), MaxWait)
}
