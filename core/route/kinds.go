package route

// Groups of routes, for what works in some of them only.
const (
	// NotReplies are the routes whose message may be a request.
	NotReplies = AnyRoute &^ ReplyRoutes
	// Answering are the routes that can send the request on or answer it.
	Answering = RequestRoute | FailureRoute | BranchFailureRoute | EventRoute | LocalRoute
)
