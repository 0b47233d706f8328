// Package plan decides what has to be written to a Contrail underlay so that it
// holds what the nested clusters declare, and nothing of anybody else's is
// lost. It is pure: what was read and what is wanted in, what to write out. No
// network, no clock, no order that depends on a map.
//
// # What a claim means
//
// A cluster's Record holds claims: services that the cluster owns, or was about to
// write (pending). A claim means entries of the list with its service IP and port,
// and no others:
//
//   - All entries that are exactly the claimed service. Copies cannot be told apart.
//   - If there is none, and the claim is no pending one, what somebody may have made
//     of the entry: those that lead to the same place (renamed), or else those that
//     have the same name (edited) and are not exactly what a cluster outside of the
//     call claims.
//
// Here the two kinds of clusters differ. A cluster of the call may lose what it
// owns, so its claims mean as little as possible: one such entry at most, none if
// several have the name, and none if the cluster owns another entry there already.
// A cluster outside of the call is only protected by what it owns, so its claims
// mean all such entries.
//
// An entry that cannot be read in full is nobody's.
//
// # What does not change while a run writes
//
// Each write leaves the owners of every entry as they are, but for the entry that
// is written. This is why a run can be stopped after any write, and why the next
// run ends where an uninterrupted one ends:
//
//   - What the claims of a cluster outside of the call mean never hangs on entries
//     that go, or on the claims of another cluster of the call.
//   - Claims of a cluster of the call that would mean something else once the list
//     is written are made exact first, in Plan.Claim. Each is checked against the
//     list before and after the write.
//   - What goes from one cluster of the call to another is claimed by the second
//     before the first gives it up.
//
// A stopped run may leave claims for entries that were not written yet or that are
// gone. It never leaves an entry without its claim.
package plan
