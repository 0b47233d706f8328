package verify

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"
)

// explain says what was seen, and in one line what it is likely to come from.
// The causes are those that users of nested mode are known to have met.
func explain(t Target, err error) (problem, cause string) {
	var f failure
	if !errors.As(err, &f) {
		return err.Error(), ""
	}
	var network net.Error
	var name *net.DNSError
	timeout := errors.As(err, &network) && network.Timeout()
	switch {
	case errors.As(err, &name):
		return "no address for " + t.Host, "the name cannot be resolved here: correct the name or the DNS resolver"
	case f.stage == connecting && timeout:
		return "no answer", dropped(t)
	case errors.Is(err, errRefused):
		return "connection refused", refused(t)
	case errors.Is(err, errHostUnreach), errors.Is(err, errNetUnreach):
		return "no route", "the underlay has no route for it in this network: run this on a node of the nested cluster; the link-local entry may be missing"
	case f.stage == securing:
		return secured(err)
	case timeout:
		return "connected, no greeting", "the service there speaks another protocol, or TLS (spec.tls, spec.auth.protocol)"
	case errors.Is(err, errReset), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.EPIPE):
		return "connection closed", "the service speaks TLS, but the config says it does not (spec.tls, spec.auth.protocol), or the fabric port belongs to another service"
	case f.stage == reading:
		return err.Error(), misled(t)
	}
	return err.Error(), ""
}

// dropped is for packets that nobody answers.
func dropped(t Target) string {
	switch {
	case t.Fabric != "":
		return "no link-local entry has this address and port (packets are dropped, not refused; see underlay plan), or " + t.Fabric + " does not answer the compute node, or the VM's port has disable_policy"
	case t.SNAT:
		return "fabric_snat is off, or there are no port translation pools (without them flows are dropped), or a firewall blocks the compute nodes"
	}
	return "no route or a firewall between this network and the underlay"
}

func refused(t Target) string {
	switch t.Protocol {
	case Agent:
		return "the agent listens only on 127.0.0.1 (releases before the fix of CEM-11804), or the entry's fabric address is not 127.0.0.1"
	case AMQP:
		return "RabbitMQ uses the other port, 5672 or 5673 (spec.underlay.rabbitmq.port), or is down"
	case Keystone:
		return "this Keystone uses only the other port, 35357 or 5000 (spec.underlay.keystone.port), or is down"
	}
	return "no service listens there: it is down, or the port is wrong"
}

func misled(t Target) string {
	switch {
	case t.Protocol == Keystone && t.Path != "/":
		return "this Keystone has the other version, /v3 or /v2.0 (spec.auth.urlVersion), or another service answers"
	case t.Fabric != "":
		return "another service answers: if two entries have one address and port, the agent uses the first (see underlay plan), or the fabric port is wrong"
	}
	return "another service answers: the port is wrong"
}

func secured(err error) (problem, cause string) {
	var certificate *tls.CertificateVerificationError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &host):
		return "certificate is for another name", "the certificate must contain the service IP, or the config must have the DNS name of the certificate"
	case errors.As(err, &certificate):
		return "certificate is not trusted", "give the CA that signed it with --ca-cert"
	case errors.As(err, &record):
		return "the service does not speak TLS", "the config says that it does (spec.tls, spec.auth.protocol)"
	}
	return "TLS fails: " + err.Error(), "the service may not speak TLS, or only an old version"
}
