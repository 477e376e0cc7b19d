package registrar

import "github.com/moonroute/moonroute/kemi"

var functions = kemi.Funcs[state]{
	{Name: "save", Args: "table str, flags int", Returns: kemi.Code, Call: (*state).save, Doc: "keeps the contacts of a REGISTER: 1 added, 2 refreshed, 3 removed, 4 none named; flags: 1 in memory only, 2 no reply, 4 one contact only, 8 lifetimes do not vary, 16 with 2: the headers go with the script's own reply"},
	{Name: "save_uri", Args: "table str, flags int, uri str", Returns: kemi.Code, Call: (*state).saveURI, Doc: "save for the user of a URI instead of To"},
	{Name: "reg_send_reply", Returns: kemi.Code, Call: (*state).sendReply, Doc: "sends the reply that save with flag 2 held back"},
	{Name: "lookup", Args: "table str", Returns: kemi.Code, Call: (*state).lookup, Doc: "sets the request's targets to the contacts of its user: -1 none, -2 none for the method, -3 an error"},
	{Name: "lookup_uri", Args: "table str, uri str", Returns: kemi.Code, Call: (*state).lookupURI, Doc: "lookup for the user of a URI"},
	{Name: "lookup_branches", Args: "table str", Returns: kemi.Code, Call: (*state).lookupBranches, Doc: "lookup for the request URI and for each branch"},
	{Name: "lookup_to_dset", Args: "table str, uri str", Returns: kemi.Code, Call: (*state).lookupToDset, Doc: "adds a branch for each contact of a user"},
	{Name: "lookup_xavp", Args: "table str, uri str, record str, contacts str", Returns: kemi.Code, Call: (*state).lookupXAVP, Doc: "puts a user's record and contacts into two XAVPs"},
	{Name: "registered", Args: "table str", Returns: kemi.Code, Call: (*state).registered, Doc: "1 if the user of the request URI has a contact, else -1"},
	{Name: "registered_uri", Args: "table str, uri str", Returns: kemi.Code, Call: (*state).registeredURI, Doc: "registered for the user of a URI"},
	{Name: "registered_flags", Args: "table str, uri str, match int", Returns: kemi.Code, Call: (*state).registeredURI, Doc: "registered_uri for contacts that fit xavp_cfg: 1 match_callid, 2 match_received, 4 match_contact"},
	{Name: "registered_action", Args: "table str, uri str, match int, action int", Returns: kemi.Code, Call: (*state).registeredURI, Doc: "registered_flags; action: 1 gives back the XAVP of xavp_contact, 2 does not set xavp_rcd"},
	{Name: "reg_from_user", Args: "table str, uri str, flags int", Returns: kemi.Code, Call: (*state).regFromUser, Doc: "1 if the request came from the address of one of a user's contacts, else -1; the flags are accepted"},
	{Name: "unregister", Args: "table str, uri str", Returns: kemi.Code, Call: (*state).unregister, Doc: "removes all contacts of a user"},
	{Name: "unregister_ruid", Args: "table str, uri str, ruid str", Returns: kemi.Code, Call: (*state).unregisterRUID, Doc: "removes the contact with an id; -3 if there is none"},
	{Name: "set_q_override", Args: "q str", Returns: kemi.Code, Call: (*state).setQOverride, Doc: "preference of all contacts that the next save keeps, 0 to 1"},
	{Name: "add_sock_hdr", Args: "header str", Returns: kemi.Code, Call: (*state).addSockHdr, Doc: "adds a header that names the socket on which the request came in"},
	{Name: "reg_fetch_contacts", Args: "table str, uri str, profile str", Returns: kemi.Code, Call: (*state).fetchContacts, Doc: "makes a user's contacts readable as $ulc(profile=>attribute)"},
	{Name: "reg_free_contacts", Args: "profile str", Returns: kemi.Code, Call: (*state).freeContacts, Doc: "forgets what reg_fetch_contacts found"},
	{Name: "ulc_rget", Args: "profile str, attribute str", Returns: kemi.AnyValue, Call: (*state).ulcRget, Doc: "an attribute of the record that reg_fetch_contacts found"},
	{Name: "ulc_cget", Args: "profile str, attribute str, index int", Returns: kemi.AnyValue, Call: (*state).ulcCget, Doc: "an attribute of a contact that reg_fetch_contacts found"},
}

// The results that mean yes and no, and the two that say more.
var (
	yes      = kemi.Int(1)
	no       = kemi.Int(-1)
	noMethod = kemi.Int(-2)
	failed   = kemi.Int(-3)
)
