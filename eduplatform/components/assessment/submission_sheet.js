// The work on an assignment: a text with its preview, a link, files; saved by the journal of every attempt.
import { createElement as h, useEffect, useRef, useState } from "react";
import { RichText } from "$/public/external/eduplatform/components/ui/rich_text/rich_text.js";
import { MarkdownEditor } from "$/public/external/eduplatform/components/ui/markdown_editor/markdown_editor.js";
import { SaveState, useJournal } from "$/public/external/eduplatform/components/assessment/attempt_sheet/attempt_sheet.js";
import { fill } from "$/public/external/eduplatform/components/assessment/widgets/widget_parts.js";

const LISTEN_MS = 15000;
const EMPTY = { text: "", link: "", files: [] };

const read = async (address) => {
  const response = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  return response?.ok ? response.json() : null;
};

const get = (attempt, path) => read(`/api/attempts/${encodeURIComponent(attempt)}${path}`);

const post = async (attempt, path, body) => {
  const response = await fetch(`/api/attempts/${encodeURIComponent(attempt)}${path}`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
  return response?.ok ? response.json() : null;
};

const language = () => document.documentElement.lang || "en";
const moment = (iso, timeZone) => new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short", timeZone: timeZone || undefined }).format(new Date(iso));
const megabytes = (bytes) => `${new Intl.NumberFormat(language(), { maximumFractionDigits: bytes < 1e5 ? 2 : 1 }).format(bytes / 1e6)} MB`;
const countWords = (text) => text.split(/\s+/u).filter((run) => /[\p{L}\p{N}]/u.test(run)).length;
const isAddress = (link) => {
  try {
    const { protocol, hostname, username } = new URL(link);
    return /^https?:$/.test(protocol) && hostname.includes(".") && !username;
  } catch {
    return false;
  }
};

const FileRow = ({ file, texts, classes, onRemove }) =>
  h(
    "li",
    { className: classes.file },
    file.thumb ? h("img", { src: file.thumb, alt: "", className: classes.thumb, loading: "lazy" }) : h("span", { "aria-hidden": true, className: classes.ending }, file.name.split(".").pop().slice(0, 4)),
    h("a", { href: file.href, className: classes.fileName, target: "_blank", rel: "noopener" }, file.name),
    h("span", { className: classes.fileSize }, megabytes(file.size)),
    onRemove && h("button", { type: "button", className: classes.quiet, onClick: onRemove, "aria-label": fill(texts.removeFile, { name: file.name }) }, texts.remove),
  );

// Sends one file with its progress; the server answers with the stored file, or with a problem in words.
const send = (file, courseId, onProgress) =>
  new Promise((done) => {
    const form = new FormData();
    form.append("purpose", "submission");
    if (courseId) form.append("course_id", courseId);
    form.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", "/api/files");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => done(request.status === 201 ? { stored: request.response } : { problem: request.response?.detail || "" });
    request.onerror = () => done({ problem: "" });
    request.send(form);
  });

const Files = ({ view, known, ids, courseId, disabled, texts, classes, onStored, onRemove }) => {
  const [going, setGoing] = useState([]);
  const [refused, setRefused] = useState([]);
  const [over, setOver] = useState(false);
  const input = useRef(null);
  const problemOf = (file, room) => {
    const name = file.name.toLowerCase();
    if (!room) return fill(texts.tooMany, { limit: view.max_files });
    if (view.extensions.length && !view.extensions.some((ending) => name.endsWith(ending))) return fill(texts.badKind, { name: file.name });
    if (!file.size) return fill(texts.emptyFile, { name: file.name });
    if (file.size > view.max_megabytes * 1e6) return fill(texts.tooLarge, { name: file.name, limit: view.max_megabytes });
    return "";
  };
  const take = async (incoming) => {
    const problems = [];
    let room = view.max_files - ids.length - going.length;
    const wanted = [];
    for (const file of incoming) {
      const problem = problemOf(file, room > 0);
      if (problem) problems.push(problem);
      else {
        room -= 1;
        wanted.push({ file, key: crypto.randomUUID?.() ?? String(Math.random()), done: 0 });
      }
    }
    setRefused(problems);
    setGoing((all) => [...all, ...wanted]);
    for (const one of wanted) {
      const result = await send(one.file, courseId, (done) => setGoing((all) => all.map((other) => (other.key === one.key ? { ...other, done } : other))));
      setGoing((all) => all.filter((other) => other.key !== one.key));
      if (result.stored) onStored(result.stored);
      else setRefused((all) => [...all, result.problem ? `${one.file.name}: ${result.problem}` : fill(texts.uploadFailed, { name: one.file.name })]);
    }
  };
  const full = ids.length + going.length >= view.max_files;
  return h(
    "section",
    { className: classes.part, "aria-labelledby": "work-files-title" },
    h("h2", { id: "work-files-title", className: classes.partTitle }, texts.files),
    h(
      "p",
      { className: classes.hint, id: "work-files-hint" },
      fill(texts.fileLimits, { count: view.max_files, size: view.max_megabytes }),
      view.extensions.length ? ` ${fill(texts.fileKinds, { kinds: view.extensions.join(", ") })}` : "",
    ),
    ids.length > 0 && h("ul", { className: classes.fileList }, ids.map((id) => known[id] && h(FileRow, { key: id, file: known[id], texts, classes, onRemove: disabled ? null : () => onRemove(id) }))),
    going.map((one) =>
      h("div", { key: one.key, className: classes.going }, h("span", { className: classes.fileName }, one.file.name), h("progress", { className: classes.bar, max: 1, value: one.done, "aria-label": fill(texts.uploading, { name: one.file.name }) })),
    ),
    !full &&
      h(
        "div",
        {
          className: over ? classes.dropOver : classes.drop,
          onDragOver: (event) => {
            event.preventDefault();
            setOver(true);
          },
          onDragLeave: () => setOver(false),
          onDrop: (event) => {
            event.preventDefault();
            setOver(false);
            if (!disabled) take([...event.dataTransfer.files]);
          },
        },
        h("input", {
          ref: input,
          id: "work-files",
          type: "file",
          hidden: true,
          multiple: view.max_files > 1,
          accept: view.extensions.join(",") || undefined,
          disabled,
          "aria-label": texts.addFiles,
          onChange: (event) => {
            take([...event.target.files]);
            event.target.value = "";
          },
        }),
        h("button", { type: "button", className: classes.button, disabled, "aria-describedby": "work-files-hint", onClick: () => input.current.click() }, texts.addFiles),
        h("span", { className: classes.hint }, texts.orDrop),
      ),
    refused.length > 0 && h("ul", { role: "alert", className: classes.refused }, refused.map((text) => h("li", { key: text }, text))),
  );
};

const useDialog = (open) => {
  const node = useRef(null);
  useEffect(() => {
    if (open && !node.current.open) node.current.showModal();
    if (!open && node.current.open) node.current.close();
  }, [open]);
  return node;
};

const HandInDialog = ({ open, answer, view, known, lateness, missing, busy, failed, group, texts, classes, onClose, onSubmit }) => {
  const node = useDialog(open);
  return h(
    "dialog",
    { ref: node, id: "hand-in-dialog", "aria-labelledby": "hand-in-title", className: classes.dialog, onClose },
    h("h2", { id: "hand-in-title", className: classes.dialogTitle }, texts.handInTitle),
    h(
      "ul",
      { className: classes.summary },
      view.text && h("li", null, fill(texts.words, { count: countWords(answer.text) })),
      view.link && answer.link && h("li", { className: classes.breakAll }, answer.link),
      view.files && answer.files.map((id) => known[id] && h("li", { key: id }, known[id].name)),
    ),
    group && h("p", { className: classes.hint }, fill(texts.forGroup, { group })),
    lateness && h("p", { className: classes.warning }, lateness),
    missing.length > 0 && h("ul", { role: "alert", className: classes.refused }, missing.map((text) => h("li", { key: text }, text))),
    failed && h("p", { role: "alert", className: classes.refused }, texts.handInFailed),
    h(
      "div",
      { className: classes.dialogActions },
      h("button", { type: "button", className: classes.button, onClick: onClose }, texts.goOn),
      h("button", { type: "button", id: "confirm-hand-in", className: classes.primary, disabled: busy || missing.length > 0, "aria-busy": busy, onClick: onSubmit }, busy ? texts.handingIn : texts.handIn),
    ),
  );
};

const HistoryDialog = ({ open, attemptId, zone, texts, classes, onClose, onRestore }) => {
  const node = useDialog(open);
  const [rows, setRows] = useState(null);
  const [shown, setShown] = useState(null);
  useEffect(() => {
    if (!open) return;
    setRows(null);
    setShown(null);
    get(attemptId, "/drafts").then((found) => setRows(found?.revisions ?? []));
  }, [open, attemptId]);
  const look = async (row) => {
    const found = await get(attemptId, `/drafts/${row.id}`);
    if (found) setShown({ ...found, row });
  };
  return h(
    "dialog",
    { ref: node, id: "history-dialog", "aria-labelledby": "history-title", className: classes.wideDialog, onClose },
    h("h2", { id: "history-title", className: classes.dialogTitle }, texts.history),
    h("p", { className: classes.hint }, texts.historyHint),
    h(
      "div",
      { className: classes.historyPanels },
      rows === null
        ? h("p", { className: classes.hint }, texts.loading)
        : rows.length === 0
          ? h("p", { className: classes.hint }, texts.noHistory)
          : h(
              "ol",
              { className: classes.historyList },
              rows.map((row) =>
                h(
                  "li",
                  { key: row.id },
                  h(
                    "button",
                    { type: "button", className: classes.historyRow, "aria-pressed": shown?.row.id === row.id, onClick: () => look(row) },
                    h("span", { className: classes.historyWhen }, moment(row.saved_at, zone)),
                    h("span", { className: classes.hint }, `${row.author} · ${fill(texts.words, { count: row.words })}${row.added ? ` (${row.added > 0 ? "+" : "−"}${Math.abs(row.added)})` : ""}`),
                  ),
                ),
              ),
            ),
      h(
        "div",
        { className: classes.historyView, "aria-live": "polite" },
        shown
          ? [
              h(RichText, { key: "text", html: shown.html, className: "prose" }),
              shown.link && h("p", { key: "link", className: classes.breakAll }, shown.link),
              shown.files.length > 0 && h("p", { key: "files", className: classes.hint }, fill(texts.fileCount, { count: shown.files.length })),
            ]
          : h("p", { className: classes.hint }, texts.chooseVersion),
      ),
    ),
    h(
      "div",
      { className: classes.dialogActions },
      h("button", { type: "button", className: classes.button, onClick: onClose }, texts.close),
      h("button", { type: "button", id: "restore-version", className: classes.primary, disabled: !shown, onClick: () => onRestore(shown) }, texts.restore),
    ),
  );
};

const Conflict = ({ conflict, texts, classes, onChoose }) =>
  h(
    "div",
    { role: "alert", id: "draft-conflict", className: classes.conflict },
    h("p", { className: classes.partTitle }, texts.conflictTitle),
    h("p", { className: classes.hint }, texts.conflictHint),
    h(
      "div",
      { className: classes.conflictSides },
      [["mine", texts.conflictMine, texts.keepMine], ["theirs", texts.conflictTheirs, texts.keepTheirs]].map(([side, title, verb]) =>
        h(
          "div",
          { key: side, className: classes.conflictSide },
          h("p", { className: classes.hint }, `${title} · ${fill(texts.words, { count: countWords(conflict[side]?.text ?? "") })}`),
          h("div", { className: classes.conflictText, tabIndex: 0 }, conflict[side]?.text || texts.empty),
          h("button", { type: "button", className: classes.button, onClick: () => onChoose(side === "mine") }, verb),
        ),
      ),
    ),
  );

export const SubmissionSheet = ({ attemptId, courseId, group, lateness, zone, editor, texts, classes, onSubmitted }) => {
  const sheet = useJournal(attemptId, onSubmitted);
  const question = sheet.attempt?.questions?.[0];
  const item = question?.item_id;
  const answer = { ...EMPTY, ...(sheet.answers[item] ?? {}) };
  const [known, setKnown] = useState({});
  const [last, setLast] = useState(null);
  const [preview, setPreview] = useState("");
  const [revision, setRevision] = useState(0);
  const [linkLeft, setLinkLeft] = useState(false);
  const [dialog, setDialog] = useState("");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const typed = useRef(null);
  const latest = useRef(answer);
  latest.current = answer;
  const asked = useRef(0);

  const showPreview = async (text) => {
    const turn = (asked.current += 1);
    const found = await post(attemptId, "/preview", { text });
    if (found && turn === asked.current) setPreview(found.html);
  };
  const readWork = async () => {
    const found = await get(attemptId, "/work");
    if (!found) return;
    setKnown((all) => ({ ...all, ...Object.fromEntries(found.files.map((file) => [file.id, file])) }));
    setLast(found.last);
  };
  useEffect(() => {
    if (!item) return;
    readWork();
    if (latest.current.text) showPreview(latest.current.text);
  }, [item]);
  // What came from elsewhere (another member, another window, a restored version) takes the editor's place.
  useEffect(() => {
    if (item && typed.current !== null && answer.text !== typed.current) {
      typed.current = null;
      setRevision((number) => number + 1);
      showPreview(answer.text);
      readWork();
    }
  }, [answer.text, item]);
  useEffect(() => {
    if (item && typed.current === null) typed.current = answer.text;
  }, [item, revision]);
  useEffect(() => {
    if (!group || !item) return undefined;
    const timer = setInterval(() => !document.hidden && sheet.journal.current?.listen(), LISTEN_MS);
    return () => clearInterval(timer);
  }, [group, item]);

  if (sheet.attempt === undefined) return h("p", { role: "status", className: classes.loading }, texts.loading);
  if (sheet.attempt === null)
    return h(
      "div",
      { role: "alert", className: classes.failure },
      h("p", null, sheet.notice === "signedOut" ? texts.signedOut : texts.unreadable),
      h("button", { type: "button", className: classes.button, onClick: sheet.again }, texts.tryAgain),
    );

  const { view } = question;
  const write = (change) => {
    const next = { ...latest.current, ...change };
    latest.current = next;
    if ("text" in change) typed.current = change.text;
    sheet.answer(item, next);
  };
  const put = (change) => {
    write(change);
    setRevision((number) => number + 1);
    showPreview(change.text);
  };
  const conflict = sheet.conflicts[item];
  const parts = { text: Boolean(answer.text.trim()), link: Boolean(answer.link), files: answer.files.length > 0 };
  const wanted = ["text", "link", "files"].filter((part) => view[part]);
  const missing = view.require_all ? wanted.filter((part) => !parts[part]).map((part) => texts[`missing_${part}`]) : wanted.some((part) => parts[part]) ? [] : [texts.nothingYet];
  const badLink = view.link && answer.link && !isAddress(answer.link);
  if (badLink) missing.push(texts.badLink);
  const handIn = async () => {
    setBusy(true);
    setFailed(false);
    const done = await sheet.journal.current.submit();
    setBusy(false);
    setFailed(!done);
    if (done) {
      setDialog("");
      onSubmitted?.();
    }
  };
  const leaveLink = () => {
    setLinkLeft(true);
    const link = answer.link.trim();
    if (link && !link.includes(":") && /^[^\s/]+\.[^\s/]{2,}/.test(link)) write({ link: `https://${link}` });
    sheet.journal.current.schedule(0);
  };
  return h(
    "div",
    { className: classes.sheet },
    h(
      "div",
      { className: classes.top },
      h(SaveState, { status: sheet.status, texts, classes }),
      h("button", { type: "button", id: "open-history", className: classes.quiet, "aria-haspopup": "dialog", onClick: () => setDialog("history") }, texts.history),
      h("button", { type: "button", id: "hand-in", className: classes.primary, "aria-haspopup": "dialog", disabled: Boolean(conflict), onClick: () => setDialog("handIn") }, texts.handIn),
    ),
    group && last && h("p", { className: classes.hint, id: "last-edited" }, fill(texts.lastEdited, { name: last.author, time: moment(last.saved_at, zone) })),
    sheet.notice === "signedOut" && h("p", { role: "alert", className: classes.warning }, texts.signedOut, " ", h("a", { href: "/login", target: "_blank", rel: "noopener", className: classes.link }, texts.signIn)),
    conflict && h(Conflict, { conflict, texts, classes, onChoose: (mine) => {
      const kept = sheet.choose(item, mine);
      typed.current = null;
      setRevision((number) => number + 1);
      showPreview(kept?.text ?? "");
    } }),
    sheet.rejected[item] && h("p", { role: "alert", className: classes.refused }, sheet.rejected[item]),
    view.text &&
      h(
        "section",
        { className: classes.part, "aria-labelledby": "work-text-title", onInput: (event) => event.target.id === "work-text" && write({ text: event.target.value }) },
        h("div", { className: classes.partHead }, h("h2", { className: classes.partTitle }, h("label", { id: "work-text-title", htmlFor: "work-text" }, texts.text)), h("span", { className: classes.count }, fill(texts.words, { count: countWords(answer.text) }))),
        h(MarkdownEditor, { ...editor, id: "work-text", name: "work-text", value: answer.text, revision, preview, withPreview: true, rows: 16, maxLength: view.max_length, disabled: Boolean(conflict), onChange: showPreview }),
      ),
    view.link &&
      h(
        "section",
        { className: classes.part },
        h("label", { htmlFor: "work-link", className: classes.partTitle }, texts.link),
        h("input", {
          id: "work-link",
          type: "url",
          inputMode: "url",
          className: classes.line,
          value: answer.link,
          maxLength: 2000,
          placeholder: "https://",
          disabled: Boolean(conflict),
          "aria-invalid": linkLeft && badLink ? true : undefined,
          "aria-describedby": "work-link-error",
          onFocus: () => setLinkLeft(false),
          onChange: (event) => write({ link: event.target.value }),
          onBlur: leaveLink,
        }),
        h("p", { id: "work-link-error", className: classes.refused }, linkLeft && badLink ? texts.badLink : ""),
      ),
    view.files &&
      h(Files, {
        view,
        known,
        ids: answer.files,
        courseId,
        disabled: Boolean(conflict),
        texts,
        classes,
        onStored: (file) => {
          setKnown((all) => ({ ...all, [file.id]: file }));
          write({ files: [...latest.current.files, file.id] });
          sheet.journal.current.schedule(0);
        },
        onRemove: (id) => {
          write({ files: latest.current.files.filter((one) => one !== id) });
          sheet.journal.current.schedule(0);
        },
      }),
    h("p", { className: classes.hint }, texts.told),
    h(HandInDialog, { open: dialog === "handIn", answer, view, known, lateness, missing, busy, failed, group, texts, classes, onClose: () => setDialog(""), onSubmit: handIn }),
    h(HistoryDialog, {
      open: dialog === "history",
      attemptId,
      zone,
      texts,
      classes,
      onClose: () => setDialog(""),
      onRestore: ({ text, link, files }) => {
        setDialog("");
        put({ text, link, files });
      },
    }),
  );
};

// Work that was handed in, read only.
export const HandedInWork = ({ attemptId, texts, classes }) => {
  const [work, setWork] = useState(undefined);
  useEffect(() => {
    let gone = false;
    setWork(undefined);
    get(attemptId, "/work").then((found) => !gone && setWork(found));
    return () => {
      gone = true;
    };
  }, [attemptId]);
  if (work === undefined) return h("p", { role: "status", className: classes.loading }, texts.loading);
  if (work === null) return h("p", { role: "alert", className: classes.refused }, texts.unreadable);
  const shown = new Set(work.shown);
  const files = work.shown.map((id) => work.files.find((file) => file.id === id)).filter((file) => file && shown.has(file.id));
  return h(
    "div",
    { className: classes.sheet, id: "handed-in-work" },
    work.html && h(RichText, { html: work.html, className: "prose" }),
    work.link && h("p", { className: classes.breakAll }, h("a", { href: work.link, className: classes.link, target: "_blank", rel: "noopener noreferrer" }, work.link)),
    files.length > 0 && h("ul", { className: classes.fileList }, files.map((file) => h(FileRow, { key: file.id, file, texts, classes }))),
  );
};

// For those who grade: the text as its author formatted it, the link, and the files. The plain text stands above it.
export const WorkBesideText = ({ source, texts, classes }) => {
  const [work, setWork] = useState(undefined);
  useEffect(() => {
    let gone = false;
    setWork(undefined);
    read(source).then((found) => !gone && setWork(found));
    return () => {
      gone = true;
    };
  }, [source]);
  if (work === undefined) return h("p", { role: "status", className: classes.hint }, texts.loading);
  if (work === null) return h("p", { role: "alert", className: classes.refused }, texts.unreadable);
  const pictures = work.files.filter((file) => file.thumb);
  return h(
    "div",
    { className: classes.beside },
    work.html && h("details", null, h("summary", { className: classes.summaryLine }, texts.formatted), h(RichText, { html: work.html, className: "prose mt-2" })),
    work.link && h("p", { className: classes.breakAll }, h("span", { className: classes.hint }, `${texts.link}: `), h("a", { href: work.link, className: classes.link, target: "_blank", rel: "noopener noreferrer" }, work.link)),
    work.files.length > 0 && h("ul", { className: classes.fileList, "aria-label": texts.files }, work.files.map((file) => h(FileRow, { key: file.id, file, texts, classes }))),
    pictures.map((file) => h("a", { key: file.id, href: file.href, target: "_blank", rel: "noopener", className: classes.picture }, h("img", { src: file.href, alt: file.name, className: classes.pictureImage, loading: "lazy" }))),
  );
};
