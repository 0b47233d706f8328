package env

// Setting is a variable with its value.
type Setting struct {
	Name, Value string
}
