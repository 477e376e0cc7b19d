package msilo

import (
	"errors"
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// number makes the row of a parameter that is a number.
func number(name string, def int, field func(*state) *int, doc string) kemi.Param[state] {
	return kemi.IntParam(name, def, field, doc)
}

// text makes the row of a parameter that is a text.
func text(name, def string, field func(*state) *string, doc string) kemi.Param[state] {
	return kemi.StrParam(name, def, field, doc)
}

var params = kemi.Params[state]{
	text("db_url", "mysql://kamailio:kamailiorw@localhost/kamailio", func(s *state) *string { return &s.dbURL }, "database of the messages"),
	text("db_table", "silo", func(s *state) *string { return &s.table }, "table of the messages"),
	text("from_address", "", func(s *state) *string { return &s.texts.fromAddress }, "URI from which senders are told that their message is kept; may hold variables; empty: nobody is told"),
	text("contact_hdr", "", func(s *state) *string { return &s.texts.contact }, "Contact header, with its CRLF, of these notifications; may hold variables"),
	text("content_type_hdr", "", func(s *state) *string { return &s.texts.contentType }, "Content-Type header, with its CRLF, of the notifications; offline_message needs it; may hold variables"),
	text("offline_message", "", func(s *state) *string { return &s.texts.offlineMessage }, "body of the notifications; may hold variables; empty: nobody is told"),
	text("registrar", "", func(s *state) *string { return &s.registrar }, "older name of from_address: notifications then have a text of their own, and nothing is stored for this address"),
	text("extra_hdrs", "", func(s *state) *string { return &s.texts.extraHeaders }, "headers, each with its CRLF, added to what mdump sends; may hold variables of the REGISTER"),
	text("reminder", "", func(s *state) *string { return &s.reminder }, "URI from which reminders are sent; empty: none are"),
	text("outbound_proxy", "", func(s *state) *string { return &s.outboundProxy }, "URI of the next hop of all that the module sends; empty: the request URI"),
	number("expire_time", 259200, func(s *state) *int { return &s.expireTime }, "seconds that a message is kept; a lower Expires header of the message counts instead"),
	number("check_time", 60, func(s *state) *int { return &s.checkTime }, "seconds between two looks for what is to be tidied up; 0: never").Within(0, maxSeconds),
	number("clean_period", 10, func(s *state) *int { return &s.cleanPeriod }, "every how many such looks expired messages are removed"),
	number("send_time", 0, func(s *state) *int { return &s.sendTime }, "seconds between two looks for reminders that are due; 0: never"),
	number("use_contact", 1, func(s *state) *int { return &s.useContact }, "1: notifications go to the Contact of the message, 0: to its From URI"),
	number("add_date", 1, func(s *state) *int { return &s.addDate }, "1: the time of storing stands before the text of a message, and the time of reminding before that of a reminder"),
	number("add_contact", 0, func(s *state) *int { return &s.addContact }, "1: what is sent has a Contact header with the sender's URI"),
	number("max_messages", 0, func(s *state) *int { return &s.maxMessages }, "messages that may be kept for one user; 0: no limit"),
	number("skip_notification_flag", -1, func(s *state) *int { return &s.skipNotification }, "message flag with which the sender is not told; -1: none").Within(-1, 31),
	number("use_mode", 0, func(s *state) *int { return &s.useMode }, "1: the Call-ID of a message is stored, and it is sent with it again"),
	text("snd_time_avp", "", func(s *state) *string { return &s.sendTimeAVP }, "$avp(name) that may hold the local time to send a message as a reminder: YYYYMMDDHHMMSS"),
	text("extra_hdrs_avp", "", func(s *state) *string { return &s.extraHeadersAVP }, "$avp(name) that may hold the headers to store instead of the message's own"),
	text("sc_mid", "id", func(s *state) *string { return &s.columns.id }, "column of the message's number"),
	text("sc_from", "src_addr", func(s *state) *string { return &s.columns.from }, "column of the sender's URI"),
	text("sc_to", "dst_addr", func(s *state) *string { return &s.columns.to }, "column of the recipient's URI"),
	text("sc_uri_user", "username", func(s *state) *string { return &s.columns.user }, "column of the owner's user name"),
	text("sc_uri_host", "domain", func(s *state) *string { return &s.columns.host }, "column of the owner's domain"),
	text("sc_body", "body", func(s *state) *string { return &s.columns.body }, "column of the body"),
	text("sc_ctype", "ctype", func(s *state) *string { return &s.columns.contentType }, "column of the content type"),
	text("sc_exp_time", "exp_time", func(s *state) *string { return &s.columns.expires }, "column of the time after which the message is removed"),
	text("sc_inc_time", "inc_time", func(s *state) *string { return &s.columns.received }, "column of the time when the message came"),
	text("sc_snd_time", "snd_time", func(s *state) *string { return &s.columns.sendAt }, "column of the time to send it as a reminder; 0: it waits for its owner"),
	text("sc_stored_hdrs", "extra_hdrs", func(s *state) *string { return &s.columns.headers }, "column of the stored headers"),
	text("sc_callid", "callid", func(s *state) *string { return &s.columns.callID }, "column of the Call-ID with use_mode=1"),
	text("sc_status", "status", func(s *state) *string { return &s.columns.status }, "accepted, no effect: the incumbent does not use the column either, it keeps its default"),
}

// maxSeconds bounds check_time: a year.
const maxSeconds = 365 * 24 * 3600

// texts are the parameters that may hold variables.
type texts struct{ fromAddress, contact, contentType, offlineMessage, extraHeaders string }

// variables are these texts and the AVPs, ready to be read.
type variables struct {
	fromAddress, contact, contentType, offlineMessage, extraHeaders *kemi.Format
	sendTime, headers                                               *kemi.Variable // nil: none
}

// check compiles the texts and tells what does not fit together.
func (s *state) check() error {
	if s.texts.offlineMessage != "" && s.texts.contentType == "" {
		return errors.New("offline_message needs content_type_hdr")
	}
	s.useRegistrar()
	v := &s.variables
	for _, p := range []struct {
		name, text string
		into       **kemi.Format
	}{
		{"from_address", s.texts.fromAddress, &v.fromAddress}, {"contact_hdr", s.texts.contact, &v.contact},
		{"content_type_hdr", s.texts.contentType, &v.contentType}, {"offline_message", s.texts.offlineMessage, &v.offlineMessage},
		{"extra_hdrs", s.texts.extraHeaders, &v.extraHeaders},
	} {
		f, err := s.server.Registry.Format(p.text)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		*p.into = f
	}
	if err := s.avp("snd_time_avp", s.sendTimeAVP, &v.sendTime); err != nil {
		return err
	}
	return s.avp("extra_hdrs_avp", s.extraHeadersAVP, &v.headers)
}

// useRegistrar fills what the older parameter leaves open.
func (s *state) useRegistrar() {
	t := &s.texts
	if s.registrar == "" || t.fromAddress != "" {
		return
	}
	t.fromAddress = strings.ReplaceAll(s.registrar, "$", "$$")
	if t.offlineMessage == "" {
		t.contentType = "Content-Type: text/plain\r\n"
		t.offlineMessage = "User [$tu] is not online. Your message is kept and delivered as soon as that changes."
	}
	if t.contact == "" {
		t.contact = "Contact: <" + t.fromAddress + ">;msilo=yes\r\n"
	}
}

// avp finds the variable of a parameter that must name an AVP.
func (s *state) avp(param, text string, into **kemi.Variable) error {
	if text == "" {
		return nil
	}
	if !strings.HasPrefix(text, "$avp(") {
		return fmt.Errorf("%s: %q is no $avp(name)", param, text)
	}
	v, err := s.server.Registry.Var(text)
	if err != nil {
		return fmt.Errorf("%s: %w", param, err)
	}
	*into = v
	return nil
}
