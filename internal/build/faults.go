package build

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// problem notes what is wrong with a field of a kustomization file.
func (b *builder) problem(path, field, format string, args ...any) {
	_ = b.fault(path, field+": "+format, args...)
}

// oneLineEach makes each of the joined errors one printable line (see words): what kustomize says, and names out of a repository, hold newlines and escapes.
func oneLineEach(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		lines := slices.Clone(joined.Unwrap())
		if err.Error() == errors.Join(lines...).Error() {
			for i := range lines {
				lines[i] = oneLineEach(lines[i])
			}
			return errors.Join(lines...)
		}
	}
	if text := words(err.Error()); text != err.Error() {
		return oneLine{err, text}
	}
	return err
}

// oneLine is an error with another text.
type oneLine struct {
	error
	text string
}

// whole is an error as its author wrote it.
func whole(err error) string {
	if line, ok := errors.AsType[oneLine](err); ok {
		return whole(line.error)
	}
	return err.Error()
}

func (e oneLine) Error() string { return e.text }

func (e oneLine) Unwrap() error { return e.error }

// fault notes what is wrong with a file, once, and returns it. Of errors that are joined each becomes one.
func (b *builder) fault(path, format string, args ...any) error {
	if n := len(args); n > 0 && strings.HasSuffix(format, "%w") {
		if joined, ok := args[n-1].(interface{ Unwrap() []error }); ok {
			var all []error
			for _, err := range joined.Unwrap() {
				all = append(all, b.fault(path, format, append(slices.Clone(args[:n-1]), err)...))
			}
			return errors.Join(all...)
		}
	}
	err := fmt.Errorf("%s: "+format, append([]any{b.name(path)}, args...)...)
	if !slices.ContainsFunc(b.problems, func(p error) bool { return p.Error() == err.Error() }) {
		b.problems = append(b.problems, err)
	}
	return err
}

// consequence reports whether an error only says in other words what has been noted before, or since there were so many problems.
func (b *builder) consequence(err error, problems int) bool {
	return len(b.problems) > problems || slices.ContainsFunc(b.problems, func(p error) bool { return strings.Contains(whole(err), p.Error()) })
}
