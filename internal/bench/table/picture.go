package main

import (
	"fmt"
	"html"
	"strings"
)

// Measures of the picture, in pixels.
const (
	labels = 400 // width of the names
	unit   = 160 // width of a bar that just meets its limit
	line   = 26
	bar    = 14
	width  = labels + 2*unit + 130
)

// style has colours for light and for dark pages.
const style = `text{font:13px sans-serif;fill:#24292f}.ok{fill:#2da44e}.above{fill:#bf8700}.limit{stroke:#57606a;stroke-dasharray:3 3}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.ok{fill:#3fb950}.above{fill:#d29922}.limit{stroke:#8b949e}}`

// picture draws each ratio over its limit: a bar that ends before the dashed line
// meets it. A bar of more than twice the limit is cut off.
func picture(all []row) string {
	var b strings.Builder
	height := line*(len(all)+1) + 10
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Measured ratios and their limits\">\n<style>%s</style>\n", width, height, style)
	fmt.Fprintf(&b, "<text x=\"%d\" y=\"16\" text-anchor=\"middle\">limit</text>\n", labels+unit)
	for i, r := range all {
		y := line * (i + 1)
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", labels-10, y+bar, html.EscapeString(r.what))
		class, length := "ok", 0.0
		if r.measured {
			length = min(r.value/r.limit, 2) * unit
		}
		if r.value > r.limit {
			class = "above"
		}
		fmt.Fprintf(&b, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"%d\"/>\n", class, labels, y+3, length, bar)
		fmt.Fprintf(&b, "<text x=\"%.0f\" y=\"%d\">%s of %.2f</text>\n", labels+max(length, unit)+8, y+bar, r.shown(), r.limit)
	}
	fmt.Fprintf(&b, "<line class=\"limit\" x1=\"%d\" y1=\"22\" x2=\"%[1]d\" y2=\"%d\"/>\n</svg>\n", labels+unit, height-4)
	return b.String()
}
