// Two phones register, one calls the other, media flows, and the one that was called hangs up. Each step is
// told to the test, which waits for "done".
import { Inviter, Registerer, RegistererState, SessionState, UserAgent } from "/sip.js/lib/index.js";

const server = new URLSearchParams(location.search).get("server");

function tell(step) {
  return fetch("/step", { method: "POST", body: step });
}

// reached waits until something with a state has it.
function reached(thing, state) {
  return new Promise((resolve, reject) => {
    const look = (now) => {
      if (now === state) resolve();
      else if (now === SessionState.Terminated) reject(new Error(`ended instead of ${state}`));
    };
    look(thing.state);
    thing.stateChange.addListener(look);
  });
}

async function phone(user, password, onInvite) {
  const ua = new UserAgent({
    uri: UserAgent.makeURI(`sip:${user}@moonroute.test`),
    transportOptions: { server },
    authorizationUsername: user,
    authorizationPassword: password,
    logBuiltinEnabled: false,
    sessionDescriptionHandlerFactoryOptions: { iceGatheringTimeout: 500, peerConnectionConfiguration: { iceServers: [] } },
    delegate: { onInvite },
  });
  await ua.start();
  const registerer = new Registerer(ua);
  await registerer.register();
  await reached(registerer, RegistererState.Registered);
  await tell(`${user} registered`);
  return { ua, registerer };
}

async function leave({ ua, registerer }) {
  await registerer.unregister();
  await reached(registerer, RegistererState.Unregistered);
  await ua.stop();
}

const media = { sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } };

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
