package fetch

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"
)

// What a clone may take of the disk, with git's own files. git has no such limit, and a kilobyte of a repository can stand for any number of files.
const (
	maxClone      = 1 << 30
	maxCloneFiles = 200_000
)

var errSize = errors.New("the repository takes more than 1 GB or 200,000 files")

// size returns errSize when a directory is too large. What vanishes meanwhile is nothing.
func size(dir string) error { return measure(dir, maxClone, maxCloneFiles) }

func measure(dir string, maxBytes int64, maxFiles int) error {
	var bytes int64
	files := 0
	return filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if files++; d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				bytes += info.Size()
			}
		}
		if bytes > maxBytes || files > maxFiles {
			return errSize
		}
		return nil
	})
}

// watch measures a directory again and again until the context ends, and calls stop when it is too large. The channel is closed when it measures no more.
func watch(ctx context.Context, dir string, stop context.CancelCauseFunc) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for pause := 50 * time.Millisecond; ; {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
			begin := time.Now()
			if err := size(dir); err != nil {
				stop(err)
				return
			}
			pause = max(pause, 5*time.Since(begin)) // a large clone is not to be slowed down by it
		}
	}()
	return done
}
