// The journal of one attempt: every answer is kept in this browser until the server has said that it is stored.
// Nothing is called saved before that, nothing is sent twice with another id, and nothing is dropped without a word.

const DATABASE = "edu_journal";
const STORE = "operations";
const KEEP_AFTER_MS = 100;
const SEND_AFTER_MS = 1200;
const RETRY_MS = [1000, 2000, 4000, 8000, 15000];
const AT_ONCE = 100;
const KEEPALIVE_BYTES = 60000; // browsers refuse larger bodies of requests that outlive their page

const asPromise = (request) =>
  new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

// A write counts once its transaction is complete, not when the request is accepted.
const asCompleted = (transaction) =>
  new Promise((done, fail) => {
    transaction.oncomplete = () => done();
    transaction.onerror = transaction.onabort = () => fail(transaction.error);
  });

const openDatabase = () => {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "operation_id" }).createIndex("attempt", "attempt");
  return asPromise(request);
};

// Where operations wait: the browser's database, or memory where there is none (private windows, full disks).
const openStore = async (attempt) => {
  try {
    const database = await openDatabase();
    const read = () => database.transaction(STORE).objectStore(STORE);
    const write = (change) => {
      const transaction = database.transaction(STORE, "readwrite");
      change(transaction.objectStore(STORE));
      return asCompleted(transaction);
    };
    await asPromise(read().count());
    return {
      durable: true,
      all: () => asPromise(read().index("attempt").getAll(attempt)),
      put: (operation) => write((rows) => rows.put(operation)),
      remove: (id) => write((rows) => rows.delete(id)),
      close: () => database.close(),
    };
  } catch {
    return { durable: false, all: async () => [], put: async () => {}, remove: async () => {}, close: () => {} };
  }
};

// Whether a tab still lives: each holds a lock under its name, and the browser releases it when the tab is gone.
// True: the name is ours now, until `released`; false: that tab lives; null: this browser cannot tell.
const claim = (writer, released) =>
  new Promise((done) => {
    if (!navigator.locks) {
      done(null);
      return;
    }
    navigator.locks
      .request(`edu-writer-${writer}`, { ifAvailable: true }, (lock) => {
        done(Boolean(lock));
        return lock ? released : undefined;
      })
      .catch(() => done(null));
  });

const post = (attempt, path, body, keepalive = false) =>
  fetch(`/api/attempts/${encodeURIComponent(attempt)}${path}`, {
    method: "POST",
    credentials: "same-origin",
    keepalive,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });

const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

const wire = ({ operation_id, item_id, base_version, answer, writer }) => ({ operation_id, item_id, base_version, answer, writer });

// Answers of a finished attempt that this browser still keeps because the server does not have them.
export const leftBehind = async (attempt) => {
  const store = await openStore(attempt);
  const left = [];
  for (const operation of await store.all()) {
    const response = await post(attempt, "/answers", { operations: [wire(operation)] }).catch(() => null);
    if (response?.ok) await store.remove(operation.operation_id);
    else left.push(operation);
  }
  const discard = () => Promise.all(left.map((operation) => store.remove(operation.operation_id)));
  return { left, discard, close: () => store.close() };
};

export class AttemptJournal {
  // `tell` hears of: status, clock, deadline, conflict, rejected, remote, closed, signedOut.
  constructor(attempt, tell) {
    this.attempt = attempt;
    this.tell = tell;
    this.writer = newId();
    this.operations = []; // in the order in which they were written; `sent` marks those on their way
    this.versions = {};
    this.conflicts = {};
    this.failures = 0;
    this.over = false;
    this.release = () => {};
    this.gone = new AbortController();
  }

  // Reads the attempt; null when it cannot be read. Unsent answers of this browser lie over the stored ones.
  async open() {
    this.store = await openStore(this.attempt);
    const released = new Promise((done) => (this.release = done));
    await claim(this.writer, released);
    const attempt = await this.read();
    if (!attempt) return null;
    for (const question of attempt.questions) this.versions[question.item_id] = question.version;
    await this.adopt(attempt, released);
    if (typeof BroadcastChannel === "function") {
      this.channel = new BroadcastChannel(`edu-attempt-${this.attempt}`);
      this.channel.onmessage = ({ data }) => this.heard(data);
    }
    this.schedule(0);
    return attempt;
  }

