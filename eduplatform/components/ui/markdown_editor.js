// A markdown editor around a plain textarea: typing is the browser's own work, so it never lags and undo keeps working.
import { createElement as h, useEffect, useRef, useState } from "react";

const TELL_AFTER_MS = 400;

// Puts text in place of the selection through the browser's editor, so that undo knows of it.
const replace = (area, start, end, text, from, to) => {
  area.focus();
  area.setSelectionRange(start, end);
  let done = false;
  try {
    done = document.execCommand(text ? "insertText" : "delete", false, text);
  } catch {
    done = false;
  }
  if (!done) {
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.setSelectionRange(from, to);
};

const around = (mark, word) => (area) => {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const picked = value.slice(start, end);
  const width = mark.length;
  if (picked && value.slice(start - width, start) === mark && value.slice(end, end + width) === mark) {
    replace(area, start - width, end + width, picked, start - width, end - width);
    return;
  }
  const inner = picked || word;
  replace(area, start, end, mark + inner + mark, start + width, start + width + inner.length);
};

const lines = (change) => (area) => {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const first = value.lastIndexOf("\n", start - 1) + 1;
  const next = value.indexOf("\n", end);
  const last = next < 0 ? value.length : next;
  const text = change(value.slice(first, last).split("\n")).join("\n");
  replace(area, first, last, text, first + (start === end ? text.length : 0), first + text.length);
};

const toggled = (pattern, prefix) => (rows) =>
  rows.every((row) => pattern.test(row)) ? rows.map((row) => row.replace(pattern, "")) : rows.map((row, index) => prefix(index) + row);

const headings = (rows) =>
  rows.map((row) => {
    const level = /^#{1,6}(?= )/.exec(row)?.[0].length ?? 0;
    const bare = row.replace(/^#{1,6} +/, "");
    if (level === 0) return `## ${bare}`;
    return level === 2 ? `### ${bare}` : bare;
  });

const address = (before, word) => (area) => {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const label = value.slice(start, end) || word;
  const target = before ? "/" : "https://";
  const text = `${before}[${label}](${target})`;
  const at = start + before.length + label.length + 3;
  replace(area, start, end, text, at, at + target.length);
};

const block = (open, body, close) => (area) => {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const lead = start === 0 ? "" : value[start - 1] !== "\n" ? "\n\n" : value[start - 2] && value[start - 2] !== "\n" ? "\n" : "";
  const tail = value[end] && value[end] !== "\n" ? "\n" : "";
  const inner = value.slice(start, end) || body;
  const text = `${lead}${open}${inner}${close}\n${tail}`;
  const at = start + lead.length + open.length;
  replace(area, start, end, text, at, at + inner.length);
};

const code = (area) => {
  const picked = area.value.slice(area.selectionStart, area.selectionEnd);
  (picked.includes("\n") ? block("```python\n", "", "\n```") : around("`", "code"))(area);
};

const actionsFor = (words) => ({
  bold: around("**", words.bold),
  italic: around("*", words.italic),
  heading: lines(headings),
  list: lines(toggled(/^[-*] /, () => "- ")),
  ordered: lines(toggled(/^\d+\. /, (index) => `${index + 1}. `)),
  quote: lines(toggled(/^> /, () => "> ")),
  link: address("", words.link),
  image: address("!", words.image),
  formula: around("$", "x^2"),
  code,
  table: block("", `| ${words.column} 1 | ${words.column} 2 |\n| --- | --- |\n|  |  |`, ""),
});

const SHORTCUTS = { b: "bold", i: "italic", k: "link", m: "formula", e: "code" };
const SHIFTED = { Digit7: "ordered", Digit8: "list", Digit9: "quote" };

// Enter goes on with the list or quote; Enter on an empty item ends it.
const goOn = (area) => {
  const { selectionStart: start, selectionEnd: end, value } = area;
  if (start !== end) return false;
  const first = value.lastIndexOf("\n", start - 1) + 1;
  const found = /^(\s*)([-*]|\d{1,9}\.|>) (\[[ x]\] )?/.exec(value.slice(first, start));
  if (!found) return false;
  if (found[0].length === start - first) {
    replace(area, first, start, "", first, first);
    return true;
  }
  const number = /^\d+/.exec(found[2]);
  const mark = number ? `${Number(number[0]) + 1}.` : found[2];
  const text = `\n${found[1]}${mark} ${found[3] ? "[ ] " : ""}`;
  replace(area, start, end, text, start + text.length, start + text.length);
  return true;
};

const Toolbar = ({ id, names, tools, classes, label, run, disabled }) => {
  const [at, setAt] = useState(0);
  const bar = useRef(null);
  const keys = (event) => {
    const last = tools.length - 1;
    const back = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    const on = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const next = { [on]: at === last ? 0 : at + 1, [back]: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setAt(next);
    bar.current.children[next].focus();
  };
  return h(
    "div",
    { ref: bar, role: "toolbar", "aria-label": label, "aria-controls": id, className: classes.toolbar, onKeyDown: keys },
    tools.map(([name, icon], index) =>
      h(
        "button",
        {
          key: name,
          type: "button",
          tabIndex: index === at ? 0 : -1,
          disabled,
          "aria-label": names[name],
          title: names[name],
          className: classes.tool,
          onFocus: () => setAt(index),
          onMouseDown: (event) => event.preventDefault(),
          onClick: () => run(name),
        },
        h("svg", { viewBox: "0 0 24 24", width: 18, height: 18, fill: "none", stroke: "currentColor", strokeWidth: 1.75, strokeLinecap: "round", strokeLinejoin: "round", "aria-hidden": true }, h("path", { d: icon })),
      ),
    ),
  );
};

export const MarkdownEditor = (props) => {
  const { id, name, value = "", revision, preview = "", withPreview, rows, maxLength, required, disabled, invalid, describedBy, placeholder } = props;
  const { texts, names, words, tools, classes, onChange } = props;
  const area = useRef(null);
  const timer = useRef(0);
  const touched = useRef(false);
  const shown = useRef(revision);
  const latest = useRef(onChange);
  latest.current = onChange;
  const [face, setFace] = useState("write");
  const tabs = useRef(null);

  const tell = () => {
    if (!timer.current) return;
    clearTimeout(timer.current);
    timer.current = 0;
    const text = area.current?.value;
    if (text === undefined) return;
    latest.current?.(text);
  };
  const tellRef = useRef(tell);
  tellRef.current = tell;

  // The server's text replaces only what nobody has touched, unless it comes with a new revision: after a lost
  // connection the page is loaded anew, and must not take away what was typed meanwhile.
  useEffect(() => {
    const node = area.current;
    if (touched.current && revision === shown.current) return;
    clearTimeout(timer.current);
    timer.current = 0;
    if (node.value !== value) node.value = value;
    touched.current = false;
    shown.current = revision;
  }, [value, revision]);
  useEffect(() => () => tellRef.current(), []);

  const typed = () => {
    touched.current = true;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => tellRef.current(), TELL_AFTER_MS);
  };
  const actions = actionsFor(words);
  const run = (action) => {
    setFace("write");
    actions[action](area.current);
  };
  const press = (event) => {
    if (event.nativeEvent.isComposing || disabled) return;
    const command = (event.ctrlKey || event.metaKey) && !event.altKey;
    const action = command && (event.shiftKey ? SHIFTED[event.code] : SHORTCUTS[event.key.toLowerCase()]);
    if (action) {
      event.preventDefault();
      event.stopPropagation();
      run(action);
    } else if (event.key === "Enter" && !command && !event.shiftKey && goOn(area.current)) {
      event.preventDefault();
    }
  };
  const faces = ["write", "preview"];
  const switchFace = (event) => {
    if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const next = face === "write" ? "preview" : "write";
    setFace(next);
    tabs.current.children[faces.indexOf(next)].focus();
  };
  const panel = (which, extra) => ({
    id: `${id}-${which}`,
    role: withPreview ? "tabpanel" : undefined,
    "aria-labelledby": withPreview ? `${id}-${which}-tab` : undefined,
    ...extra,
  });

  return h(
    "div",
    { className: classes.frame, "data-invalid": invalid ? "" : undefined },
    h(
      "div",
      { className: classes.head },
      withPreview &&
        h(
          "div",
          { ref: tabs, role: "tablist", "aria-label": texts.view, className: classes.tabs, onKeyDown: switchFace },
          faces.map((which) =>
            h(
              "button",
              {
                key: which,
                id: `${id}-${which}-tab`,
                type: "button",
                role: "tab",
                "aria-selected": face === which,
                "aria-controls": `${id}-${which}`,
                tabIndex: face === which ? 0 : -1,
                className: classes.tab,
                onClick: () => {
                  tell();
                  setFace(which);
                },
              },
              texts[which],
            ),
          ),
        ),
      h(Toolbar, { id, names, tools, classes, label: texts.toolbar, run, disabled }),
    ),
    h(
      "div",
      { className: withPreview ? classes.panels : classes.single, "data-face": face },
      h(
        "div",
        panel("write", { className: face === "write" ? classes.write : classes.writeAway }),
        h("textarea", {
          ref: area,
          id,
          name,
          rows,
          defaultValue: value,
          maxLength: maxLength || undefined,
          required,
          disabled,
          placeholder,
          spellCheck: true,
          dir: "auto",
          "aria-invalid": invalid ? true : undefined,
          "aria-describedby": describedBy || undefined,
          className: classes.area,
          onInput: typed,
          onBlur: tell,
          onKeyDown: press,
        }),
      ),
      withPreview &&
        h(
          "div",
          panel("preview", { tabIndex: 0, className: face === "preview" ? classes.preview : classes.previewAway }),
          preview
            ? h("div", { className: classes.prose, dir: "auto", dangerouslySetInnerHTML: { __html: preview } })
            : h("p", { className: classes.nothing }, texts.nothing),
        ),
    ),
  );
};
