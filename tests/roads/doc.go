// Package roads holds tests that send calls, registrations and messages over every transport and between each two of
// them, with phones of an independent stack (sipgo), of SIPp and of baresip, and over names of a real DNS server.
package roads
