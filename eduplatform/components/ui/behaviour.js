// What the kit's interactive parts do in the browser: modal dialogs, menus, tabs, tooltips, notices.
// Native elements do the work (dialog, popover); this file adds focus, keys and placing.
import { createContext, createElement as h, useContext, useEffect, useRef, useState } from "react";

// Gives one node to our own ref and to the one that the page asked for.
const shareRef =
  (...refs) =>
  (node) => {
    for (const ref of refs) {
      if (typeof ref === "function") ref(node);
      else if (ref) ref.current = node;
    }
  };

// The newest handler for listeners that are attached once.
const useLatest = (value) => {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
};

const FOCUSABLE =
  'input:not(:disabled):not([type="hidden"]), select:not(:disabled), textarea:not(:disabled), ' +
  'button:not(:disabled):not([data-closes]), a[href], [tabindex="0"]';

const focusInside = (dialog) => {
  const chosen =
    dialog.querySelector("[data-autofocus]") ??
    dialog.querySelector("[data-dialog-body]")?.querySelector(FOCUSABLE) ??
    dialog.querySelector("[data-dialog-title]");
  chosen?.focus({ preventScroll: true });
};

/*
 * A modal <dialog>. `open` given: follows it. Any element with data-opens="<id>" opens it too, without a
 * round trip; data-closes on a button inside closes it. It closes at once and then tells `onClose`.
 */
export function Dialog({ open, onClose, dismissible = true, ref, children, ...rest }) {
  const own = useRef(null);
  const told = useLatest(onClose);
  const silent = useRef(false);
  const pressed = useRef(false);
  const { id } = rest;

  useEffect(() => {
    const node = own.current;
    if (open === undefined || open === null || !node) return;
    if (open && !node.open) {
      node.showModal();
      focusInside(node);
    } else if (!open && node.open) {
      silent.current = true;
      node.close();
    }
  }, [open]);

  useEffect(() => {
    if (!id) return undefined;
    const openByButton = (event) => {
      const opener = event.target.closest?.("[data-opens]");
      const node = own.current;
      if (opener?.dataset.opens !== String(id) || !node || node.open) return;
      node.showModal();
      focusInside(node);
    };
    document.addEventListener("click", openByButton);
    return () => document.removeEventListener("click", openByButton);
  }, [id]);

  return h(
    "dialog",
    {
      ...rest,
      ref: shareRef(own, ref),
      onCancel: (event) => {
        if (event.target === own.current && !dismissible) event.preventDefault();
      },
      onClose: (event) => {
        if (event.target !== own.current) return;
        if (!silent.current) told.current?.();
        silent.current = false;
      },
      onPointerDown: (event) => {
        pressed.current = event.target === own.current;
      },
      onClick: (event) => {
        const outside = pressed.current && event.target === own.current;
        const closer = event.target.closest("[data-closes]");
        const ours = closer?.closest("dialog") === own.current;
        if ((outside && dismissible) || ours) own.current.close();
      },
    },
    children,
  );
}

const GAP = 6;
const EDGE = 8;

// Puts a popover beside its anchor, on the other side where there is no room, and never over the window's edge.
const place = (node, anchor, { side = "bottom", align = "start" }) => {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = node;
  const rtl = getComputedStyle(anchor).direction === "rtl";
  const below = box.bottom + GAP + height <= innerHeight - EDGE;
  const above = box.top - GAP - height >= EDGE;
  const goesBelow = side === "bottom" ? below || !above : below && !above;
  const left =
    align === "center"
      ? box.left + (box.width - width) / 2
      : (align === "start") !== rtl
        ? box.left
        : box.right - width;
  node.style.top = `${Math.max(EDGE, goesBelow ? box.bottom + GAP : box.top - GAP - height)}px`;
  node.style.left = `${Math.min(Math.max(EDGE, left), Math.max(EDGE, innerWidth - width - EDGE))}px`;
  node.style.maxHeight = `${innerHeight - 2 * EDGE}px`;
  node.setAttribute("data-placed", "");
};

const triggerOf = (id) => document.querySelector(`[popovertarget="${CSS.escape(String(id))}"]`);

const ITEMS = '[role^="menuitem"]:not([aria-disabled="true"]):not(:disabled)';

