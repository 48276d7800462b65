// Two small helpers of the pages that edit a course: copying a code, and keeping the focus on what was moved.
import { createElement as h, useEffect, useRef, useState } from "react";

const COPIED_FOR_MS = 2500;

const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not a secure context, or not allowed: the old way works from a click.
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
};

export const CopyButton = ({ text, label, copiedLabel, className }) => {
  const [copied, setCopied] = useState(false);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const press = async () => {
    if (!(await copy(text))) return;
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), COPIED_FOR_MS);
  };
  return h(
    "button",
    { type: "button", className, onClick: press },
    copied ? copiedLabel : label,
    h("span", { role: "status", className: "sr-only" }, copied ? copiedLabel : ""),
  );
};

// After the list was drawn anew, the button that was pressed gets the focus again, or its opposite at the edge. A dialog
// that closes in the same moment gives the focus back to its opener: the second try comes after that.
const AFTER_DIALOG_MS = 100;

export const KeepFocus = ({ target, moment }) => {
  useEffect(() => {
    if (!target) return undefined;
    const opposite = target.replace(/-(up|down)$/, (_whole, way) => (way === "up" ? "-down" : "-up"));
    const focus = () => {
      const node = [target, opposite].map((id) => document.getElementById(id)).find((one) => one && !one.disabled);
      if (node && document.activeElement !== node) node.focus();
    };
    focus();
    const timer = setTimeout(focus, AFTER_DIALOG_MS);
    return () => clearTimeout(timer);
  }, [target, moment]);
  return null;
};
