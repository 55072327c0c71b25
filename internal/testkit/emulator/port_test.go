package emulator

import (
	"net"
	"testing"
)

func TestNoTwoTestsHaveOnePort(t *testing.T) {
	held := map[string]bool{}
	for range 200 {
		p := port(t)
		if held[p] {
			t.Errorf("%s is given out twice", p)
		}
		held[p] = true
	}
	for p := range held {
		l, err := net.Listen("tcp", "127.0.0.1:"+p)
		if err != nil {
			t.Errorf("%s is not free: %v", p, err)
			continue
		}
		_ = l.Close()
	}
}
