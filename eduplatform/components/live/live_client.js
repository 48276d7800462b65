// One connection to the push service per tab, shared by all channels of the page, and what is known of it.
//
// The server numbers the events of each channel. A number that was seen is dropped, a missing one means that something was missed,
// and whoever joins (again) is told the last number: then the page reads again, and only then.
import { useSyncExternalStore } from "react";

const POLL_MS = 15000; // how often pages read again while nothing can reach them
const BATCH_MS = 15; // channels that are asked for together
const AT_ONCE = 20; // channels in one request, as many as the server takes
const KEEP_MS = 3000; // a channel that one page leaves and the next one enters is kept
const READ_BEFORE_MS = 5000; // a page may have been read so long before its channel was asked for
const STEADY_MS = 60000; // three losses within this time are an unstable connection
const LOSSES = 3;
const RETRY_MS = [500, 2000, 5000, 15000]; // after the server has closed the connection for good

const ACTIVITY_MS = 20000;
const PONG_MS = 6000;
const UNAVAILABLE_MS = 4000;

const channels = new Map();
const watchers = new Set();
const endings = new Set();
let client = null;
let opening = null;
let closedBy = "";
let attempts = 0;
let losses = [];
let snapshot = { status: "idle", lastAt: 0, unsteady: false };

const show = (change) => {
  losses = losses.filter((one) => Date.now() - one < STEADY_MS);
  const next = { ...snapshot, ...change, unsteady: losses.length >= LOSSES };
  if (["status", "lastAt", "unsteady"].every((name) => next[name] === snapshot[name])) return;
  snapshot = next;
  watchers.forEach((watcher) => watcher());
};

const subscribeStore = (watcher) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

const PRERENDERED = snapshot;

// The state of the connection: idle (no channel), connecting, live, lost or offline; and when the last message came.
export const useLive = () => useSyncExternalStore(subscribeStore, () => snapshot, () => PRERENDERED);

export const isLive = () => snapshot.status === "live";

// Called when the server has ended the connection: the session may be over.
export const onEnded = (listener) => {
  endings.add(listener);
  return () => endings.delete(listener);
};

const each = (entry, call) => [...entry.listeners].forEach(call);
const missed = (entry) => each(entry, (listener) => listener.missed?.());

const pending = new Map();
let asking = 0;

const answer = () => {
  asking = 0;
  const wanted = [...pending.values()];
  pending.clear();
  while (wanted.length) enter(wanted.splice(0, AT_ONCE));
};

const enter = async (wanted) => {
  const socket = wanted[0].socketId;
  const body = {
    socket_id: socket,
    user: wanted.some((one) => one.name === ""),
    channels: wanted.map((one) => one.name).filter(Boolean),
  };
  let found = null;
  try {
    const response = await fetch("/api/realtime/auth", {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.ok) found = await response.json();
  } catch {
    found = null;
  }
  wanted.forEach(({ name, done }) => {
    const granted = name === "" ? found?.user : found?.channels?.[name];
    if (!granted) {
      done(new Error("refused"), null);
      return;
    }
    done(null, granted.user_data ? { auth: granted.auth, user_data: granted.user_data } : { auth: granted.auth });
    const entry = channels.get(name);
    if (entry) admitted(entry, granted);
  });
};

// All channels of a page are asked for in one request; the empty name stands for the person.
const ask = (socketId, name, done) => {
  pending.set(name, { socketId, name, done });
  if (!asking) asking = setTimeout(answer, BATCH_MS);
};

const admitted = (entry, { number, age }) => {
  const first = entry.number === null;
  const behind = first ? number > 0 && age * 1000 < Date.now() - entry.since + READ_BEFORE_MS : number !== entry.number;
  entry.number = number;
  if (behind) missed(entry);
};

const received = (entry, event, data) => {
  if (event === "pusher:subscription_error") {
    missed(entry); // reading again shows whether the page is still this person's
    return;
  }
  const number = data?.n;
  if (event.startsWith("pusher") || !Number.isInteger(number)) return;
  const last = entry.number;
  if (last !== null && number <= last) return;
  entry.number = number;
  if (last !== null && number > last + 1) missed(entry);
  each(entry, (listener) => listener.event?.(event, data.d ?? {}));
};

const join = (entry) => {
  if (!client || entry.channel) return;
  entry.channel = client.subscribe(entry.name);
  entry.channel.bind_global((event, data) => received(entry, event, data));
};

const reconnect = () => {
  if (navigator.onLine === false || !client) return;
  closedBy = "";
  client.connect();
};

const changed = ({ previous, current }) => {
  if (current === "connected") {
    attempts = 0;
    show({ status: "live", lastAt: Date.now() });
    return;
  }
  if (previous === "connected" && closedBy !== "page") losses.push(Date.now());
  if (current === "connecting") show({ status: snapshot.status === "lost" ? "lost" : "connecting" });
  else if (current === "unavailable" || current === "failed") show({ status: "lost" });
  else if (current === "disconnected" && !closedBy) {
    // The server wants us to go: a revoked session, a suspended school. Who may come back is let in again.
    show({ status: "connecting" });
    endings.forEach((listener) => listener());
    setTimeout(reconnect, RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)] * (0.5 + Math.random()));
    attempts += 1;
  }
};

