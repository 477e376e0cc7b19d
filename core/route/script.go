package route

// Kind tells which route runs; values combine to masks that say where a function may be called.
type Kind uint16

// The routes. The names in the comments are the script's default callbacks.
const (
	RequestRoute       Kind = 1 << iota // ksr_request_route
	FailureRoute                        // armed by t_on_failure
	TMReplyRoute                        // armed by t_on_reply
	BranchRoute                         // armed by t_on_branch
	CoreReplyRoute                      // ksr_reply_route
	BranchFailureRoute                  // armed by t_on_branch_failure
	OnSendRoute                         // ksr_onsend_route
	EventRoute                          // event callbacks
	LocalRoute                          // tm:local-request
	AnyRoute           Kind = 0xffff
)

// ReplyRoutes are the routes whose message is a reply.
const ReplyRoutes = TMReplyRoute | CoreReplyRoute

// Call is one run of a route.
type Call struct {
	Kind     Kind
	Callback Callback // empty Name: the default function of the kind
	Message  *Message
	// Reply is the reply that led to the route, where there is one besides Message:
	// the chosen reply of a failure or branch-failure route. Nil for one made here (a timeout).
	Reply *Message
	// Branch is the index of the branch that the route is about; -1 if none.
	Branch int
	// Event is the argument of an event callback.
	Event string
	// Out and Data are the way out and the bytes of a message that is about to leave (onsend route).
	Out  *Outgoing
	Data []byte
}

// Outcome is how a run ended.
type Outcome uint8

// The outcomes.
const (
	Done    Outcome = iota // the route ran to its end, or there is no such function
	Absent                 // there is no such function: as if nothing had been armed
	Dropped                // the script asked to drop the message
	Failed                 // an error in the script; it has been logged
)

// Script is what core calls. Calls run inside the shard that owns the message; they may
// let go of the shard while they wait, and return when the route has ended.
type Script interface {
	Run(c *Call) Outcome
	// Has tells whether the script offers the default function of a kind, so that core can skip it.
	Has(k Kind) bool
}
