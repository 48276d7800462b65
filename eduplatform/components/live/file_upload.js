// Sends chosen or dropped files at once, one after the other, and says of each how far it is and what went wrong.
import { createElement as h, useEffect, useRef, useState } from "react";

const AT_ONCE = 2;
const PASSING = [401, 402, 408, 409, 429];
const STALLED_MS = 60000; // without a single byte moving

let counter = 0;

const UNITS = ["B", "KB", "MB", "GB"];

const size = (bytes) => {
  let unit = 0;
  let amount = bytes;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: unit ? 1 : 0 }).format(amount)} ${UNITS[unit]}`;
};

const isAccepted = (file, accept) => {
  const wanted = accept.split(",").map((part) => part.trim().toLowerCase()).filter(Boolean);
  if (!wanted.length) return true;
  const name = file.name.toLowerCase();
  const kind = (file.type || "").toLowerCase();
  return wanted.some((part) => {
    if (part.startsWith(".")) return name.endsWith(part);
    return part.endsWith("/*") ? kind.startsWith(part.slice(0, -1)) : kind === part;
  });
};

const say = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

const problemOf = (request, texts) => {
  try {
    const { detail, title } = JSON.parse(request.responseText);
    if (detail || title) return detail || title;
  } catch {
    // not one of our own answers: a proxy's, or none
  }
  if (request.status === 401) return texts.signedOut;
  return request.status === 413 ? texts.refusedSize : texts.broken;
};

export const FileUpload = (props) => {
  const { id, name, purpose, courseId, accept = "", maxBytes, maxFiles, revision, disabled, describedBy, onUploaded, texts, classes, picture } = props;
  const input = useRef(null);
  const hidden = useRef(null);
  const requests = useRef(new Map());
  const [entries, setEntries] = useState([]);
  const [refused, setRefused] = useState([]);
  const [said, setSaid] = useState("");
  const [over, setOver] = useState(false);
  const many = maxFiles > 1;
  const latest = useRef(onUploaded);
  latest.current = onUploaded;

  const change = (key, values) => setEntries((all) => all.map((one) => (one.key === key ? { ...one, ...values } : one)));

  const begin = ({ key, file }) => {
    const request = new XMLHttpRequest();
    requests.current.set(key, request);
    let watch = 0;
    const moved = () => {
      clearTimeout(watch);
      watch = setTimeout(() => request.abort(), STALLED_MS);
    };
    const fail = (text, again = true) => {
      change(key, { state: "failed", text, again });
      setSaid(`${file.name}: ${text}`);
    };
    request.open("POST", "/api/files");
    request.setRequestHeader("Accept-Language", document.documentElement.lang || "en");
    request.upload.onprogress = (event) => {
      moved();
      if (event.lengthComputable) change(key, { share: event.loaded / event.total });
    };
    // All bytes are there: the server now looks into the file, which may take a while for a large one.
    request.upload.onload = () => {
      clearTimeout(watch);
      change(key, { share: 1 });
    };
    request.onload = () => {
      if (request.status !== 201) {
        // What was refused for what it is would be refused again.
        fail(problemOf(request, texts), request.status >= 500 || PASSING.includes(request.status));
        return;
      }
      const stored = JSON.parse(request.responseText);
      change(key, { state: "done", stored, share: 1 });
      setSaid(say(texts.done, { name: stored.name }));
    };
    request.onerror = () => fail(navigator.onLine === false ? texts.offline : texts.broken);
    request.onabort = () => requests.current.has(key) && fail(texts.broken);
    request.onloadend = () => {
      clearTimeout(watch);
      requests.current.delete(key);
    };
    const form = new FormData();
    // The fields go first: the server decides about the file by them before it reads it.
    form.append("purpose", purpose);
    form.append("course_id", courseId ?? "");
    form.append("file", file, file.name);
    moved();
    request.send(form);
  };

  useEffect(() => {
    const busy = entries.filter((one) => one.state === "sending").length;
    const next = entries.filter((one) => one.state === "waiting").slice(0, Math.max(0, AT_ONCE - busy));
    if (!next.length) return;
    setEntries((all) => all.map((one) => (next.some((other) => other.key === one.key) ? { ...one, state: "sending", share: 0 } : one)));
    next.forEach(begin);
  }, [entries]);

  // The page hears of the whole list whenever it changes, in the order in which it is shown.
  const ids = entries.filter((one) => one.state === "done").map((one) => one.stored.id);
  const text = JSON.stringify(ids);
  const told = useRef("[]");
  useEffect(() => {
    if (told.current === text) return;
    told.current = text;
    hidden.current?.dispatchEvent(new Event("input", { bubbles: true }));
    latest.current?.(ids);
  }, [text]);

  const clear = () => {
    [...requests.current].forEach(([key, request]) => {
      requests.current.delete(key);
      request.abort();
    });
    told.current = "[]";
    setEntries([]);
    setRefused([]);
  };
  // What was uploaded has found its place on the server: the list begins anew.
  const seen = useRef(revision);
  useEffect(() => {
    if (seen.current !== revision) clear();
    seen.current = revision;
  }, [revision]);
  useEffect(() => {
    const form = input.current?.form;
    form?.addEventListener("reset", clear);
    return () => {
      form?.removeEventListener("reset", clear);
      [...requests.current].forEach(([key, request]) => {
        requests.current.delete(key);
        request.abort();
      });
    };
  }, []);

  const take = (incoming) => {
    const problems = [];
    const kept = many ? [...entries] : [];
    for (const file of incoming) {
      const problem = (sentence) => problems.push(say(sentence, { name: file.name, size: size(maxBytes), count: maxFiles }));
      if (!isAccepted(file, accept)) problem(texts.badType);
      else if (!file.size) problem(texts.emptyFile);
      else if (file.size > maxBytes) problem(texts.tooLarge);
      else if (kept.length >= maxFiles) problem(texts.tooMany);
      else kept.push({ key: (counter += 1), file, state: "waiting", share: 0, text: "" });
    }
    setRefused(problems);
    if (!many && kept.length) entries.forEach(({ key }) => requests.current.get(key)?.abort());
    if (kept.length) setEntries(kept);
    // The same file can be chosen again, for example after it was corrected.
    if (input.current) input.current.value = "";
  };
  const remove = (entry) => {
    const request = requests.current.get(entry.key);
    requests.current.delete(entry.key);
    request?.abort();
    setEntries((all) => all.filter((one) => one.key !== entry.key));
    setSaid(say(texts.removed, { name: entry.file.name }));
    input.current.focus();
  };
  const retry = (entry) => {
    change(entry.key, { state: "waiting", share: 0, text: "", again: false });
    document.getElementById(`${id}-${entry.key}`)?.focus();
  };

  const carriesFiles = (event) => !disabled && [...(event.dataTransfer?.types ?? [])].includes("Files");
  const row = (entry) => {
    const shown = entry.stored?.name ?? entry.file.name;
    const checking = entry.state === "sending" && entry.share === 1;
    const percent = Math.floor(entry.share * 100);
    const state = {
      waiting: texts.waiting,
      sending: checking ? texts.checking : say(texts.sending, { percent }),
      done: entry.stored?.ready === false ? texts.pending : texts.ready,
      failed: entry.text,
    }[entry.state];
    return h(
      "li",
      { key: entry.key, id: `${id}-${entry.key}`, tabIndex: -1, className: classes.item, "data-state": entry.state },
      h(
        "div",
        { className: classes.main },
        h(
          "div",
          { className: classes.line },
          entry.state === "done"
            ? h("a", { href: entry.stored.href, target: "_blank", rel: "noopener", className: classes.link }, shown)
            : h("span", { className: classes.fileName }, shown),
          h("span", { className: classes.fileSize }, size(entry.file.size)),
        ),
        entry.state === "sending" &&
          h("progress", { className: classes.progress, max: 100, value: checking ? undefined : percent, "aria-label": say(texts.progress, { name: shown }) }),
        h("p", { className: entry.state === "failed" ? classes.error : classes.state }, state),
        entry.again &&
          h("button", { type: "button", className: classes.retry, onClick: () => retry(entry), "aria-label": say(texts.retryOf, { name: shown }) }, texts.retry),
      ),
      h(
        "button",
        { type: "button", className: classes.remove, "aria-label": say(entry.state === "done" ? texts.remove : texts.cancel, { name: shown }), onClick: () => remove(entry) },
        h("span", { "aria-hidden": true }, "×"),
      ),
    );
  };

  const errorId = `${id}-refused`;
  return h(
    "div",
    { className: classes.frame },
    h(
      "label",
      {
        className: classes.zone,
        "data-over": over ? "" : undefined,
        "data-disabled": disabled ? "" : undefined,
        "data-invalid": refused.length ? "" : undefined,
        onDragEnter: (event) => carriesFiles(event) && (event.preventDefault(), setOver(true)),
        onDragOver: (event) => carriesFiles(event) && (event.preventDefault(), setOver(true)),
        onDragLeave: (event) => !event.currentTarget.contains(event.relatedTarget) && setOver(false),
        onDrop: (event) => {
          if (!carriesFiles(event)) return;
          event.preventDefault();
          setOver(false);
          take([...event.dataTransfer.files]);
        },
      },
      h("span", { className: classes.picture, "aria-hidden": true }, picture),
      h("span", { className: classes.title }, many ? texts.chooseMany : texts.choose),
      h("span", { className: classes.limits }, texts.limits),
      h("input", {
        ref: input,
        id,
        type: "file",
        accept: accept || undefined,
        multiple: many,
        disabled,
        className: classes.input,
        "data-no-draft": "",
        "aria-label": texts.label,
        "aria-invalid": refused.length ? true : undefined,
        "aria-describedby": [refused.length ? errorId : "", describedBy].filter(Boolean).join(" ") || undefined,
        onChange: (event) => take([...event.target.files]),
      }),
    ),
    h(
      "div",
      { id: errorId, role: "alert" },
      refused.map((sentence, index) => h("p", { key: index, className: classes.error }, sentence)),
    ),
    entries.length > 0 && h("ul", { className: classes.list, "aria-label": texts.chosen }, entries.map(row)),
    h("span", { role: "status", className: "sr-only" }, said),
    name && h("input", { ref: hidden, type: "hidden", name, value: text, readOnly: true }),
  );
};
