package keystone

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strconv"

	"github.com/nested-config/nested-config/internal/printable"
)

// Insecure reads OS_INSECURE.
func Insecure(getenv func(string) string) (bool, error) {
	value := getenv("OS_INSECURE")
	if value == "" {
		return false, nil
	}
	insecure, err := strconv.ParseBool(value)
	if err != nil {
		return false, fmt.Errorf("OS_INSECURE: %q: must be true or false", value)
	}
	return insecure, nil
}

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
		return nil, fmt.Errorf("CA: %s", printable.Text(err.Error()))
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("CA: %s: holds no certificate in PEM", printable.Text(caFile))
	}
	return config, nil
}
