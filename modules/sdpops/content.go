package sdpops

import (
	"strings"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/sdp"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var contentFuncs = funcs{
	{Name: "sdp_content", Returns: kemi.Code, Call: (*state).content, Doc: "the message has a session description: 1 or -1"},
	{Name: "sdp_content_flags", Args: "flags int", Returns: kemi.Code, Call: (*state).content, Doc: "sdp_content; with any flag a description that cannot be read counts too"},
	{Name: "sdp_with_media", Args: "media str", Returns: kemi.Code, Call: (*state).withMedia, Doc: "there is a stream of the media type: 1, 0 if not, -1 without a description"},
	{Name: "sdp_with_active_media", Args: "media str", Returns: kemi.Code, Call: (*state).withActiveMedia, Doc: "sdp_with_media for streams with a port that are not inactive"},
	{Name: "sdp_with_transport", Args: "transport str", Returns: kemi.Code, Call: (*state).withTransport, Doc: "a stream has the transport, without regard to case: 1 or -1"},
	{Name: "sdp_with_transport_like", Args: "part str", Returns: kemi.Code, Call: (*state).withTransportLike, Doc: "the transport of a stream contains a text: 1 or -1"},
	{Name: "sdp_with_ice", Returns: kemi.Code, Call: (*state).withICE, Doc: "there are ICE candidates: 1 or -1"},
	{Name: "sdp_get_address_family", Returns: kemi.Code, Call: (*state).addressFamily, Doc: "4 or 6, as the first c= line says; -1 without a description"},
	{Name: "sdp_print", Args: "level int", Returns: kemi.Code, Call: (*state).print, Doc: "logs the description at a level, for debugging"},
}

func (s *state) content(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if a.Len() > 0 && a.Int(0) != 0 {
		return verdict(sdp.Present(c.Msg.Message))
	}
	_, err := s.read(c)
	return verdict(err == nil)
}

func (s *state) withMedia(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.any(c, func(x *sdp.Stream) bool { return sip.EqualFold(x.Media, a.Str(0)) })
}

func (s *state) withActiveMedia(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	return s.any(c, func(x *sdp.Stream) bool { return sip.EqualFold(x.Media, a.Str(0)) && x.Active() })
}

// any gives 1 if a stream fits, 0 if none does, -1 if there is a body that is no description.
func (s *state) any(c *kemi.Ctx, fits func(*sdp.Stream) bool) kemi.Value {
	d, err := s.read(c)
	if err != nil && !absent(err) {
		return no
	}
	if d != nil && hasStream(d, fits) {
		return yes
	}
	return none
}

func hasStream(d *sdp.Description, fits func(*sdp.Stream) bool) bool {
	for i := range d.Streams {
		if fits(&d.Streams[i]) {
			return true
		}
	}
	return false
}

func (s *state) withTransport(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	d, err := s.read(c)
	return verdict(err == nil && hasStream(d, func(x *sdp.Stream) bool { return sip.EqualFold(x.Transport, a.Str(0)) }))
}

func (s *state) withTransportLike(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	d, err := s.read(c)
	part := a.Str(0)
	return verdict(err == nil && part != "" && hasStream(d, func(x *sdp.Stream) bool { return strings.Contains(x.Transport, part) }))
}

func (s *state) withICE(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	d, err := s.read(c)
	if err != nil {
		return no
	}
	for line := range sdp.Lines(d.Text) {
		if strings.HasPrefix(line, "a=candidate") {
			return yes
		}
	}
	return no
}

func (s *state) addressFamily(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	d, err := s.read(c)
	if err != nil || d.Family == 0 {
		return no
	}
	return kemi.Int(d.Family)
}

func (s *state) print(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	d, err := s.read(c)
	if err != nil {
		return verdict(absent(err))
	}
	for i := range d.Streams {
		x := &d.Streams[i]
		c.Log(log.Level(a.Int(0)), "sdpops", "stream "+x.Media+" port "+x.Port+" transport "+x.Transport+" formats "+x.Formats)
	}
	return yes
}
