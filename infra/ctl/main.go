// Command ctl is the operator's tool: one command per file, listed in
// commands. It talks to a deployment as a bank or an operator would and holds
// no logic of the field.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

// console is where a command reads and writes.
type console struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(string) string
}

// command is one thing that ctl does.
type command struct {
	name, args, does string
	run              func(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error
}

// commands, in the order in which they are listed.
var commands = []command{
	{"send", "FILE…", "sign event files and post them as a bank would", send},
	{"classify", "LINE…", "tell what the catalogue makes of lines, of files of lines, or of standard input", classify},
}

// errUsage says that the arguments were wrong, which has been told already.
var errUsage = errors.New("wrong arguments")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, &console{os.Stdin, os.Stdout, os.Stderr, os.Getenv}, os.Args[1:]))
}

// run is main without the process: 0 done, 1 failed, 2 wrong arguments.
func run(ctx context.Context, c *console, args []string) int {
	if len(args) == 0 {
		usage(c.Err)
		return 2
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		usage(c.Out)
		return 0
	}
	for _, cmd := range commands {
		if cmd.name == args[0] {
			return cmd.start(ctx, c, args[1:])
		}
	}
	_, _ = fmt.Fprintf(c.Err, "There is no command %q.\n\n", args[0])
	usage(c.Err)
	return 2
}

func (cmd *command) start(ctx context.Context, c *console, args []string) int {
	flags := flag.NewFlagSet(cmd.name, flag.ContinueOnError)
	flags.SetOutput(c.Err)
	flags.Usage = func() {
		_, _ = fmt.Fprintf(c.Err, "usage: ctl %s [flags] %s\n\n%s.\n\n", cmd.name, cmd.args, upper(cmd.does))
		flags.PrintDefaults()
	}
	switch err := cmd.run(ctx, c, flags, args); {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	default:
		_, _ = fmt.Fprintln(c.Err, upper(err.Error())+".")
		return 1
	}
}

// parse reads a command's flags. What is wrong with them is told, with what
// would be right.
func parse(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		return errUsage
	}
	return err
}

// misused tells what is wrong with the arguments, and what would be right.
func misused(flags *flag.FlagSet, format string, args ...any) error {
	_, _ = fmt.Fprintf(flags.Output(), format+"\n\n", args...)
	flags.Usage()
	return errUsage
}

func upper(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}

func usage(w io.Writer) {
	_, _ = fmt.Fprint(w, "usage: ctl COMMAND [flags] [arguments]\n\n")
	for _, cmd := range commands {
		_, _ = fmt.Fprintf(w, "  %-10s %-12s %s\n", cmd.name, cmd.args, cmd.does)
	}
	_, _ = fmt.Fprint(w, "\nctl COMMAND -h tells the flags of a command.\n")
}
