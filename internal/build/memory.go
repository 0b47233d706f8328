package build

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
)

// Memory is what a build may hold in this process, in bytes: MaxHeap, or three quarters of what the container may take, so that a build that needs more ends
// with a message and not with the container. The collector keeps to it as well. Only a command that builds and then ends may ask for it.
func Memory() uint64 {
	limit := memory("/sys/fs/cgroup")
	debug.SetMemoryLimit(int64(limit))
	return limit
}

// memory is Memory with the control group that is mounted at root, of version 2 or 1. Without one it is MaxHeap.
func memory(root string) uint64 {
	for _, file := range []string{"memory.max", "memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			continue
		}
		if limit, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil { // else it is "max"
			return min(MaxHeap, limit/4*3)
		}
	}
	return MaxHeap
}
