package keystone

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
)

// TLS makes the settings for a CA file, PEM, and for no verification at all. It
// is nil when there is nothing to set.
func TLS(caFile string, insecure bool, readFile func(string) ([]byte, error)) (*tls.Config, error) {
	if caFile == "" && !insecure {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: insecure}
	if caFile == "" {
		return config, nil
	}
	pem, err := readFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("CA: %w", err)
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("CA: %s: holds no certificate in PEM", caFile)
	}
	return config, nil
}
