// A phone calls one of another kind, which hangs up; that one calls back, and the page hangs up.
import { Inviter, SessionState, UserAgent } from "/sip.js/lib/index.js";
import { leave, media, phone, reached, tell } from "/phone.js";

async function run() {
  let ring;
  const rings = new Promise((resolve) => { ring = resolve; });
  const alice = await phone("alice", "looking-glass", ring);

  const call = new Inviter(alice.ua, UserAgent.makeURI("sip:bob@moonroute.test"), media);
  await call.invite();
  await reached(call, SessionState.Established);
  await tell("bob answers");
  await reached(call, SessionState.Terminated);
  await tell("bob hangs up");

  const invitation = await rings;
  await invitation.accept(media);
  await reached(invitation, SessionState.Established);
  await tell("alice answers");
  await invitation.bye();
  await reached(invitation, SessionState.Terminated);
  await tell("alice hangs up");
  await leave(alice);
  await tell("done");
}

run().catch((error) => tell(`failed: ${error.stack || error}`));
