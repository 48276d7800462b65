// Keyboard shortcuts of a page. They are silent while somebody types, composes or has a dialog in front.
import { useEffect, useRef } from "react";

const TYPING = "input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select, [contenteditable], [role=combobox]";

const parse = (keys) => {
  const parts = keys.toLowerCase().split("+");
  const key = parts.pop() || "+";
  return { key: key === "space" ? " " : key, mod: parts.includes("mod"), ctrl: parts.includes("ctrl"), alt: parts.includes("alt"), shift: parts.includes("shift") };
};

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
