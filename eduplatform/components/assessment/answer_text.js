// A written answer with highlights: marks in the text, and a list beside it that says the same without colour or mouse.
// Texts are fetched by themselves and kept for the pages before and after, so that leafing shows them at once.
import { createElement as h, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";

const KEPT = 12;
const cache = new Map();
const running = new Map();

const keep = (url, answer) => {
  cache.delete(url);
  cache.set(url, answer);
  while (cache.size > KEPT) cache.delete(cache.keys().next().value);
};

const request = async (url, method, body) => {
  const response = await fetch(url, {
    method,
    credentials: "same-origin",
    headers: body ? { "Content-Type": "application/json", Accept: "application/json" } : { Accept: "application/json" },
    body: body && JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.detail || ""), { status: response.status });
  return answer;
};

const load = (url) => {
  if (!running.has(url)) {
    const wanted = request(url, "GET")
      .then((answer) => {
        keep(url, answer);
        return answer;
      })
      .finally(() => running.delete(url));
    running.set(url, wanted);
  }
  return running.get(url);
};

// The server counts characters as code points, the browser as UTF-16 units.
const toPoints = (text, units) => [...text.slice(0, units)].length;
const toUnits = (text, points) => {
  let units = 0;
  for (const character of text) {
    if (points-- <= 0) break;
    units += character.length;
  }
  return units;
};

// Cuts the text where highlights begin and end; each piece knows which highlights cover it.
const pieces = (text, highlights) => {
  const spans = highlights.map((one, place) => ({
    place,
    from: toUnits(text, one.begins),
    to: toUnits(text, one.ends),
  }));
  const cuts = [...new Set([0, text.length, ...spans.flatMap((one) => [one.from, one.to])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, index) => ({
    from,
    text: text.slice(from, cuts[index + 1]),
    covers: spans.filter((one) => one.from <= from && cuts[index + 1] <= one.to).map((one) => one.place),
    ends: spans.filter((one) => one.to === cuts[index + 1]).map((one) => one.place),
  }));
};

// The units of a selection within the text's element; numbers of marks are not part of the text.
const selected = (root) => {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.startContainer) || !root.contains(range.endContainer)) return null;
  const length = (node, offset) => {
    const before = document.createRange();
    before.setStart(root, 0);
    before.setEnd(node, offset);
    const copy = before.cloneContents();
    copy.querySelectorAll("[data-mark-number]").forEach((one) => one.remove());
    return copy.textContent.length;
  };
  const from = length(range.startContainer, range.startOffset);
  const to = length(range.endContainer, range.endOffset);
  return from < to ? { from, to } : null;
};

const trimmed = (text, span) => {
  if (!span) return null;
  let { from, to } = span;
  while (from < to && /\s/.test(text[from])) from += 1;
  while (to > from && /\s/.test(text[to - 1])) to -= 1;
  return from < to ? { from, to } : null;
};

const shorten = (text) => (text.length > 140 ? `${text.slice(0, 137)}…` : text);

const CommentForm = ({ quote, start, texts, classes, onSave, onCancel }) => {
  const [comment, setComment] = useState(start);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const field = useRef(null);
  const id = useId();
  useEffect(() => field.current?.focus(), []);
  const save = async () => {
    if (busy) return;
    if (!comment.trim()) {
      setProblem(texts.empty);
      return;
    }
    setBusy(true);
    setProblem("");
    try {
      await onSave(comment);
    } catch (error) {
      setProblem(error.message || texts.failed);
      setBusy(false);
    }
  };
  const press = (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      onCancel();
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      save();
    }
  };
  return h(
    "div",
    { className: classes.form, role: "group", "aria-label": texts.passage, "data-no-draft": "", onKeyDown: press },
    h("blockquote", { className: classes.quote }, shorten(quote)),
    h("label", { htmlFor: id, className: classes.label }, texts.comment),
    h("textarea", {
      id,
      ref: field,
      rows: 3,
      maxLength: 2000,
      value: comment,
      "data-codes": "",
      onInput: (event) => setComment(event.target.value),
      onChange: (event) => setComment(event.target.value),
      "aria-invalid": problem ? true : undefined,
      "aria-describedby": problem ? `${id}-problem` : undefined,
      className: classes.field,
    }),
    problem && h("p", { id: `${id}-problem`, role: "alert", className: classes.problem }, problem),
    h(
      "div",
      { className: classes.tools },
      h("button", { type: "button", className: classes.button, onClick: onCancel }, texts.cancel),
      h("button", { type: "button", className: classes.primary, disabled: busy, onClick: save }, texts.save),
    ),
  );
};

