package verify

import "golang.org/x/sys/windows"

// The numbers by which a system says why there is no connection. Windows has its
// own; the names of package syscall compile there and match nothing that it says.
const (
	errRefused     = windows.WSAECONNREFUSED
	errReset       = windows.WSAECONNRESET
	errHostUnreach = windows.WSAEHOSTUNREACH
	errNetUnreach  = windows.WSAENETUNREACH
)