// The list of a menu: a popover that its button opens natively.
export function MenuList({ id, align = "end", ref, children, ...rest }) {
  const own = useRef(null);
  const typed = useRef({ text: "", at: 0 });
  const items = () => [...own.current.querySelectorAll(ITEMS)];

  useEffect(() => {
    const node = own.current;
    const onToggle = (event) => {
      const trigger = triggerOf(id);
      trigger?.setAttribute("aria-expanded", String(event.newState === "open"));
      if (event.newState !== "open") {
        node.removeAttribute("data-placed");
        return;
      }
      if (trigger) place(node, trigger, { align });
      items()[node.dataset.from === "end" ? items().length - 1 : 0]?.focus({ preventScroll: true });
      delete node.dataset.from;
    };
    // The arrow keys open a menu from its button.
    const onKey = (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      if (event.target !== triggerOf(id) || node.matches(":popover-open")) return;
      event.preventDefault();
      if (event.key === "ArrowUp") node.dataset.from = "end";
      node.showPopover();
    };
    const onMove = (event) => {
      if (node.matches(":popover-open") && !node.contains(event.target)) node.hidePopover();
    };
    node.addEventListener("toggle", onToggle);
    document.addEventListener("keydown", onKey);
    window.addEventListener("resize", onMove);
    document.addEventListener("scroll", onMove, { capture: true, passive: true });
    return () => {
      node.removeEventListener("toggle", onToggle);
      document.removeEventListener("keydown", onKey);
      window.removeEventListener("resize", onMove);
      document.removeEventListener("scroll", onMove, { capture: true });
    };
  }, [id, align]);

  const byLetter = (letter) => {
    const now = Date.now();
    typed.current = {
      text: (now - typed.current.at < 700 ? typed.current.text : "") + letter.toLowerCase(),
      at: now,
    };
    return items().find((item) => item.textContent.trim().toLowerCase().startsWith(typed.current.text));
  };

  const onKeyDown = (event) => {
    const all = items();
    const here = all.indexOf(document.activeElement);
    const target = {
      ArrowDown: () => all[(here + 1) % all.length],
      ArrowUp: () => all[(here - 1 + all.length) % all.length],
      Home: () => all[0],
      End: () => all[all.length - 1],
    }[event.key];
    if (target) {
      event.preventDefault();
      target()?.focus();
    } else if (event.key === "Tab") {
      own.current.hidePopover();
    } else if (event.key === " " && document.activeElement?.tagName === "A") {
      event.preventDefault();
      document.activeElement.click();
    } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
      byLetter(event.key)?.focus();
    }
  };

  const onClick = (event) => {
    if (!event.target.closest(ITEMS)) return;
    const trigger = triggerOf(id);
    own.current.hidePopover();
    trigger?.focus({ preventScroll: true });
  };

  return h(
    "div",
    { ...rest, id, ref: shareRef(own, ref), popover: "auto", role: "menu", onKeyDown, onClick },
    children,
  );
}

const OPEN_DELAY = 350;
const CLOSE_DELAY = 120;

// Words that appear on hover and on keyboard focus; Escape hides them, and the pointer may rest on them.
export function Tooltip({ id, side = "top", text, tipClass, ref, children, ...rest }) {
  const own = useRef(null);
  const tip = useRef(null);
  const timer = useRef(0);

  useEffect(() => {
    const child = own.current?.firstElementChild;
    if (child && !child.hasAttribute("aria-describedby")) child.setAttribute("aria-describedby", id);
    return () => clearTimeout(timer.current);
  }, [id]);

  const hide = () => {
    clearTimeout(timer.current);
    document.removeEventListener("keydown", onEscape, true);
    if (tip.current?.matches(":popover-open")) tip.current.hidePopover();
    tip.current?.removeAttribute("data-placed");
  };
  const onEscape = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    hide();
  };
  const show = () => {
    const node = tip.current;
    if (!node || node.matches(":popover-open")) return;
    node.showPopover();
    place(node, own.current.firstElementChild ?? own.current, { side, align: "center" });
    document.addEventListener("keydown", onEscape, true);
  };
  const later = (action, delay) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(action, delay);
  };

  return h(
    "span",
    {
      ...rest,
      ref: shareRef(own, ref),
      onPointerEnter: (event) => event.pointerType !== "touch" && later(show, OPEN_DELAY),
      onPointerLeave: () => later(hide, CLOSE_DELAY),
      onFocus: (event) => event.target.matches(":focus-visible") && later(show, 0),
      onBlur: hide,
      onClick: hide,
    },
    children,
    h("span", { id, ref: tip, role: "tooltip", popover: "manual", className: tipClass }, text),
  );
}

const TabsContext = createContext({ active: "", choose: () => {}, id: "" });

// Panels of one place; the choice lives here, no round trip.
export function Tabs({ id, initial, onChange, ref, children, ...rest }) {
  const [active, setActive] = useState(initial);
  const choose = (value) => {
    setActive(value);
    onChange?.(value);
  };
  return h(TabsContext.Provider, { value: { active, choose, id } }, h("div", { ...rest, id, ref }, children));
}

