package apitest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Keystone gives out tokens that a Server accepts: admin's password is
// "p%ss", bob is a member with "b0b", and the application credential "app" has
// the secret "s3cret". It refuses a domain that is spelt otherwise than Default,
// and names every secret that it gets in its refusals, as no Keystone would.
type Keystone struct {
	Server *Server
	V2Only bool

	mu     sync.Mutex
	issued int
	Logins []string // what was asked for, secrets left out
}

// ServeHTTP answers one request.
func (k *Keystone) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	v3, v2 := strings.HasPrefix(r.URL.Path, "/v3"), strings.HasPrefix(r.URL.Path, "/v2.0")
	self := "http://" + r.Host
	version := func(id, path string) map[string]any {
		return map[string]any{"id": id, "status": "stable", "links": []any{map[string]any{"rel": "self", "href": self + path}}}
	}
	switch {
	case r.URL.Path == "/":
		values := []any{version("v2.0", "/v2.0/")}
		if !k.V2Only {
			values = append(values, version("v3.14", "/v3/"))
		}
		w.WriteHeader(http.StatusMultipleChoices)
		w.Write(encode(map[string]any{"versions": map[string]any{"values": values}}))
	case v3 && k.V2Only, !v3 && !v2:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodGet:
		w.Write(encode(map[string]any{"version": version(map[bool]string{true: "v3.14", false: "v2.0"}[v3], r.URL.Path)}))
	case v3:
		k.v3(w, body)
	default:
		k.v2(w, body)
	}
}

type login struct {
	user, secret, userDomain, project, projectDomain string
}

func (k *Keystone) v3(w http.ResponseWriter, body []byte) {
	type domain struct{ ID, Name string }
	var q struct {
		Auth struct {
			Identity struct {
				Methods  []string
				Password struct {
					User struct {
						Name, Password string
						Domain         domain
					}
				}
				ApplicationCredential struct{ ID, Secret string } `json:"application_credential"`
			}
			Scope struct {
				Project struct {
					Name   string
					Domain domain
				}
			}
		}
	}
	if json.Unmarshal(body, &q) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	i, p := q.Auth.Identity, q.Auth.Scope.Project
	l := login{i.Password.User.Name, i.Password.User.Password, i.Password.User.Domain.ID + i.Password.User.Domain.Name, p.Name, p.Domain.ID + p.Domain.Name}
	if i.ApplicationCredential.ID != "" {
		l = login{user: i.ApplicationCredential.ID, secret: i.ApplicationCredential.Secret, project: p.Name}
	}
	if token := k.login(w, body, "v3", l); token != "" {
		w.Header().Set("X-Subject-Token", token)
		w.WriteHeader(http.StatusCreated)
		w.Write([]byte(`{"token":{"catalog":[],"expires_at":"2036-01-01T00:00:00.000000Z"}}`))
	}
}

func (k *Keystone) v2(w http.ResponseWriter, body []byte) {
	var q struct {
		Auth struct {
			TenantName          string
			PasswordCredentials struct{ Username, Password string }
		}
	}
	if json.Unmarshal(body, &q) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	l := login{q.Auth.PasswordCredentials.Username, q.Auth.PasswordCredentials.Password, "Default", q.Auth.TenantName, "Default"}
	if token := k.login(w, body, "v2.0", l); token != "" {
		fmt.Fprintf(w, `{"access":{"token":{"id":%q,"expires":"2036-01-01T00:00:00Z"},"serviceCatalog":[]}}`, token)
	}
}

// login answers a refusal itself.
func (k *Keystone) login(w http.ResponseWriter, body []byte, version string, l login) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.Logins = append(k.Logins, fmt.Sprintf("%s %s@%s %s@%s", version, l.user, l.userDomain, l.project, l.projectDomain))
	domains := (l.userDomain == "Default" || l.userDomain == "default") && l.projectDomain == l.userDomain
	role := Admin
	switch l {
	case login{"admin", "p%ss", l.userDomain, "admin", l.projectDomain}:
	case login{"bob", "b0b", l.userDomain, "admin", l.projectDomain}:
		role = Member
	case login{user: "app", secret: "s3cret"}:
		domains = true
	default:
		domains = false
	}
	if !domains {
		w.WriteHeader(http.StatusUnauthorized)
		w.Write(body)
		return ""
	}
	k.issued++
	token := fmt.Sprintf("token-%d", k.issued)
	k.Server.Admit(token, role)
	return token
}

// Admit makes a token known; Revoke forgets them all.
func (s *Server) Admit(token string, role Role) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Tokens == nil {
		s.Tokens = map[string]Role{}
	}
	s.Tokens[token] = role
}

// Revoke makes every token of now unknown.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Tokens = map[string]Role{}
}
