// The keys of the grading desk. What is pressed while the next work is on its way waits for it: no key can reach the
// work before it, and none is lost. Undo waits until what is being saved can be undone.
import { createElement as h, useEffect, useRef, useState } from "react";

const TYPING = "input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select, [contenteditable], [role=combobox]";
const SWITCHED_OFF = "shortcuts-off"; // the same switch as of all single-key shortcuts
const PATIENCE_MS = 3000;
const PRESSES = { s: "desk-save", r: "desk-release", z: "desk-undo" };
const LEAVES = { j: "desk-next", k: "desk-previous", x: "desk-save-next" };

const switchedOff = () => {
  try {
    return localStorage.getItem(SWITCHED_OFF) !== null;
  } catch {
    return false;
  }
};

const usable = (id) => {
  const found = document.getElementById(id);
  return found && !found.disabled && found.getClientRects().length ? found : null;
};

const criteria = (form) => [...(document.getElementById(form)?.querySelectorAll("fieldset[data-criterion]") ?? [])];

export const DeskKeys = ({ form, ready, subject, undoable, className }) => {
  const waiting = useRef(null); // the form that is being left, with the keys pressed since
  const saving = useRef({ form: "", until: 0, undo: false }); // the form that was sent last
  const place = useRef(0);
  const shown = useRef(form);
  const [said, setSaid] = useState("");
  const live = useRef({ form, ready });
  live.current = { form, ready };

  const mark = () => {
    criteria(live.current.form).forEach((one, index) => {
      if (index === place.current) one.setAttribute("data-current", "true");
      else one.removeAttribute("data-current");
    });
  };

  const move = (step) => {
    const all = criteria(live.current.form);
    if (!all.length) return;
    place.current = (place.current + step + all.length) % all.length;
    const target = all[place.current];
    (target.querySelector("input:checked") ?? target.querySelector("input"))?.focus();
    mark();
  };

  const choose = (digit) => {
    const levels = criteria(live.current.form)[place.current]?.querySelectorAll("input[type=radio]");
    const level = levels?.[digit - 1];
    if (!level) return;
    if (!level.checked) level.click();
    level.focus();
  };

  const leave = (id) => {
    const last = id === "desk-save-next" && !usable("desk-next");
    const button = usable(last ? "desk-save" : id);
    if (!button) return;
    if (last) {
      button.click();
      return;
    }
    waiting.current = { form: live.current.form, keys: [], until: performance.now() + PATIENCE_MS };
    button.click();
  };

  const act = (key) => {
    if (waiting.current) waiting.current.keys.push(key);
    else if (LEAVES[key]) leave(LEAVES[key]);
    else if (PRESSES[key]) press(key);
    else if (key === "n" || key === "arrowdown") move(1);
    else if (key === "arrowup") move(-1);
    else choose(Number(key));
  };

  const press = (key) => {
    const button = usable(PRESSES[key]);
    const { form: sent, until } = saving.current;
    if (button) button.click();
    else if (key === "z" && sent === live.current.form && performance.now() < until) saving.current.undo = true;
  };

  const arrive = () => {
    const { keys } = waiting.current;
    waiting.current = null;
    keys.forEach(act);
  };

  useEffect(() => {
    const listen = (event) => {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key.toLowerCase();
      const arrow = key === "arrowdown" || key === "arrowup";
      if (!arrow && !/^[jknrsxz1-9]$/.test(key)) return;
      if (event.repeat && !(key in LEAVES)) return;
      const target = event.target instanceof Element ? event.target : document.body;
      if (target.closest(TYPING) || document.querySelector("dialog:modal, [aria-modal=true]")) return;
      // Arrows scroll the page, and move between criteria once the rubric has the focus.
      if (arrow && !target.closest("fieldset[data-criterion]")) return;
      if (!arrow && switchedOff()) return;
      if (waiting.current && performance.now() > waiting.current.until) waiting.current = null;
      event.preventDefault();
      act(key);
    };
    const follow = (event) => {
      const owner = event.target.closest?.("fieldset[data-criterion]");
      const found = owner ? criteria(live.current.form).indexOf(owner) : -1;
      if (found < 0) return;
      place.current = found;
      mark();
    };
    const sent = (event) => {
      if (event.target.id !== live.current.form) return;
      saving.current = { form: event.target.id, until: performance.now() + PATIENCE_MS, undo: false };
    };
    document.addEventListener("keydown", listen);
    document.addEventListener("focusin", follow);
    document.addEventListener("submit", sent, true);
    return () => {
      document.removeEventListener("keydown", listen);
      document.removeEventListener("focusin", follow);
      document.removeEventListener("submit", sent, true);
    };
  }, []);

  useEffect(() => {
    if (!ready || !document.getElementById(form)) return;
    if (shown.current !== form) {
      shown.current = form;
      place.current = 0;
      setSaid(subject);
    }
    mark();
    if (waiting.current && waiting.current.form !== form) arrive();
    if (undoable && saving.current.undo && saving.current.form === form) {
      saving.current.undo = false;
      usable(PRESSES.z)?.click();
    }
  });

  return h("p", { role: "status", className }, said);
};
