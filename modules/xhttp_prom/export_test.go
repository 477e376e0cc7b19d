package xhttp_prom

import "github.com/moonroute/moonroute/kemi"

// Page is what dispatch answers.
func Page(s *kemi.Server) string { return s.Registry.Module("xhttp_prom").State.(*state).page() }
