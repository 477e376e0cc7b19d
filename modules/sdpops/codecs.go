package sdpops

import (
	"strings"

	"github.com/moonroute/moonroute/core/sdp"
	"github.com/moonroute/moonroute/kemi"
)

var codecFuncs = funcs{
	{Name: "sdp_with_codecs_by_id", Args: "ids str", Returns: kemi.Code, Call: (*state).withIDs, Doc: "payload types, with commas between them: 1 if every stream has all, 2 if some are there, 0 if none is, -1 without a description"},
	{Name: "sdp_with_codecs_by_name", Args: "names str", Returns: kemi.Code, Call: (*state).withNames, Doc: "sdp_with_codecs_by_id for codec names; -1 also if none is there"},
	{Name: "remove_codecs_by_id", Args: "ids str, media str", Returns: kemi.Code, Call: (*state).removeIDs, Doc: "takes payload types, and the attributes about them, out of the streams of a media type; of all streams if media is empty"},
	{Name: "remove_codecs_by_name", Args: "names str, media str", Returns: kemi.Code, Call: (*state).removeNames, Doc: "remove_codecs_by_id for codec names; -1 if the description has none of them"},
	{Name: "keep_codecs_by_id", Args: "ids str, media str", Returns: kemi.Code, Call: (*state).keepIDs, Doc: "takes all other payload types out of the streams of a media type; of all streams if media is empty"},
	{Name: "keep_codecs_by_name", Args: "names str, media str", Returns: kemi.Code, Call: (*state).keepNames, Doc: "keep_codecs_by_id for codec names; -1 if the description has none of them"},
}

// static are the payload types that a name stands for without an rtpmap (RFC 3551 6).
var static = map[string][]string{
	"pcmu": {"0"}, "gsm": {"3"}, "g723": {"4"}, "dvi4": {"5", "6", "16", "17"}, "lpc": {"7"}, "pcma": {"8"}, "g722": {"9"},
	"l16": {"10", "11"}, "qcelp": {"12"}, "cn": {"13"}, "mpa": {"14"}, "g728": {"15"}, "g729": {"18"},
}

// listed are the entries of a list with commas, without the blanks before them.
func listed(text string) (entries []string) {
	for entry := range strings.SplitSeq(text, ",") {
		if entry = strings.TrimLeft(entry, " "); entry != "" {
			entries = append(entries, entry)
		}
	}
	return entries
}

// named gives the payload types of a list of codec names.
func named(d *sdp.Description, names string) (ids []string) {
	for _, name := range listed(names) {
		if fixed, ok := static[strings.ToLower(name)]; ok {
			ids = append(ids, fixed...)
			continue
		}
		ids = append(ids, d.FormatsNamed(name)...)
	}
	return ids
}

func (s *state) withIDs(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	d, err := s.read(c)
	if err != nil {
		return no
	}
	return kemi.Int(share(d, listed(a.Str(0))))
}

func (s *state) withNames(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	d, err := s.read(c)
	if err != nil {
		return no
	}
	if n := share(d, named(d, a.Str(0))); n > 0 {
		return kemi.Int(n)
	}
	return no
}

// share tells whether the streams have all (1), some (2) or none (0) of the payload types.
func share(d *sdp.Description, ids []string) int {
	with, without := false, false
	for i := range d.Streams {
		for _, id := range ids {
			if d.Streams[i].HasFormat(id) {
				with = true
			} else {
				without = true
			}
		}
	}
	switch {
	case !with:
		return 0
	case without:
		return 2
	}
	return 1
}

func (s *state) removeIDs(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	d, err := s.read(c)
	if err != nil {
		return no
	}
	return removeCodecs(c, d, listed(a.Str(0)), a.Str(1))
}

func (s *state) removeNames(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	d, err := s.read(c)
	if err != nil {
		return no
	}
	ids := named(d, a.Str(0))
	if len(ids) == 0 {
		return no
	}
	return removeCodecs(c, d, ids, a.Str(1))
}

// keepIDs takes the list as it is: an entry with a blank names no payload type.
func (s *state) keepIDs(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	d, err := s.read(c)
	if err != nil {
		return no
	}
	return keepCodecs(c, d, strings.Split(a.Str(0), ","), a.Str(1))
}

func (s *state) keepNames(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	d, err := s.read(c)
	if err != nil {
		return no
	}
	ids := named(d, a.Str(0))
	if len(ids) == 0 {
		return no
	}
	return keepCodecs(c, d, ids, a.Str(1))
}
