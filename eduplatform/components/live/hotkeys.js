// Keyboard shortcuts of a page. They are silent while somebody types, composes or has a dialog in front.
import { createElement as h, useEffect, useId, useRef, useState } from "react";

const TYPING = "input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select, [contenteditable], [role=combobox]";

// Readers who speak to their computer type single keys by accident, so they can switch those off (WCAG 2.1.4).
const SWITCHED_OFF = "shortcuts-off";

const switchedOff = () => {
  try {
    return localStorage.getItem(SWITCHED_OFF) !== null;
  } catch {
    return false;
  }
};

const remember = (on) => {
  try {
    if (on) localStorage.removeItem(SWITCHED_OFF);
    else localStorage.setItem(SWITCHED_OFF, "1");
  } catch {
    // A browser without storage keeps the shortcuts.
  }
};

const parse = (keys) => {
  const parts = keys.toLowerCase().split("+");
  const key = parts.pop() || "+";
  return { key: key === "space" ? " " : key, mod: parts.includes("mod"), ctrl: parts.includes("ctrl"), alt: parts.includes("alt"), shift: parts.includes("shift") };
};

const isSingleKey = (wanted) => wanted.key.length === 1 && !wanted.mod && !wanted.ctrl && !wanted.alt;

const matches = (wanted, event) => {
  if (event.key.toLowerCase() !== wanted.key || event.altKey !== wanted.alt) return false;
  const command = event.ctrlKey || event.metaKey;
  if (wanted.mod ? !command : event.ctrlKey !== wanted.ctrl || event.metaKey) return false;
  // "?" or "+" need Shift on many layouts: for signs the character decides, for letters and named keys Shift does.
  const isSign = wanted.key.length === 1 && !/[a-z ]/.test(wanted.key);
  return isSign || event.shiftKey === wanted.shift;
};

export const Hotkey = ({ keys, focusId, clickId, inFields, enabled, onPress }) => {
  const latest = useRef(onPress);
  latest.current = onPress;
  useEffect(() => {
    if (enabled === false) return undefined;
    const wanted = parse(keys);
    const listen = (event) => {
      if (event.defaultPrevented || event.isComposing || event.repeat || !matches(wanted, event)) return;
      if (isSingleKey(wanted) && switchedOff()) return;
      const typing = event.target instanceof Element && event.target.closest(TYPING);
      if (typing && !inFields) return;
      const dialog = document.querySelector("dialog:modal, [aria-modal=true]");
      const target = document.getElementById(focusId || clickId || "");
      if (dialog && !(target && dialog.contains(target))) return;
      if ((focusId || clickId) && (!target || target.disabled || !target.getClientRects().length)) return;
      event.preventDefault();
      if (focusId) target.focus();
      if (clickId) target.click();
      latest.current?.();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [keys, focusId, clickId, inFields, enabled]);
  return null;
};

// The switch itself; its state lives in this browser and is the same in all of its tabs.
export const HotkeySwitch = ({ label, className, boxClassName }) => {
  const id = useId();
  const [on, setOn] = useState(true);
  useEffect(() => {
    const read = () => setOn(!switchedOff());
    read();
    window.addEventListener("storage", read);
    return () => window.removeEventListener("storage", read);
  }, []);
  const change = (event) => {
    remember(event.target.checked);
    setOn(!switchedOff());
  };
  return h(
    "label",
    { htmlFor: id, className },
    h("input", { id, type: "checkbox", role: "switch", checked: on, onChange: change, className: boxClassName }),
    label,
  );
};

// Brings an element back into sight when the work in front is another one; the focus follows only if it was lost.
export const ShowFromTop = ({ targetId, subject }) => {
  const shown = useRef(subject);
  useEffect(() => {
    const before = shown.current;
    shown.current = subject;
    const target = document.getElementById(targetId);
    if (!before || before === subject || !target) return;
    const margin = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    if (target.getBoundingClientRect().top < margin) target.scrollIntoView({ block: "start", behavior: "instant" });
    if (document.activeElement === document.body) target.focus({ preventScroll: true });
  }, [targetId, subject]);
  return null;
};
