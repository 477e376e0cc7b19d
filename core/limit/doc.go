// Package limit decides which messages of a stream are too many: the algorithms behind the
// ratelimit and pipelimit modules, with the results that Kamailio's modules of these names give.
package limit
