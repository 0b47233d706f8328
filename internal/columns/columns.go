// Package columns writes the tables that people read on a terminal.
package columns

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// Align returns rows, each with as many cells as the first, in columns with two blanks between them and none at the end. A letter may be two
// cells of a terminal wide, or none.
func Align(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], runewidth.StringWidth(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row[:len(row)-1] {
			b.WriteString(runewidth.FillRight(cell, widths[i]+2))
		}
		b.WriteString(row[len(row)-1] + "\n")
	}
	return b.String()
}
