//go:build !unix

package wholefile

import "os"

// enter marks nothing. Without locks nobody can tell a temporary file that is
// being written from one that was left, so all of them stay.
func enter(*os.Root, []string) *os.File { return nil }
