//lint:file-ignore SA1019 kpt and older kustomize know items by the legacy annotations alone

package build

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/fn/runtime/runtimeutil"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/nested-config/nested-config/fn/krm"
	"github.com/nested-config/nested-config/internal/yamlwrite"
)

// generate runs the function for one config as kustomize runs a generator: the only item is a copy of the config.
func (b *builder) generate(config *resource.Resource) ([]byte, error) {
	functionConfig, err := functionConfigOf(config)
	if err != nil {
		return nil, err
	}
	return b.call(functionConfig, []byte(functionConfig.MustString()))
}

// functionConfigOf returns a config as kustomize hands it to a function.
func functionConfigOf(config *resource.Resource) (*yaml.RNode, error) {
	text, err := config.AsYAML()
	if err != nil {
		return nil, err
	}
	node, err := yaml.Parse(string(text))
	if err != nil {
		return nil, err
	}
	a := config.GetAnnotations()
	delete(a, originAnnotation)
	a[konfig.IgnoredByKustomizeAnnotation] = "true"
	return node, node.SetAnnotations(a)
}

// call sends items through the function over the same wire, filter and pipeline as kustomize, with the function in the place of the program. So
// it sees the same annotations, and what it writes gets the same treatment.
func (b *builder) call(functionConfig *yaml.RNode, items []byte) ([]byte, error) {
	var failure error
	var out []byte
	filter := &runtimeutil.FunctionFilter{FunctionConfig: functionConfig, GlobalScope: true}
	filter.Run = func(r io.Reader, w io.Writer) error {
		failure = krm.Execute(r, w, func(rl *krm.ResourceList) error {
			err := b.options.Function(rl)
			var lines []error
			for _, r := range rl.Results {
				if err != nil && r.Severity == krm.Error {
					lines = append(lines, errors.New(b.options.Message(r)))
				} else {
					b.results = append(b.results, r)
				}
			}
			if len(lines) > 0 {
				return errors.Join(lines...)
			}
			return err
		})
		return failure
	}
	err := kio.Pipeline{
		Inputs: []kio.Reader{&kio.ByteReader{Reader: bytes.NewReader(items)}}, Filters: []kio.Filter{filter},
		Outputs: []kio.Writer{kio.WriterFunc(func(nodes []*yaml.RNode) (err error) {
			out, err = write(nodes)
			return err
		})},
	}.Execute()
	if failure != nil {
		return nil, failure
	}
	if err != nil {
		return nil, err
	}
	if bytes.Contains(out, []byte("kustomize.config.k8s.io/needs-hash")) || bytes.Contains(out, []byte("kustomize.config.k8s.io/behavior")) {
		return nil, fmt.Errorf("the function asks kustomize for a name suffix or a merge, which this build cannot give")
	}
	return out, nil
}

// write is kyaml's ByteWriter for nodes that nobody needs afterwards: it copies none, and writes what the function wrote without the encoder.
func write(nodes []*yaml.RNode) ([]byte, error) {
	docs := make([]*yaml.Node, len(nodes))
	for i, n := range nodes {
		for _, a := range []string{kioutil.IndexAnnotation, kioutil.LegacyIndexAnnotation, kioutil.SeqIndentAnnotation} {
			if err := n.PipeE(yaml.ClearAnnotation(a)); err != nil {
				return nil, err
			}
		}
		if err := yaml.ClearEmptyAnnotations(n); err != nil {
			return nil, err
		}
		docs[i] = n.YNode()
	}
	return yamlwrite.Stream(docs)
}
