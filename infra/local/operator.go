package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"kozamori/infra/operator"
)

// serveOperator lets the operator's tool of this user work on the stack's own files,
// which the stack has locked. The socket lies in a directory that no other user
// can enter; one in the data folder could have too long a name for a socket.
func (s *stack) serveOperator() (socket string, err error) {
	dir, err := os.MkdirTemp("", "kozamori-") // made with 0700
	if err != nil {
		return "", fmt.Errorf("the operator's socket cannot be made: %w", err)
	}
	s.closers = append(s.closers, func() error { return os.RemoveAll(dir) })
	socket = filepath.Join(dir, "ctl")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return "", fmt.Errorf("the operator's socket cannot be made: %w", err)
	}
	served := &operator.Server{Table: s.System.Table, Queue: s.System.Queue, Secrets: s.vault, LINE: s.lineAccess, Files: s.data, Walk: s.data.Table.Walk}
	server := &http.Server{Handler: served.Handler(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: s.server.ErrorLog}
	s.serving.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.Logger.Error("the operator's socket ended", "err", err)
		}
	})
	s.server.RegisterOnShutdown(func() { _ = server.Close() })
	return socket, nil
}

// lineAccess is how LINE is reached: the simulator, or LINE itself.
func (s *stack) lineAccess(ctx context.Context) (operator.LineAccess, error) {
	client, err := s.System.Platform()
	if err != nil {
		return operator.LineAccess{}, err
	}
	token, err := client.Tokens.Token(ctx)
	return operator.LineAccess{API: client.Endpoint, Data: client.DataEndpoint, Token: token}, err
}

// tell gives one of our banks its new secrets, as an operator would.
func (s *stack) tell(bank string, live []string) {
	if b := s.Banks[bank]; b != nil {
		b.Tell(live)
	}
}
