// Keeps what somebody types in a form in this tab's storage, so that a reload or an expired session loses nothing.
import { createElement, useEffect, useRef, useState } from "react";

const PREFIX = "edu_draft:";
const SAVE_AFTER_MS = 300;
const LARGEST = 400000; // characters; browsers give about five million for a whole site
const SKIPPED = ["password", "file", "hidden", "submit", "button", "image", "reset"];

const read = (key) => {
  try {
    const draft = JSON.parse(sessionStorage.getItem(PREFIX + key) ?? "null");
    return draft && typeof draft === "object" ? draft : null;
  } catch {
    return null;
  }
};

const write = (key, draft) => {
  try {
    const text = draft && JSON.stringify(draft);
    if (!text) sessionStorage.removeItem(PREFIX + key);
    else if (text.length <= LARGEST) sessionStorage.setItem(PREFIX + key, text);
  } catch {
    // Storage may be full or forbidden: typing goes on without a safety net.
  }
};

const isKept = (field) => field.hasAttribute("data-draft") || !SKIPPED.includes(field.type);

const fields = (form) =>
  [...form.elements].filter((field) => field.name && isKept(field) && !field.closest("[data-no-draft]"));

const isTick = (field) => field.type === "checkbox" || field.type === "radio";

const current = (field) => {
  if (isTick(field)) return field.checked;
  return field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value;
};

const slot = (field) => (isTick(field) ? `${field.name}=${field.value}` : field.name);

const collect = (form) => Object.fromEntries(fields(form).map((field) => [slot(field), current(field)]));

// Sets a value the way a person does, so that whoever listens to the field hears of it.
const enter = (field, value) => {
  if (isTick(field)) {
    if (field.checked !== value) field.click();
    return;
  }
  if (field.multiple) {
    for (const option of field.options) option.selected = value.includes(option.value);
  } else {
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, value);
  }
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
};

const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);

// Enters what differs from the values before typing, also where the field shows it already: the field then counts as
// typed in, so that values which the server sends later do not replace it.
const put = (form, { before, values }) => {
  const differing = fields(form).filter((field) => {
    const value = values[slot(field)];
    return value !== undefined && !same(value, before?.[slot(field)]) && (field.type !== "radio" || value);
  });
  differing.forEach((field) => enter(field, values[slot(field)]));
  return differing.length > 0;
};

export const LocalDraft = ({ form, storageKey, ready, saved, texts, classes }) => {
  const before = useRef(null);
  const busy = useRef(false);
  const sent = useRef(null);
  const version = useRef(saved);
  const [restored, setRestored] = useState(false);

  useEffect(() => {
    if (!storageKey || ready === false) return undefined;
    let timer = 0;
    let watcher = null;
    const save = () => {
      const node = document.getElementById(form);
      if (!node || !before.current) return;
      const values = collect(node);
      write(storageKey, same(values, before.current) ? null : { before: before.current, values, saved: version.current });
    };
    const flush = () => {
      if (!timer) return;
      clearTimeout(timer);
      timer = 0;
      save();
    };
    const typed = (event) => {
      if (busy.current || event.target?.form?.id !== form) return;
      clearTimeout(timer);
      timer = setTimeout(flush, SAVE_AFTER_MS);
    };
    // What was typed while the server was storing is not part of what it stored.
    const submitted = (event) => {
      if (event.target?.id === form) sent.current = collect(event.target);
    };
    const begin = () => {
      const node = document.getElementById(form);
      if (!node) return false;
      const draft = read(storageKey);
      before.current = draft?.before ?? collect(node);
      if (draft?.values) {
        busy.current = true;
        if (put(node, draft)) setRestored(true);
        busy.current = false;
      }
      return true;
    };
    // Other parts of the page put the server's values into their fields in the same moment: let them go first. The
    // form itself may come a moment later too, for example when its page loads.
    const start = setTimeout(() => {
      if (begin()) return;
      watcher = new MutationObserver(() => begin() && watcher.disconnect());
      watcher.observe(document.body, { childList: true, subtree: true });
    });
    document.addEventListener("input", typed);
    document.addEventListener("change", typed);
    document.addEventListener("submit", submitted, true);
    window.addEventListener("pagehide", flush);
    return () => {
      flush();
      clearTimeout(start);
      watcher?.disconnect();
      document.removeEventListener("input", typed);
      document.removeEventListener("change", typed);
      document.removeEventListener("submit", submitted, true);
      window.removeEventListener("pagehide", flush);
      before.current = null;
    };
  }, [form, storageKey, ready]);

  // The counter also changes when a page that was loaded anew hears of earlier savings: a draft that was written after
  // those stays.
  useEffect(() => {
    if (saved && saved !== version.current && (sent.current || read(storageKey)?.saved !== saved)) {
      write(storageKey, null);
      setRestored(false);
      const node = document.getElementById(form);
      if (node) before.current = sent.current ?? collect(node);
      sent.current = null;
    }
    version.current = saved;
  }, [saved, storageKey, form]);

  // Only the server knows what the form should show instead: the page is loaded anew.
  const discard = () => {
    before.current = null;
    write(storageKey, null);
    location.reload();
  };

  return createElement(
    "div",
    { role: "status", className: restored ? classes.frame : classes.idle },
    restored && createElement("span", null, texts.restored),
    restored && createElement("button", { type: "button", className: classes.button, onClick: discard }, texts.discard),
  );
};
