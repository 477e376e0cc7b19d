// Package hep writes packets of the Homer Encapsulation Protocol, in which copies of messages go to a
// capture server: its versions 1, 2 and 3.
package hep

import (
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/moonroute/moonroute/core/flow"
)

// Packet is one message as it came or went.
type Packet struct {
	Proto         flow.Proto
	Source, Dest  netip.AddrPort
	Time          time.Time
	Capture       uint32 // number of this capture agent
	Key           string // of the capture server; version 3
	Correlation   string // what ties packets together, the Call-ID; version 3
	Payload       string
	PayloadIsText bool // a log line, not a SIP message; version 3
}

// The numbers of address families and of IP protocols.
const (
	familyIPv4, familyIPv6 = 2, 10
	ipTCP, ipUDP           = 6, 17
)

// family puts both addresses into one family.
func (p *Packet) family() (family byte, source, dest netip.Addr) {
	source, dest = p.Source.Addr().Unmap(), p.Dest.Addr().Unmap()
	if source.Is4() && dest.Is4() {
		return familyIPv4, source, dest
	}
	return familyIPv6, netip.AddrFrom16(source.As16()), netip.AddrFrom16(dest.As16())
}

func (p *Packet) ipProto() byte {
	if p.Proto == flow.UDP || p.Proto == flow.None {
		return ipUDP
	}
	return ipTCP
}

// Append writes a packet in a version of the protocol, 1 to 3.
func (p *Packet) Append(dst []byte, version int) []byte {
	if version == 3 {
		return p.append3(dst)
	}
	return p.append12(dst, byte(version))
}

// append12 writes a header of fixed fields in network order; version 2 adds the time and the agent in
// the order of the machine, which is little-endian on the wire of all known agents.
func (p *Packet) append12(dst []byte, version byte) []byte {
	family, source, dest := p.family()
	length := 8 + 2*len(source.AsSlice())
	dst = append(dst, version, byte(length), family, p.ipProto())
	dst = binary.BigEndian.AppendUint16(dst, p.Source.Port())
	dst = binary.BigEndian.AppendUint16(dst, p.Dest.Port())
	dst = append(append(dst, source.AsSlice()...), dest.AsSlice()...)
	if version == 2 {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(p.Time.Unix()))
		dst = binary.LittleEndian.AppendUint32(dst, uint32(p.Time.Nanosecond()/1000))
		dst = binary.LittleEndian.AppendUint16(dst, uint16(p.Capture))
		dst = append(dst, 0, 0) // padding
	}
	return append(dst, p.Payload...)
}

// The chunks of version 3.
const (
	chunkFamily      = 1
	chunkIPProto     = 2
	chunkSource4     = 3
	chunkDest4       = 4
	chunkSource6     = 5
	chunkDest6       = 6
	chunkSourcePort  = 7
	chunkDestPort    = 8
	chunkSeconds     = 9
	chunkMicros      = 10
	chunkKind        = 11
	chunkCapture     = 12
	chunkKey         = 14
	chunkPayload     = 15
	chunkCorrelation = 17
)

// What a payload is.
const (
	kindSIP = 1
	kindLog = 100
)

func (p *Packet) append3(dst []byte) []byte {
	begin := len(dst)
	dst = append(dst, "HEP3\x00\x00"...) // the length is filled in below
	family, source, dest := p.family()
	sourceChunk, destChunk := uint16(chunkSource4), uint16(chunkDest4)
	if family == familyIPv6 {
		sourceChunk, destChunk = chunkSource6, chunkDest6
	}
	kind := byte(kindSIP)
	if p.PayloadIsText {
		kind = kindLog
	}
	dst = chunk(dst, chunkFamily, []byte{family})
	dst = chunk(dst, chunkIPProto, []byte{p.ipProto()})
	dst = chunk(dst, sourceChunk, source.AsSlice())
	dst = chunk(dst, destChunk, dest.AsSlice())
	dst = chunk(dst, chunkSourcePort, binary.BigEndian.AppendUint16(nil, p.Source.Port()))
	dst = chunk(dst, chunkDestPort, binary.BigEndian.AppendUint16(nil, p.Dest.Port()))
	dst = chunk(dst, chunkSeconds, binary.BigEndian.AppendUint32(nil, uint32(p.Time.Unix())))
	dst = chunk(dst, chunkMicros, binary.BigEndian.AppendUint32(nil, uint32(p.Time.Nanosecond()/1000)))
	dst = chunk(dst, chunkKind, []byte{kind})
	dst = chunk(dst, chunkCapture, binary.BigEndian.AppendUint32(nil, p.Capture))
	if p.Key != "" {
		dst = chunk(dst, chunkKey, []byte(p.Key))
	}
	if p.Correlation != "" {
		dst = chunk(dst, chunkCorrelation, []byte(p.Correlation))
	}
	dst = chunk(dst, chunkPayload, []byte(p.Payload))
	binary.BigEndian.PutUint16(dst[begin+4:], uint16(len(dst)-begin))
	return dst
}

// chunk appends a generic chunk: vendor 0, its number, its length with this head.
func chunk(dst []byte, number uint16, value []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, 0)
	dst = binary.BigEndian.AppendUint16(dst, number)
	dst = binary.BigEndian.AppendUint16(dst, uint16(6+len(value)))
	return append(dst, value...)
}

// MaxPayload is the longest payload that a datagram can take with its head.
const MaxPayload = 64_000
