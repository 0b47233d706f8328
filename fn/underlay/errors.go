package underlay

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// ConflictError lists the conflicts. Nothing was written to the list.
type ConflictError struct{ Conflicts []Conflict }

func (e *ConflictError) Error() string {
	lines := make([]string, len(e.Conflicts))
	for i, c := range e.Conflicts {
		lines[i] = c.String()
	}
	return strings.Join(lines, "\n")
}

// LostError lists the entries that another client removed from the list after they
// were written, and that could not be put back.
type LostError struct {
	Missing []string
	Err     error // why it was not tried again
}

func (e *LostError) Error() string {
	return fmt.Sprintf("another client overwrites the list of link-local services (%v); missing now: %s; stop that client (a GUI session, another provisioner) and run this again",
		e.Err, strings.Join(e.Missing, "; "))
}

func (e *LostError) Unwrap() error { return e.Err }

// TooLongError says that the list does not fit into a request.
type TooLongError struct{ Bytes, Limit, Entries int }

func (e *TooLongError) Error() string {
	return fmt.Sprintf("linklocal_services: %d entries make a request of %d bytes, and the server accepts %d: remove entries, or raise max_request_size of the config API and give --max-request the same number; nothing was written",
		e.Entries, e.Bytes, e.Limit)
}

// giveUp says how things stand at the end of a run that did not finish.
func (r *run) giveUp(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = fmt.Errorf("interrupted: %w", context.Cause(ctx))
	}
	if r.written != nil {
		err = fmt.Errorf("%w; it is not known if the last PUT was carried out: run `underlay plan`", err)
	}
	if r.lost != nil {
		lost := &LostError{Err: err}
		for _, raw := range r.lost.missing {
			lost.Missing = append(lost.Missing, r.describe(raw))
		}
		return lost
	}
	if ctx.Err() != nil || errors.Is(err, errChanged) || errors.Is(err, errKeepsChanging) {
		return fmt.Errorf("%w; all writes so far are complete: run this again to continue", err)
	}
	return err
}
