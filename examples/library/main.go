// Command library renders the NestedConfig on standard input with the library and
// says what came out, as a program of yours could before it applies it.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/nested-config/nested-config/fn"
	"github.com/nested-config/nested-config/fn/krm"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func main() {
	if err := list(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func list(in io.Reader, out io.Writer) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	config, err := yaml.Parse(string(text))
	if err != nil {
		return err
	}
	rl := &krm.ResourceList{FunctionConfig: config}
	if err := fn.Process(rl); errors.Is(err, fn.ErrInvalid) {
		return errors.New(strings.Join(fn.Lines(rl.Results), "\n"))
	} else if err != nil {
		return err
	}
	for _, item := range rl.Items {
		fmt.Fprintf(out, "%s/%s\n", item.GetKind(), item.GetName())
	}
	return nil
}