const open = async ({ key, cluster }) => {
  const { default: Pusher } = await import("pusher-js");
  const port = Number(location.port) || (location.protocol === "https:" ? 443 : 80);
  const own = { wsHost: location.hostname, wsPort: port, wssPort: port, forceTLS: location.protocol === "https:" };
  client = new Pusher(key, {
    cluster: cluster || "own",
    ...(cluster ? { forceTLS: true } : own),
    enabledTransports: ["ws", "wss"],
    activityTimeout: ACTIVITY_MS,
    pongTimeout: PONG_MS,
    unavailableTimeout: UNAVAILABLE_MS,
    channelAuthorization: { customHandler: ({ socketId, channelName }, done) => ask(socketId, channelName, done) },
    userAuthentication: { customHandler: ({ socketId }, done) => ask(socketId, "", done) },
  });
  client.connection.bind("state_change", changed);
  client.connection.bind("message", () => show({ lastAt: Date.now() }));
  client.signin();
  channels.forEach(join);
  if (navigator.onLine === false) wentOffline();
};

const wentOffline = () => {
  closedBy = "network";
  client?.disconnect();
  if (client) show({ status: "offline" });
};

const poll = () => {
  if (!["lost", "connecting"].includes(snapshot.status) || document.hidden || navigator.onLine === false) return;
  channels.forEach(missed);
};

const begin = (push) => {
  if (opening || !push?.key) return;
  show({ status: "connecting" });
  window.addEventListener("offline", wentOffline);
  // After the client of the service, which would try a connection that is just being made once more.
  window.addEventListener("online", () => setTimeout(reconnect));
  window.addEventListener("pagehide", () => {
    closedBy = "page";
  });
  setInterval(poll, POLL_MS);
  opening = open(push).catch(() => {
    opening = null;
    show({ status: "lost" });
    setTimeout(() => begin(push), POLL_MS);
  });
};

// Follow a channel; the result ends that. A listener has event(name, ids) and missed(), each optional.
// missed() means: what is shown may be old, for whatever reason. It is also called now and then while there is no connection.
export const follow = (push, name, listener) => {
  let entry = channels.get(name);
  if (!entry) {
    entry = { name, number: null, since: Date.now(), listeners: new Set(), channel: null, leaving: 0 };
    channels.set(name, entry);
  }
  clearTimeout(entry.leaving);
  entry.listeners.add(listener);
  begin(push);
  join(entry);
  return () => {
    entry.listeners.delete(listener);
    if (entry.listeners.size) return;
    entry.leaving = setTimeout(() => {
      channels.delete(name);
      client?.unsubscribe(name);
    }, KEEP_MS);
  };
};
