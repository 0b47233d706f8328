package fetch_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nested-config/nested-config/internal/fetch"
)

// A git goes with the program, also when that is killed and ends nothing itself.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("FETCH_KILLED"); dir != "" {
		c := fetch.Client{Git: filepath.Join(dir, "git"), Environ: os.Environ()}
		_ = c.Clone(t.Context(), fetch.Repository{URL: "https://git.example/a", Timeout: time.Minute}, dir)
		return
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte("#!/bin/sh\necho $$ >"+dir+"/new && mv "+dir+"/new "+dir+"/pid\nexec sleep 1000\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), "FETCH_KILLED="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var text []byte
	for range 500 {
		if text, _ = os.ReadFile(dir + "/pid"); text != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // says that it was killed
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for range 500 { // the kernel takes a moment
		if syscall.Kill(pid, 0) != nil || zombie(pid) {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	t.Errorf("git, process %d, is alive", pid)
}
