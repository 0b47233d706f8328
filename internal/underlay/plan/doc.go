// Package plan decides what to write to a Contrail underlay so that it holds the
// declarations of the nested clusters, and no entry of others is lost. It is pure:
// it takes the state and the declarations, and returns the writes. It uses no
// network and no clock, and no order depends on a map.
//
// # What a claim means
//
// A cluster's Record holds claims: services that the cluster owns, or was about to
// write (pending). A claim stands for entries of the list with its service IP and
// port:
//
//   - All entries that are exactly the claimed service. Copies cannot be told apart.
//   - If there is none, and the claim is not pending, somebody may have edited the
//     entry. Then the claim stands for the entries that lead to the same place
//     (renamed); if there are none, for those that have the same name (edited) and
//     are not exactly a claim of a cluster outside of the call.
//
// In the second case, clusters of the call and other clusters differ. The call may
// remove entries of its own clusters, so their claims stand for as little as
// possible: at most one such entry, none if several have the name, and none if the
// cluster already owns another entry there. Claims of a cluster outside of the call
// only protect entries, so they stand for all such entries.
//
// An entry that cannot be read in full has no owner.
//
// # What does not change while a run writes
//
// A write changes the owners of the written entry only. So a run can be stopped
// after any write, and the next run reaches the same result as an uninterrupted
// one:
//
//   - The meaning of the claims of a cluster outside of the call never depends on
//     entries that are removed, or on the claims of a cluster of the call.
//   - If a write to the list would change the meaning of claims of a cluster of the
//     call, Plan.Claim first replaces them by exact ones. Each is checked against
//     the list before and after the write.
//   - If an entry passes from one cluster of the call to another, the second
//     cluster claims it before the first one gives it up.
//
// A stopped run may leave claims for entries that were not written yet or that are
// gone. It never leaves an entry without its claim.
package plan
