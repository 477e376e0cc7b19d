// Two phones register, one calls the other, media flows, and the one that was called hangs up. Each step is
// told to the test, which waits for "done".
import { Inviter, SessionState, UserAgent } from "/sip.js/lib/index.js";
import { leave, media, phone, reached, tell } from "/phone.js";

async function run() {
  let ring;
  const rings = new Promise((resolve) => { ring = resolve; });
  const bob = await phone("bob", "can-we-fix-it", ring);
  const alice = await phone("alice", "looking-glass");

  const call = new Inviter(alice.ua, UserAgent.makeURI("sip:bob@moonroute.test"), media);
  await call.invite();
  const invitation = await rings;
  await tell("bob rings");
  await invitation.accept(media);
  await Promise.all([reached(call, SessionState.Established), reached(invitation, SessionState.Established)]);
  await tell("they talk");

  await call.info({ requestOptions: { body: { contentDisposition: "render", contentType: "application/dtmf-relay", content: "Signal=1\r\nDuration=100" } } });
  await tell("alice presses a key");

  await invitation.bye();
  await reached(call, SessionState.Terminated);
  await tell("bob hangs up");
  await Promise.all([leave(alice), leave(bob)]);
  await tell("done");
}

run().catch((error) => tell(`failed: ${error.stack || error}`));
