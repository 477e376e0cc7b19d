package sdpops

import (
	"slices"
	"strings"

	"github.com/moonroute/moonroute/core/sdp"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

var removeFuncs = funcs{
	{Name: "remove_media", Args: "media str", Returns: kemi.Code, Call: (*state).removeMedia, Doc: "takes the streams of a media type out and gives their number; -1 if the body is no description"},
	{Name: "remove_line_by_prefix", Args: "prefix str, media str", Returns: kemi.Code, Call: (*state).removeLines, Doc: "takes out the lines that begin with a text and gives their number; of the streams of a media type only, unless media is empty"},
}

// ofMedia gives the streams of a media type; empty: all.
func ofMedia(d *sdp.Description, media string) (streams []*sdp.Stream) {
	for i := range d.Streams {
		if x := &d.Streams[i]; media == "" || sip.EqualFold(x.Media, media) {
			streams = append(streams, x)
		}
	}
	return streams
}

// cut takes a part of the message out. A part that is out already stays so.
func cut(c *kemi.Ctx, part string) {
	if at := c.Msg.Offset(part); at >= 0 {
		c.Msg.Edits.Delete(at, len(part))
	}
}

func removeCodecs(c *kemi.Ctx, d *sdp.Description, ids []string, media string) kemi.Value {
	for _, x := range ofMedia(d, media) {
		for _, id := range ids {
			removeCodec(c, x, id)
		}
	}
	return none
}

func keepCodecs(c *kemi.Ctx, d *sdp.Description, ids []string, media string) kemi.Value {
	for _, x := range ofMedia(d, media) {
		for _, id := range strings.Fields(x.Formats) {
			if !slices.Contains(ids, id) {
				removeCodec(c, x, id)
			}
		}
	}
	return none
}

// removeCodec takes a payload type out of the m= line, with the blank before it, and the attributes about it.
func removeCodec(c *kemi.Ctx, x *sdp.Stream, id string) {
	at := c.Msg.Offset(x.Format(id))
	if at < 0 {
		return
	}
	c.Msg.Edits.Delete(at-1, len(id)+1)
	for line := range sdp.Lines(x.Text) {
		if sdp.AboutFormat(line, id) {
			cut(c, line)
		}
	}
}

func (s *state) removeMedia(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	d, err := s.read(c)
	if err != nil && !absent(err) {
		return no
	}
	if d == nil || a.Str(0) == "" {
		return none
	}
	streams := ofMedia(d, a.Str(0))
	for _, x := range streams {
		cut(c, x.Text)
	}
	return kemi.Int(len(streams))
}

func (s *state) removeLines(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	d, err := s.read(c)
	if err != nil || len(d.Streams) == 0 {
		return no
	}
	prefix, media := a.Str(0), a.Str(1)
	if prefix == "" {
		return none
	}
	if media == "" {
		return kemi.Int(removeLines(c, d.Text, prefix))
	}
	n := 0
	for _, x := range ofMedia(d, media) {
		n += removeLines(c, x.Text, prefix)
	}
	return kemi.Int(n)
}

func removeLines(c *kemi.Ctx, text, prefix string) (n int) {
	for line := range sdp.Lines(text) {
		if strings.HasPrefix(line, prefix) {
			cut(c, line)
			n++
		}
	}
	return n
}
