package configapi

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Transport is net/http's with a limit on everything that can take long. The
// proxy is given, such as http.ProxyFromEnvironment.
func Transport(config *tls.Config, proxy func(*http.Request) (*url.URL, error), timeout time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:                 proxy,
		TLSClientConfig:       config,
		DialContext:           (&net.Dialer{Timeout: min(timeout, 5*time.Second), KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:   min(timeout, 10*time.Second),
		ResponseHeaderTimeout: timeout,
		IdleConnTimeout:       30 * time.Second,
		MaxIdleConnsPerHost:   1,
	}
}
