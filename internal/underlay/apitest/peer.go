package apitest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Peer listens on loopback and answers as one of the underlay's services does:
// config-api, keystone, amqp, amqp-old, thrift, collector, agent; or as none
// does: closes, mute, banner, html; or hostile, which says what a terminal obeys.
func Peer(kind string) (net.Listener, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	var handler http.Handler
	switch kind {
	case "config-api":
		handler = New()
	case "keystone":
		handler = &Keystone{Server: New()}
	case "agent":
		handler = http.NotFoundHandler()
	case "html":
		handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>It works!</html>") })
	case "amqp", "amqp-old", "thrift", "collector", "closes", "mute", "banner", "hostile":
		go accept(listener, kind)
		return listener, nil
	default:
		listener.Close()
		return nil, fmt.Errorf("apitest: no peer %q", kind)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go server.Serve(listener)
	return listener, nil
}

func accept(listener net.Listener, kind string) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go talk(conn, kind)
	}
}

func talk(conn net.Conn, kind string) {
	defer conn.Close()
	switch kind {
	case "closes":
		return
	case "banner":
		io.WriteString(conn, "SSH-2.0-OpenSSH_9.2p1\r\n")
	case "amqp":
		// Connection.Start: method frame on channel 0, class 10, method 10.
		if header := make([]byte, 8); read(conn, header) && string(header) == "AMQP\x00\x00\x09\x01" {
			conn.Write([]byte{1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 10, 0xce})
		}
	case "amqp-old":
		if read(conn, make([]byte, 8)) {
			conn.Write([]byte("AMQP\x00\x00\x08\x00"))
		}
	case "hostile":
		hostile(conn)
	case "thrift":
		const reply = "\x80\x01\x00\x02\x00\x00\x00\x10describe_version\x00\x00\x00\x01\x0b\x00\x00\x00\x00\x00\x0619.39.\x00"
		if read(conn, make([]byte, 4+29)) {
			conn.Write(append([]byte{0, 0, 0, byte(len(reply))}, reply...))
		}
	}
	io.Copy(io.Discard, conn) // until the client has enough
}

// hostile answers HTTP and Thrift with a text that clears the screen, forges a line
// and turns the direction of writing; to anything else it says the text alone.
func hostile(conn net.Conn) {
	const text = "19\x1b[2J\u009b2J\u202e\n  ok\r\x00"
	first := make([]byte, 8)
	switch {
	case !read(conn, first):
	case string(first[:4]) == "GET ":
		io.WriteString(conn, "HTTP/1.1 418 \x1b[2J\u009b2J\u202etea\r\nContent-Length: 0\r\n\r\n")
	case first[0] == 0:
		reply := "\x80\x01\x00\x02\x00\x00\x00\x10describe_version\x00\x00\x00\x01\x0b\x00\x00\x00\x00\x00" + string(rune(len(text))) + text + "\x00"
		conn.Write(append([]byte{0, 0, 0, byte(len(reply))}, reply...))
	default:
		io.WriteString(conn, text)
	}
}

func read(conn net.Conn, into []byte) bool {
	_, err := io.ReadFull(conn, into)
	return err == nil
}
