// Package httpclient makes HTTP requests for scripts: with a time limit, a bound of what is kept of the
// answer, and failures as the numbers that libcurl has for them, which scripts know.
package httpclient
