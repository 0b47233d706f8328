package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the program renders is what an operator reads in bases/nested.
func TestDocumentsAreThoseOfTheYAML(t *testing.T) {
	want, err := source()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../documents.go")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("bases/documents.go is not of today's YAML: run go generate ./bases (-want +got):\n%s", diff)
	}
}

// BenchmarkParse is what a program without documents.go would pay at its start.
func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := parse(); err != nil {
			b.Fatal(err)
		}
	}
}