  async read() {
    const response = await fetch(`/api/attempts/${encodeURIComponent(this.attempt)}`, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (response.status === 401) this.tell("signedOut");
    if (!response.ok) return null;
    const attempt = await response.json();
    this.tell("clock", attempt.server_time);
    return attempt;
  }

  // Takes over what a closed tab of this browser left behind, in its name: a tab that still lives sends its own.
  async adopt(attempt, released) {
    if (attempt.state !== "in_progress") {
      this.end();
      return;
    }
    const left = await this.store.all();
    const stored = Object.fromEntries(attempt.questions.map((question) => [question.item_id, question]));
    for (const writer of new Set(left.map((operation) => operation.writer))) {
      const ours = await claim(writer, released);
      if (ours === false) this.inherit(writer, released);
      else for (const operation of await this.takeOver(writer, ours ? writer : this.writer)) stored[operation.item_id].answer = operation.answer;
    }
  }

  // Waits for the end of another tab, and then sends what it could not send any more.
  inherit(writer, released) {
    navigator.locks
      .request(`edu-writer-${writer}`, { signal: this.gone.signal }, async () => {
        for (const { item_id, answer } of await this.takeOver(writer, writer)) this.tell("remote", { item_id, answer });
        this.schedule(0);
        return released;
      })
      .catch(() => {}); // this page has gone first
  }

  async takeOver(writer, name) {
    const known = new Set(this.operations.map((operation) => operation.operation_id));
    const left = (await this.store.all())
      .filter((operation) => operation.writer === writer && !known.has(operation.operation_id) && operation.item_id in this.versions)
      .sort((one, other) => one.at - other.at)
      .map((operation) => ({ ...operation, writer: name, sent: false, stored: true }));
    const untouched = left.filter((operation) => !this.pending(operation.item_id));
    this.operations.unshift(...left);
    return untouched;
  }

  heard({ item_id, version, answer, submitted }) {
    if (submitted) this.end();
    else if (version > (this.versions[item_id] ?? 0) && !this.pending(item_id) && !this.conflicts[item_id]) {
      this.versions[item_id] = version;
      this.tell("remote", { item_id, answer });
    }
  }

  // Asks what others who work on the same answer have stored meanwhile.
  async listen() {
    if (this.over || this.busy) return;
    const attempt = await this.read().catch(() => null);
    if (attempt && attempt.state !== "in_progress") this.end();
    else for (const question of attempt?.questions ?? []) this.heard(question);
  }

  pending(item) {
    return this.operations.find((operation) => operation.item_id === item);
  }

  write(item, answer) {
    if (this.over) return;
    if (this.conflicts[item]) {
      this.conflicts[item].mine = answer;
      return;
    }
    // Only the newest may be replaced in its place: an older one that failed to arrive would else be sent after it.
    const newest = this.operations.findLast((operation) => operation.item_id === item);
    const waiting = newest?.sent ? undefined : newest;
    const operation = {
      attempt: this.attempt,
      operation_id: newId(),
      item_id: item,
      base_version: waiting?.base_version ?? this.versions[item] ?? 0,
      writer: waiting?.writer ?? this.writer,
      answer,
      at: Date.now(),
      sent: false,
    };
    if (waiting) {
      this.operations.splice(this.operations.indexOf(waiting), 1, operation);
      operation.replaces = [...(waiting.replaces ?? []), waiting.operation_id];
    } else this.operations.push(operation);
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keep(), KEEP_AFTER_MS);
    this.report();
    this.schedule(SEND_AFTER_MS);
  }

  // Writes what is new into the browser's database; what it replaces goes only afterwards.
  async keep() {
    clearTimeout(this.keeping);
    for (const operation of this.operations.filter((one) => !one.kept)) {
      operation.kept = true;
      try {
        await this.store.put({ ...operation, sent: false });
        operation.stored = true;
        for (const id of operation.replaces ?? []) await this.store.remove(id);
      } catch {
        this.store = { ...this.store, durable: false, put: async () => {} };
      }
    }
    this.report();
  }

  forget(operation) {
    for (const id of [operation.operation_id, ...(operation.replaces ?? [])]) this.store.remove(id).catch(() => {});
    this.operations = this.operations.filter((one) => one.operation_id !== operation.operation_id);
  }

  report() {
    const troubled = this.failures > 0 || navigator.onLine === false;
    const waiting = this.ready().length > 0;
    // "Kept in this browser" is said of what its database has, not of what is on its way there.
    const kept = !this.store.durable || this.operations.every((operation) => operation.stored);
    const name = !this.operations.length ? "saved" : !waiting ? "choose" : troubled && kept ? "offline" : "saving";
    this.tell("status", { name, durable: this.store.durable });
  }

