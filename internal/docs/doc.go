// Package docs checks that every document shows what the program does. Its test reads README.md, CONTRIBUTING.md, docs, and the READMEs of bases,
// examples and overlays; runs their code blocks in document order, as a reader would paste them; and compares what is shown. The package has only
// tests.
//
// A reader starts with nothing but nested-config on PATH, in
//
//   - an empty directory, for README.md and docs,
//   - a clone, for CONTRIBUTING.md,
//   - a directory that holds a copy of that example, base or overlay alone, for their READMEs.
//
// A block sees the files, the working directory and the exported variables of the blocks before it. An HTML comment right before a block, which
// readers do not see, says what the block is. A block of sh without a comment is run; any other block without one is an error.
//
//	<!-- run, in a clone, status 1, prints FILE -->     bash runs it; each word after run is optional
//	<!-- output -->                                     all that the block before printed
//	<!-- output of: COMMAND -->                         all that COMMAND prints
//	<!-- file: PATH -->                                 the reader saves it as PATH
//	<!-- file: PATH, same as TREE-PATH -->              the same, and it is a file of this repository
//	<!-- TREE-PATH.txtar NAME -->                       the file NAME of a test script
//	<!-- not run: REASON -->                            it cannot be run here
//
// A comment of these two forms is independent of a block:
//
//	<!-- given: COMMAND -->         what the reader has at this place: files, a cluster in some state
//	<!-- afterwards: COMMAND -->    puts a cluster in order when the document is done
//
// In both $TREE is a clone of this repository. https://github.com/nested-config/nested-config is that clone too, for git, with the branch main and the
// version that the examples name; http://192.168.1.100:8082 is a config API for tests. So remote references and the commands of the underlay run as
// they are written, and nothing leaves the machine.
//
// Blocks and commands that call kustomize, kpt or kubectl run with the tag e2e alone, against the cluster of KUBECONFIG; .ci/e2e does that.
// go test ./internal/docs -update rewrites what is shown, but not what a reader saves or runs.
package docs
