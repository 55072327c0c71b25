// Command ctl is the operator's tool: one command or family of commands per
// file, listed in commands. It works on a deployment on AWS or on the local
// stack as a bank or an operator would, and holds no logic of the field.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"kozamori/infra/operator"
	"kozamori/internal/quote"
	"kozamori/internal/version"
)

// console is where a command reads and writes.
type console struct {
	In       io.Reader
	Out, Err io.Writer
	screen   io.Writer // Err, for what we draw on a terminal ourselves
	Env      func(string) string
	// Manned tells that this is a terminal: the user can be asked, and is
	// shown progress.
	Manned bool
	lines  *bufio.Reader // of In
	// reach finds the deployment that a command works on; nil is as its flags
	// say.
	reach func(context.Context, *place) (*operator.Deployment, error)
}

// command is one thing that ctl does. Its name may have two words.
type command struct {
	name, args, does string
	run              func(ctx context.Context, c *console, flags *flag.FlagSet, args []string) error
}

// commands, in the order in which they are listed.
var commands = []command{
	{"send", "FILE…", "sign event files and post them as a bank would", send},
	{"trigger", "[KIND…]", "post a sample as its bank, as if it happened now; without a kind, list them", trigger},
	{"listen", "", "pass each callback of a bank on to a port of this machine, and show it", listen},
	{"intake", "FILE", "take in a bank's file of events, one a line, and report on each row", takeIn},
	{"history", "FILE…", "give event files of before as the histories of their accounts, which ring nowhere", history},
	{"classify", "LINE…", "tell what the catalogue makes of lines, of files of lines, or of standard input", classify},
	{"scan", "FILE…", "tell what payment services took, by statements of an account", scan},
	{"catalog show", "[SERVICE]", "tell which edition of the catalogue is at work, or what it knows of a service", catalogShow},
	{"catalog check", "[FILE…]", "try new entries of the catalogue: whether they go together, and ring on no ordinary line", catalogCheck},
	{"catalog try", "FILE…", "tell what new entries would change on lines of a bank", catalogTry},
	{"catalog proposals", "", "list what deserves an entry or a trap, as the lines and answers of many accounts tell", catalogProposals},
	{"catalog key", "", "make the key that signs published catalogues, and print what programs verify them with", catalogKey},
	{"catalog publish", "[FILE…]", "put this catalogue, with the entries of files, in use at a deployment", catalogPublish},
	{"catalog rollback", "", "put the catalogue in use that was published before", catalogRollback},
	{"bank add", "CODE", "make a bank a tenant, or change what the flags say of it", bankAdd},
	{"bank list", "", "list the banks and when each was last heard", bankList},
	{"bank watchers", "", "count the people who watch accounts of each bank, as they are listed to be told something", bankWatchers},
	{"bank secret", "CODE", "print what a sample bank of the local stack signs with", bankShowSecret},
	{"bank rotate-secret", "CODE", "replace a bank's webhook secret, the old one stays valid until -finish", bankRotateSecret},
	{"bank api-key", "CODE", "make a key for a bank's calls, or list or revoke them", bankAPIKey},
	{"bank references", "CODE", "have each dispute of a bank found by its reference at once, also those of a version before", bankReferences},
	{"bank sign-in", "CODE", "say by which identity provider a bank's clerks sign in at the desk, and who may do what", bankSignIn},
	{"code", "ACCOUNT", "issue an enrolment code for an account_ref of a bank", code},
	{"enrol", "ACCOUNT…", "ask a customer by mail whether they want to be told, without LINE, and print the code for them", enrol},
	{"audit", "", "list who did what at a bank, or verify that nothing of it was changed", auditList},
	{"status", "", "tell what waits, and which providers are down", status},
	{"alert show", "ID", "tell what happened to an alert, and when", alertShow},
	{"dlq list", "[QUEUE…]", "list the messages that were given up", dlqList},
	{"dlq redrive", "[QUEUE…]", "send them back to be worked on again", dlqRedrive},
	{"quarantine list", "", "list what banks sent and we refused", quarantineList},
	{"quarantine replay", "[ID…]", "put what was refused through the checks again", quarantineReplay},
	{"callbacks list", "", "list what a bank was told, and what came of each attempt", callbacksList},
	{"callbacks resend", "ID…", "have callbacks sent once more, under their ids and with their bodies", callbacksResend},
	{"backup", "FOLDER", "copy all that the local stack keeps, as it is at one moment, while it runs", backup},
	{"check", "[BACKUP]", "read all that the local stack keeps, or a backup, and tell whether it is whole", check},
	{"restore", "BACKUP", "make the local stack what it was when a backup was taken", restore},
	{"compact", "", "give back the room of what was deleted; the local stack does so each night", compact},
	{"menu", "", "put our menus under the LINE chat, in place of older ones", menu},
}

