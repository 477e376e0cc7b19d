package config

import (
	"slices"

	"github.com/moonroute/moonroute/core/nearest"
)

// didYouMean names the candidate nearest to a misspelt word, as a hint; empty if none is near.
func didYouMean(word string, candidates []string) string {
	best := nearest.Word(word, slices.Values(candidates))
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// sortedKeys lists the keys of a table in order, so that hints do not depend on chance.
func sortedKeys[V any](table map[string]V) []string {
	keys := make([]string, 0, len(table))
	for k := range table {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
