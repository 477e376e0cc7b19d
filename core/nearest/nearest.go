// Package nearest finds the known word that a misspelt one was meant to be, for hints.
package nearest

import (
	"iter"
	"strings"
)

// maxWord is the longest word that is compared: longer ones are no names.
const maxWord = 64

// Word is the known word that is nearest to a misspelt one: at most a third of its letters
// away, or a swap of two. Case does not matter; of equals the first in the alphabet wins. It is empty if none is near.
func Word(word string, known iter.Seq[string]) string {
	best, least := "", min(max(len(word)/3, 2)+1, len(word))
	for k := range known {
		d := distance(strings.ToLower(word), strings.ToLower(k))
		if d < least || d == least && best != "" && k < best {
			best, least = k, d
		}
	}
	return best
}

// distance is how many letters have to be changed, put in or left out.
func distance(a, b string) int {
	if len(a) > maxWord || len(b) > maxWord {
		return len(a) + len(b)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
