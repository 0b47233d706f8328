package verify

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"
)

// greetAMQP offers AMQP 0-9-1. The server answers with a method frame,
// Connection.Start (class 10, method 10), or with the version that it prefers.
func greetAMQP(conn net.Conn, _ Target) (string, error) {
	if _, err := conn.Write([]byte("AMQP\x00\x00\x09\x01")); err != nil {
		return "", failure{greeting, err}
	}
	var head [8]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return "", failure{greeting, err}
	}
	if string(head[:4]) == "AMQP" {
		return "", failure{reading, fmt.Errorf("wants AMQP %d.%d.%d, but kube-manager speaks 0.9.1", head[5], head[6], head[7])}
	}
	var method [3]byte
	if head[0] != 1 {
		return "", failure{reading, errors.New("the answer is not AMQP")}
	}
	if _, err := io.ReadFull(conn, method[:]); err != nil {
		return "", failure{greeting, err}
	}
	if head[7] != 0 || method != [3]byte{10, 0, 10} {
		return "", failure{reading, errors.New("the answer is not AMQP")}
	}
	return "0-9-1", nil
}

// greetThrift calls describe_version of Cassandra, in a frame and the strict
// binary protocol, as kube-manager's client speaks.
func greetThrift(conn net.Conn, _ Target) (string, error) {
	const call = "describe_version"
	message := binary.BigEndian.AppendUint32(nil, 0x80010001)
	message = binary.BigEndian.AppendUint32(message, uint32(len(call)))
	message = append(message, call...)
	message = append(message, 0, 0, 0, 1, 0) // sequence number, and no arguments
	if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(message))), message...)); err != nil {
		return "", failure{greeting, err}
	}
	var length [4]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return "", failure{greeting, err}
	}
	n := binary.BigEndian.Uint32(length[:])
	if n < 12 || n > 1024 {
		return "", failure{reading, errors.New("the answer is not a Thrift frame")}
	}
	answer := make([]byte, n)
	if _, err := io.ReadFull(conn, answer); err != nil {
		return "", failure{greeting, err}
	}
	if binary.BigEndian.Uint32(answer)>>16 != 0x8001 {
		return "", failure{reading, errors.New("the answer is not a Thrift message")}
	}
	// The result is field 0, a string, behind the name of the call and the number.
	const field = 4 + 4 + len(call) + 4
	if len(answer) > field+7 && answer[field] == 11 {
		if size := binary.BigEndian.Uint32(answer[field+3:]); int(size) <= len(answer)-field-7 {
			return strconv.Quote(string(answer[field+7 : field+7+int(size)])), nil
		}
	}
	return "", nil
}

// greetTCP has nothing to say, and listens for a moment whether the connection
// is closed again.
func greetTCP(conn net.Conn, _ Target) (string, error) {
	const moment = 200 * time.Millisecond
	if err := conn.SetReadDeadline(time.Now().Add(moment)); err != nil {
		return "", failure{greeting, err}
	}
	if _, err := conn.Read(make([]byte, 1)); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return "", failure{greeting, err}
	}
	return "connected", nil
}