export function TabList({ children, ...rest }) {
  const onKeyDown = (event) => {
    const all = [...event.currentTarget.querySelectorAll('[role="tab"]:not(:disabled)')];
    const here = all.indexOf(document.activeElement);
    const rtl = getComputedStyle(event.currentTarget).direction === "rtl";
    const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
    let target = null;
    if (step) target = all[(here + step + all.length) % all.length];
    if (event.key === "Home") target = all[0];
    if (event.key === "End") target = all[all.length - 1];
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.click();
  };
  return h("div", { ...rest, role: "tablist", onKeyDown }, children);
}

export function Tab({ value, children, ...rest }) {
  const { active, choose, id } = useContext(TabsContext);
  const selected = active === value;
  return h(
    "button",
    {
      ...rest,
      type: "button",
      role: "tab",
      id: `${id}-tab-${value}`,
      "aria-selected": selected,
      "aria-controls": `${id}-panel-${value}`,
      tabIndex: selected ? 0 : -1,
      onClick: () => choose(value),
    },
    children,
  );
}

export function TabPanel({ value, children, ...rest }) {
  const { active, id } = useContext(TabsContext);
  return h(
    "div",
    {
      ...rest,
      role: "tabpanel",
      id: `${id}-panel-${value}`,
      "aria-labelledby": `${id}-tab-${value}`,
      hidden: active !== value,
      tabIndex: 0,
    },
    children,
  );
}

// Shows or hides what is written in the password field with the id `target`.
export function RevealButton({ target, showLabel, hideLabel, children, ...rest }) {
  const [shown, setShown] = useState(false);
  const toggle = () => {
    const field = document.getElementById(target);
    if (!field) return;
    field.type = shown ? "password" : "text";
    setShown(!shown);
  };
  return h(
    "button",
    {
      ...rest,
      type: "button",
      onClick: toggle,
      "aria-label": shown ? hideLabel : showLabel,
      "aria-pressed": shown,
      "aria-controls": target,
    },
    children,
  );
}

// A notice that leaves by itself after `lifetime` milliseconds (0: stays), but never while it is read.
export function NoticeItem({ lifetime = 0, onExpire, ref, children, ...rest }) {
  const expire = useLatest(onExpire);
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (!lifetime || held) return undefined;
    const timer = setTimeout(() => expire.current?.(), lifetime);
    return () => clearTimeout(timer);
  }, [lifetime, held, expire]);
  return h(
    "li",
    {
      ...rest,
      ref,
      onPointerEnter: () => setHeld(true),
      onPointerLeave: () => setHeld(false),
      onFocus: () => setHeld(true),
      onBlur: () => setHeld(false),
    },
    children,
  );
}

const SETTLE_AFTER = 5000;

/*
 * A choice that the state holds answers the finger at once, instead of waiting for the round trip. It follows the
 * state whenever that changes; if the state has not taken the choice after a while, the choice is taken back.
 */
const useFollowed = (property, wanted, name, onChange) => {
  const own = useRef(null);
  const told = useLatest(onChange);
  const goal = useLatest(wanted);
  useEffect(() => {
    if (own.current) own.current[property] = wanted;
  }, [property, wanted]);
  useEffect(() => {
    const settle = (event) => {
      if (event.detail === name && own.current) own.current[property] = goal.current;
    };
    document.addEventListener("ui:settle", settle);
    return () => document.removeEventListener("ui:settle", settle);
  }, [name, property, goal]);
  const change = (event) => {
    told.current?.(event);
    setTimeout(() => document.dispatchEvent(new CustomEvent("ui:settle", { detail: name })), SETTLE_AFTER);
  };
  return [own, change];
};

// A check box or radio button whose state is a Var; `indeterminate` exists only as a property of the element.
export function FollowedInput({ checked = false, indeterminate, onChange, ref, ...rest }) {
  const [own, change] = useFollowed("checked", Boolean(checked), rest.name, onChange);
  useEffect(() => {
    if (own.current && indeterminate !== undefined) own.current.indeterminate = Boolean(indeterminate);
  }, [own, indeterminate, checked]);
  return h("input", { ...rest, defaultChecked: checked, onChange: change, ref: shareRef(own, ref) });
}

// A select whose value is a Var; the options may arrive after the value.
export function FollowedSelect({ value = "", onChange, ref, children, ...rest }) {
  const [own, change] = useFollowed("value", value ?? "", rest.name, onChange);
  const count = useRef(0);
  useEffect(() => {
    const { length } = own.current.options;
    if (length !== count.current) own.current.value = value ?? "";
    count.current = length;
  });
  return h("select", { ...rest, defaultValue: value ?? "", onChange: change, ref: shareRef(own, ref) }, children);
}
