// One endpoint of the library msrp-node-lib behind a relay:
//
//   node endpoint.js LIBRARY RELAY_HOST RELAY_PORT send|receive SIZE tcp|tls
//
// It asks the relay for a session over the connection that the library then uses, writes
// "path …" and reads the other end's path. The sender sends a short text and one of SIZE bytes; the
// receiver writes the length and the sum of what it gets.
const net = require("net"), tls = require("tls"), crypto = require("crypto"), readline = require("readline");
const [library, host, port, role, size, proto] = process.argv.slice(2);
const quiet = { debug() {}, info() {}, warn(x) { console.error(x); }, error(x) { console.error(x); } };
const sdk = require(library)({ host: "127.0.0.1", port: 0, sessionName: "-", acceptTypes: "*", setup: "active", enableHeartbeats: false, requestReports: true }, quiet);

const say = (...words) => console.log(words.join(" "));
const sum = (text) => crypto.createHash("sha256").update(text).digest("hex");
const sdp = (path) => `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 9 TCP/MSRP *\r\na=accept-types:*\r\na=setup:passive\r\na=path:${path}\r\n`;
const scheme = proto === "tls" ? "msrps" : "msrp";
const socket = proto === "tls" ? tls.connect({ port, host, rejectUnauthorized: false }, authenticate) : net.connect(port, host, authenticate);

function authenticate() {
  const session = sdk.SessionController.createSession();
  const own = `${scheme}://127.0.0.1:${socket.localPort}/${session.sid};tcp`;
  socket.write(`MSRP auth01 AUTH\r\nTo-Path: ${scheme}://${host}:${port};tcp\r\nFrom-Path: ${own}\r\n-------auth01$\r\n`);
  socket.once("data", (data) => {
    const use = /Use-Path: (.*)\r\n/.exec(data.toString())[1];
    session.localEndpoint = new sdk.URI(own);
    session.setSocket(new sdk.SocketHandler(socket), false);
    say("path", use, own);
    readline.createInterface({ input: process.stdin }).once("line", (path) => {
      // The library knows no relay of its own: it is told that the other end is behind both.
      session.setDescription(sdp(use + " " + path), () => {}, (e) => { throw new Error(e); });
      role === "send" ? send(session) : receive(session);
    });
  });
}

function send(session) {
  const texts = ["hello", crypto.randomBytes(size / 2).toString("hex")];
  const next = () => {
    const text = texts.shift();
    if (text === undefined) process.exit(0);
    say("sent", text.length, sum(text));
    session.sendMessage(text, null, "text/plain", true);
  };
  session.on("report", (report) => {
    say("report", report.status);
    next();
  });
  next();
}

function receive(session) {
  say("ready");
  session.on("message", (message) => say("got", message.body.length, sum(message.body)));
}
