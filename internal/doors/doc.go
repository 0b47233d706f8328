// Package doors tests the cost of small hostile inputs at every entry point of the
// program: each input has less than 1 KB, and no entry point may use more than 50
// MB of memory for it.
package doors