// errUsage says that the arguments were wrong, which has been told already.
var errUsage = errors.New("wrong arguments")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c := &console{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.Getenv, Manned: isTerminal(os.Stdin) && isTerminal(os.Stderr)}
	os.Exit(run(ctx, c, os.Args[1:]))
}

// run is main without the process: 0 done, 1 failed, 2 wrong arguments.
func run(ctx context.Context, c *console, args []string) int {
	safe := *c // what strangers wrote must not reach a terminal as commands
	safe.Out, safe.Err, safe.screen = quote.Terminal(c.Out), quote.Terminal(c.Err), c.Err
	c = &safe
	if len(args) == 0 {
		usage(c.Err)
		return 2
	}
	if version.Printed(args, c.Out) {
		return 0
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		usage(c.Out)
		return 0
	}
	var family []string // the second words that the first one could have
	for _, cmd := range commands {
		first, second, two := strings.Cut(cmd.name, " ")
		switch {
		case first != args[0]:
		case !two:
			return cmd.start(ctx, c, args[1:])
		case len(args) > 1 && args[1] == second:
			return cmd.start(ctx, c, args[2:])
		default:
			family = append(family, second)
		}
	}
	if family != nil {
		_, _ = fmt.Fprintf(c.Err, "What of %s? One of: %s.\n\n", args[0], strings.Join(family, ", "))
	} else {
		_, _ = fmt.Fprintf(c.Err, "There is no command %q.\n\n", args[0])
	}
	usage(c.Err)
	return 2
}

func (cmd *command) start(ctx context.Context, c *console, args []string) int {
	flags := flag.NewFlagSet(cmd.name, flag.ContinueOnError)
	flags.SetOutput(c.Err)
	flags.Usage = func() {
		_, _ = fmt.Fprintf(c.Err, "usage: %s\n\n%s.\n\n", strings.TrimSpace("ctl "+cmd.name+" [flags] "+cmd.args), upper(cmd.does))
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

// parseMixed is parse for commands whose flags may stand behind their
// arguments too. It returns the arguments; -- ends the flags.
func parseMixed(flags *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := parse(flags, args); err != nil {
			return nil, err
		}
		left := flags.Args()
		if len(left) == 0 {
			return rest, nil
		}
		if at := len(args) - len(left); at > 0 && args[at-1] == "--" {
			return append(rest, left...), nil
		}
		rest, args = append(rest, left[0]), left[1:]
	}
}

// misused tells what is wrong with the arguments, and what would be right.
func misused(flags *flag.FlagSet, format string, args ...any) error {
	_, _ = fmt.Fprintf(flags.Output(), format+"\n\n", args...)
	flags.Usage()
	return errUsage
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// upper begins a sentence. What is no plain word, such as the name of a file and
// its line, stays as it is.
func upper(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'-,:") == "" && s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}

func usage(w io.Writer) {
	_, _ = fmt.Fprint(w, "usage: ctl COMMAND [flags] [arguments]\n\n")
	for _, cmd := range commands {
		_, _ = fmt.Fprintf(w, "  %-18s %-10s %s\n", cmd.name, cmd.args, cmd.does)
	}
	_, _ = fmt.Fprint(w, "\nctl COMMAND -h tells the flags of a command, ctl -version which build this is.\n")
}
