# One endpoint of the library python3-msrplib behind a relay:
#
#   python3 endpoint.py LIBRARY RELAY_HOST RELAY_PORT send|receive SIZE tcp|tls
#
# The library asks the relay for a session. Then this speaks with the test as endpoint.js does.
import hashlib, random, sys

library, host, port, role, size, proto = sys.argv[1:]
sys.path.insert(0, library)
from twisted.internet import reactor
from eventlib import api
from eventlib.twistedutil import join_reactor  # the library runs in the loop of twisted
from msrplib.connect import MSRPRelaySettings, RelayConnection
from msrplib.protocol import URI, ContentTypeHeader, FailureReportHeader, SuccessReportHeader
from msrplib.session import make_report

CHUNK = 100_000


def say(*words):
    print(*words, flush=True)


def sum_of(data):
    return hashlib.sha256(data).hexdigest()


def connect():
    tls = proto == "tls"
    credentials = None
    if tls:
        from gnutls.interfaces.twisted import X509Credentials
        credentials = X509Credentials()
        credentials.verify_peer = False  # whom the relay is has another test
    relay = MSRPRelaySettings(host, "nobody", "nothing", host=host, port=int(port), use_tls=tls, credentials=credentials)
    own = URI(host="127.0.0.1", port=0, use_tls=tls, credentials=credentials)
    connection = RelayConnection(relay, "active" if role == "send" else "passive")
    path = connection.prepare(own)
    say("path", *path)
    other = [URI.parse(u) for u in sys.stdin.readline().split()]
    return connection, other


def send(transport):
    for text in (b"hello", random.randbytes(int(size) // 2).hex().encode()):
        say("sent", len(text), sum_of(text))
        id = "%x" % random.getrandbits(64)
        for start in range(0, len(text), CHUNK):
            part = text[start:start + CHUNK]
            chunk = transport.make_send_request(id, part, start + 1, start + len(part), len(text))
            chunk.add_header(ContentTypeHeader("text/plain"))
            chunk.add_header(SuccessReportHeader("yes"))
            chunk.add_header(FailureReportHeader("yes"))  # msrp-node-lib reports only to those who write it
            transport.write_chunk(chunk)
        end = 0
        while end != len(text):  # a report for each chunk, or one for all
            chunk = transport.read_chunk()
            if chunk.method == "REPORT":
                end = chunk.byte_range.end
                status = chunk.headers["Status"].decoded.code
        say("report", status)


def receive(transport):
    texts = {}
    while True:
        chunk = transport.read_chunk(1 << 30)
        if chunk.method != "SEND":
            continue
        error = transport.check_incoming_SEND_chunk(chunk)
        if error is not None:
            say("error", error)
        transport.write_response(chunk, 200, "OK")
        report = make_report(chunk, 200, "OK")
        if report is not None:
            transport.write_chunk(report)
        text = texts.setdefault(chunk.message_id, bytearray())
        text += chunk.data
        if chunk.contflag == "$" and text:
            say("got", len(text), sum_of(text))


def main():
    connection, other = connect()
    if role == "receive":
        say("ready")
    transport = connection.msrp
    transport._set_full_remote_path(other)  # complete() would wait for an empty SEND, which endpoint.js does not send
    (send if role == "send" else receive)(transport)


reactor.callLater(0, api.spawn, main)
reactor.run()
