// What the pages have in common: a phone that registers and leaves, and what they tell the test.
import { Registerer, RegistererState, SessionState, UserAgent } from "/sip.js/lib/index.js";

const server = new URLSearchParams(location.search).get("server");

export function tell(step) {
  return fetch("/step", { method: "POST", body: step });
}

// reached waits until something with a state has it.
export function reached(thing, state) {
  return new Promise((resolve, reject) => {
    const look = (now) => {
      if (now === state) resolve();
      else if (now === SessionState.Terminated) reject(new Error(`ended instead of ${state}`));
    };
    look(thing.state);
    thing.stateChange.addListener(look);
  });
}

export async function phone(user, password, onInvite) {
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

export async function leave({ ua, registerer }) {
  await registerer.unregister();
  await reached(registerer, RegistererState.Unregistered);
  await ua.stop();
}

export const media = { sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } };
