// Package doors holds the tests of what small hostile inputs cost at every door
// of the program: each input has less than 1 KB, and no door may spend more than
// 50 MB on one of them.
package doors