  schedule(wait) {
    clearTimeout(this.sending);
    this.sending = setTimeout(() => this.flush(), wait);
  }

  ready() {
    return this.operations.filter((operation) => !this.conflicts[operation.item_id]).slice(0, AT_ONCE);
  }

  // Sends what waits; one delivery at a time, so that answers arrive in the order in which they were written.
  async flush() {
    clearTimeout(this.sending);
    if (this.busy) return this.busy;
    const batch = this.ready();
    if (!batch.length || this.over) {
      this.report();
      return undefined;
    }
    this.busy = this.deliver(batch).finally(() => {
      this.busy = null;
      this.report();
      if (this.ready().length && !this.over) this.schedule(this.failures ? RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1] : 300);
    });
    return this.busy;
  }

  async deliver(batch) {
    for (const operation of batch) operation.sent = true;
    await this.keep();
    let response = null;
    try {
      response = await post(this.attempt, "/answers", { operations: batch.map(wire) });
    } catch {
      response = null; // the network is away: the journal keeps everything and tries again
    }
    for (const operation of batch) operation.sent = false;
    if (response?.ok) {
      this.failures = 0;
      this.settle(batch, await response.json());
      return;
    }
    const problem = await response?.json().catch(() => null);
    if (response?.status === 409 && problem?.code === "attempt_closed") this.end();
    else if (response?.status === 404) this.end();
    else if (response?.status === 422 || response?.status === 413) this.reject(batch, problem);
    else {
      if (response?.status === 401) this.tell("signedOut");
      this.failures += 1;
    }
  }

  settle(batch, receipt) {
    this.tell("clock", receipt.server_time);
    this.tell("deadline", receipt.deadline);
    const versions = Object.fromEntries(receipt.acknowledged.map(({ operation_id, version }) => [operation_id, version]));
    for (const operation of batch) {
      const version = versions[operation.operation_id];
      if (version === undefined) continue;
      this.forget(operation);
      this.versions[operation.item_id] = Math.max(version, this.versions[operation.item_id] ?? 0);
      const next = this.pending(operation.item_id);
      if (next) next.base_version = this.versions[operation.item_id];
      this.channel?.postMessage({ item_id: operation.item_id, version, answer: operation.answer });
    }
    for (const { operation_id, item_id, version, answer } of receipt.conflicts) {
      const mine = batch.find((operation) => operation.operation_id === operation_id);
      this.conflicts[item_id] = { mine: mine?.answer, theirs: answer, version };
      this.tell("conflict", { item_id, ...this.conflicts[item_id] });
    }
  }

  // The student has chosen between the answers of two tabs.
  resolve(item, keepMine) {
    const { mine, theirs, version } = this.conflicts[item];
    delete this.conflicts[item];
    for (const operation of this.operations.filter((one) => one.item_id === item)) this.forget(operation);
    this.versions[item] = version;
    if (keepMine) this.write(item, mine);
    this.report();
    return keepMine ? mine : theirs;
  }

  reject(batch, problem) {
    const named = batch.filter((operation) => problem?.fields?.[operation.operation_id]);
    for (const operation of named.length ? named : batch) {
      const text = problem?.fields?.[operation.operation_id] ?? problem?.detail ?? "";
      this.tell("rejected", { item_id: operation.item_id, text });
      this.forget(operation);
    }
  }

  end() {
    this.over = true;
    this.keep();
    this.tell("closed");
  }

  // Hands in after everything that waits is stored; false when that did not work out.
  async submit() {
    for (let round = 0; round < 5 && this.ready().length && !this.over; round += 1) await this.flush();
    if (this.ready().length && !this.over) return false;
    try {
      const response = await post(this.attempt, "/submit", {});
      if (response.status === 401) this.tell("signedOut");
      if (!response.ok) return false;
      this.over = true;
      this.channel?.postMessage({ submitted: true });
      return true;
    } catch {
      return false;
    }
  }

  // The page is going away: one last delivery that may outlive it. What does not arrive waits in the database.
  leave() {
    const batch = this.ready();
    if (!batch.length || this.over) return;
    this.keep();
    const body = { operations: batch.map(wire) };
    if (new Blob([JSON.stringify(body)]).size <= KEEPALIVE_BYTES) post(this.attempt, "/answers", body, true).catch(() => {});
  }

  close() {
    this.leave();
    clearTimeout(this.sending);
    clearTimeout(this.keeping);
    this.over = true;
    this.channel?.close();
    this.gone.abort();
    this.release();
  }
}
