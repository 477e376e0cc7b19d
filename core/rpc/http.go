package rpc

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// NewHTTPHandler answers JSON-RPC requests in the body of a POST. The status is the fault's
// code, or 200. Commands run in the request's context with the limits of the options.
//
// Who may ask is for the caller to decide, as is the path, commonly /RPC.
func NewHTTPHandler(reg *Registry, opts Options) http.Handler {
	opts = opts.withDefaults()
	orElse(&opts.MaxReply, defaultMaxReply)
	return &httpHandler{
		json: JSONHandler{Registry: reg, Pretty: opts.Pretty, MaxReply: opts.MaxReply},
		opts: opts,
		free: make(chan struct{}, opts.MaxClients),
	}
}

type httpHandler struct {
	json JSONHandler
	opts Options
	free chan struct{} // one token for each request being served
}

// ServeHTTP implements http.Handler.
func (h *httpHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		h.refuse(w, http.StatusMethodNotAllowed, "Method Not Allowed")
		return
	}
	select {
	case h.free <- struct{}{}:
		defer func() { <-h.free }()
	default:
		h.refuse(w, http.StatusServiceUnavailable, "Too Many Clients")
		return
	}
	body, err := h.read(w, r)
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		h.refuse(w, http.StatusRequestEntityTooLarge, tooLarge.Message)
		return
	}
	if err != nil {
		return // the client is gone
	}
	h.answer(WithClient(r.Context(), clientName("http", r.RemoteAddr)), w, body)
}

// read gives a slow client IOTimeout for its request.
func (h *httpHandler) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	control := http.NewResponseController(w)
	// A writer without deadlines is one whose server sets its own.
	_ = control.SetReadDeadline(time.Now().Add(h.opts.IOTimeout))
	defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	return io.ReadAll(http.MaxBytesReader(w, r.Body, int64(h.opts.MaxRequest)))
}

func (h *httpHandler) answer(ctx context.Context, w http.ResponseWriter, body []byte) {
	ctx, cancel := context.WithTimeout(ctx, h.opts.Timeout)
	defer cancel()
	reply, err := h.json.Handle(ctx, body)
	if err != nil {
		h.refuse(w, http.StatusBadRequest, "Parse error")
		return
	}
	writeHTTP(w, reply)
}

func (h *httpHandler) refuse(w http.ResponseWriter, code int, message string) {
	h.opts.Report(&Fault{code, message})
	writeHTTP(w, h.json.fault(&Fault{code, message}, nil))
}

func writeHTTP(w http.ResponseWriter, reply JSONReply) {
	code := reply.Code
	if code < 200 || code > 999 {
		code = http.StatusBadRequest // JSON-RPC's own codes are negative
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(reply.Body)
}
