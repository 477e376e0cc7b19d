package cfgutils

// hash is the incumbent's hash of one or two texts: four bytes at a time, the rest of each text as one shorter word.
// An empty second text does not count.
func hash(text1, text2 string) uint32 {
	h := mix(0, text1)
	if text2 != "" {
		h = mix(h, text2)
	}
	return h + h>>11 + h>>13 + h>>23
}

func mix(h uint32, text string) uint32 {
	for ; len(text) >= 4; text = text[4:] {
		h = step(h, word(text[:4]))
	}
	return step(h, word(text))
}

// word is up to four bytes as a number, the first one in front.
func word(text string) (v uint32) {
	for i := range len(text) {
		v = v<<8 + uint32(text[i])
	}
	return v
}

func step(h, v uint32) uint32 { return h + (v ^ v>>3) }