export const AnswerText = ({ source, response, ahead, editable, texts, classes, onChanged }) => {
  const url = `${source}/${response}`;
  const [answer, setAnswer] = useState(() => cache.get(url) ?? null);
  const [failed, setFailed] = useState(false);
  const [span, setSpan] = useState(null); // what is being commented
  const [offer, setOffer] = useState(null); // what is selected with the mouse
  const [changing, setChanging] = useState("");
  const [current, setCurrent] = useState(-1);
  const [byKeys, setByKeys] = useState(false);
  const [said, setSaid] = useState("");
  const body = useRef(null);
  const reader = useRef(null);
  const opener = useRef(null);
  const base = useId();

  useEffect(() => {
    let wanted = true;
    setAnswer(cache.get(url) ?? null);
    setFailed(false);
    setSpan(null);
    setOffer(null);
    setChanging("");
    setByKeys(false);
    setCurrent(-1);
    load(url).then(
      (found) => wanted && setAnswer(found),
      () => wanted && !cache.has(url) && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [url]);

  const list = (ahead ?? []).join(" ");
  useEffect(() => {
    for (const one of list.split(" ").filter(Boolean)) if (!cache.has(`${source}/${one}`)) load(`${source}/${one}`).catch(() => {});
  }, [list, source]);

  useEffect(() => {
    if (!editable) return undefined;
    const look = () => {
      const found = answer && body.current && trimmed(answer.text, selected(body.current));
      setOffer(found ?? null);
    };
    document.addEventListener("selectionchange", look);
    return () => document.removeEventListener("selectionchange", look);
  }, [editable, answer]);

  useEffect(() => {
    const field = reader.current;
    if (!byKeys || !field) return undefined;
    field.focus();
    field.setSelectionRange(0, 0);
    field.scrollTop = 0;
    // A field with a caret that moves and selects, but takes no text: browsers show none in one that is read-only.
    const refuse = (event) => event.preventDefault();
    field.addEventListener("beforeinput", refuse);
    return () => field.removeEventListener("beforeinput", refuse);
  }, [byKeys]);

  const take = useCallback(
    (found, words) => {
      keep(url, found);
      setAnswer(found);
      setSpan(null);
      setChanging("");
      setSaid(words);
      onChanged?.();
      opener.current?.focus();
    },
    [url, onChanged],
  );

  const shown = useMemo(() => (answer ? pieces(answer.text, answer.highlights) : []), [answer]);
  if (failed) return h("p", { role: "alert", className: classes.problem }, texts.unreadable);
  if (!answer) return h("div", { className: classes.waiting, "aria-busy": true }, h("span", { className: "sr-only" }, texts.loading));

  const begin = (wanted) => {
    setSpan(wanted);
    setOffer(null);
    setByKeys(false);
  };
  const add = async (comment) => {
    const quote = answer.text.slice(span.from, span.to);
    const found = await request(`${source}/${response}/highlights`, "POST", {
      begins: toPoints(answer.text, span.from),
      ends: toPoints(answer.text, span.to),
      quote,
      comment,
    });
    take(found, texts.added);
  };
  const change = (one) => async (comment) => {
    const found = await request(`/api/grading/highlights/${one.id}`, "PUT", { version: one.version, comment });
    take(found, texts.changed);
  };
  const remove = async (one) => {
    try {
      take(await request(`/api/grading/highlights/${one.id}/remove`, "POST", { version: one.version }), texts.removed);
    } catch (error) {
      setSaid(error.message || texts.failed);
    }
  };
  const point = (place, scroll) => {
    setCurrent(place);
    if (scroll) document.getElementById(`${base}-mark-${place}`)?.scrollIntoView({ block: "nearest" });
  };
  const readerKeys = (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      setByKeys(false);
      opener.current?.focus();
    }
    if (event.key === "Enter") {
      event.preventDefault();
      const field = event.target;
      const wanted = trimmed(answer.text, { from: field.selectionStart, to: field.selectionEnd });
      if (wanted) begin(wanted);
      else setSaid(texts.nothing);
    }
  };

  const text = h(
    "div",
    { ref: body, className: classes.text, lang: "", role: "region", "aria-label": texts.answer, tabIndex: 0, "data-answer": response },
    shown.map((piece) => {
      if (!piece.covers.length) return h("span", { key: piece.from }, piece.text);
      const place = piece.covers[piece.covers.length - 1];
      return h(
        "mark",
        {
          key: piece.from,
          id: `${base}-mark-${place}`,
          className: piece.covers.includes(current) ? classes.markCurrent : classes.mark,
          onClick: () => point(place, false),
        },
        piece.text,
        piece.ends.map((one) =>
          h("sup", { key: one, className: classes.number, "data-mark-number": "", "aria-hidden": true }, one + 1),
        ),
      );
    }),
  );
  const field = h("textarea", {
    ref: reader,
    value: answer.text,
    onChange: () => {},
    inputMode: "none",
    "aria-readonly": true,
    "aria-label": texts.selectHere,
    "aria-describedby": `${base}-how`,
    onKeyDown: readerKeys,
    "data-no-draft": "",
    className: classes.reader,
  });
  const entries = answer.highlights.map((one, place) =>
    h(
      "li",
      {
        key: one.id,
        className: place === current ? classes.entryCurrent : classes.entry,
        onMouseEnter: () => setCurrent(place),
        onFocus: () => point(place, true),
      },
      changing === one.id
        ? h(CommentForm, { quote: one.quote, start: one.comment, texts, classes, onSave: change(one), onCancel: () => setChanging("") })
        : [
            h(
              "button",
              { key: "quote", type: "button", className: classes.jump, onClick: () => point(place, true) },
              h("span", { className: classes.badge, "aria-hidden": true }, place + 1),
              h("span", { className: classes.quote }, h("span", { className: "sr-only" }, `${texts.passage} ${place + 1}: `), shorten(one.quote)),
            ),
            h("p", { key: "comment", className: classes.comment }, one.comment),
            h("p", { key: "author", className: classes.author }, one.author),
            editable &&
              h(
                "div",
                { key: "tools", className: classes.tools },
                h("button", { type: "button", className: classes.small, onClick: () => setChanging(one.id) }, texts.edit, h("span", { className: "sr-only" }, ` ${place + 1}`)),
                h("button", { type: "button", className: classes.small, onClick: () => remove(one) }, texts.remove, h("span", { className: "sr-only" }, ` ${place + 1}`)),
              ),
          ],
    ),
  );
  const bar =
    editable &&
    h(
      "div",
      { className: classes.bar },
      h(
        "button",
        {
          ref: opener,
          id: `highlight-${response}`,
          "data-highlight": "",
          type: "button",
          className: offer ? classes.primary : classes.button,
          onMouseDown: (event) => event.preventDefault(),
          onClick: () => (offer ? begin(offer) : setByKeys((on) => !on)),
        },
        offer ? texts.commentSelection : byKeys ? texts.leave : texts.select,
      ),
      h("p", { id: `${base}-how`, className: classes.how }, byKeys ? texts.how : texts.hint),
    );
  const frame = h(
    "div",
    { className: answer.highlights.length || span ? classes.frameBoth : classes.frame },
    h("div", { className: "min-w-0" }, byKeys ? field : text, bar),
    (answer.highlights.length > 0 || span) &&
      h(
        "div",
        { className: classes.side },
        span && h(CommentForm, { quote: answer.text.slice(span.from, span.to), start: "", texts, classes, onSave: add, onCancel: () => (setSpan(null), opener.current?.focus()) }),
        answer.highlights.length > 0 && h("h4", { className: classes.heading }, texts.heading),
        answer.highlights.length > 0 && h("ol", { className: classes.list }, entries),
      ),
  );
  return h("div", { className: classes.outer }, frame, h("p", { role: "status", className: "sr-only" }, said));
};
