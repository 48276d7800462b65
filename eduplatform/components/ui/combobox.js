// A text field with a list to choose from, after the combobox pattern of the ARIA Authoring Practices.
import { createElement as h, useEffect, useId, useMemo, useRef, useState } from "react";

const MOST_SHOWN = 100;
const ASK_AFTER_MS = 250;

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const found = (options, text) => {
  const words = plain(text).split(/\s+/).filter(Boolean);
  return options.filter((option) => {
    const own = plain(`${option.label} ${option.hint ?? ""}`);
    return words.every((word) => own.includes(word));
  });
};

export const Combobox = (props) => {
  const { id, name, options = [], value = "", valueLabel = "", remote, loading, disabled, required, invalid } = props;
  const { placeholder, describedBy, clearable, texts, classes, chevron, onSelect, onSearch } = props;
  const listId = `${useId()}list`;
  const labelOf = (key) => (key ? (options.find((option) => option.value === key)?.label ?? (key === value ? valueLabel : "")) : "");
  const [chosen, setChosen] = useState(value);
  const [text, setText] = useState(labelOf(value));
  const [typed, setTyped] = useState(false);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef(null);
  const hidden = useRef(null);
  const list = useRef(null);
  const timer = useRef(0);
  const editing = useRef(false);

  const shown = useMemo(
    () => (remote || !typed ? options : found(options, text)).slice(0, MOST_SHOWN),
    [options, text, typed, remote],
  );

  // The page may choose too: follow its value, and its label once the options are there.
  useEffect(() => setChosen(value), [value]);
  useEffect(() => {
    if (!editing.current) setText(labelOf(chosen));
  }, [chosen, valueLabel, options]);
  // Others (a restored draft) may set the hidden field.
  useEffect(() => {
    const node = hidden.current;
    const follow = (event) => event.isTrusted === false && setChosen(node.value);
    node.addEventListener("change", follow);
    return () => node.removeEventListener("change", follow);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (active >= 0) list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  useEffect(() => setActive((now) => (now < shown.length ? now : shown.length - 1)), [shown]);
  useEffect(() => {
    input.current.setCustomValidity(required && !chosen ? texts.required : "");
  }, [required, chosen, texts.required]);

  const show = () => {
    if (disabled || open) return;
    setOpen(true);
    if (remote && !options.length) onSearch?.("");
  };
  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const choose = (option) => {
    editing.current = false;
    clearTimeout(timer.current);
    setTyped(false);
    setText(option?.label ?? "");
    close();
    const key = option?.value ?? "";
    if (key === chosen) return;
    setChosen(key);
    hidden.current.value = key;
    hidden.current.dispatchEvent(new Event("input", { bubbles: true }));
    onSelect?.(key);
  };
  const type = (event) => {
    const now = event.target.value;
    editing.current = true;
    setText(now);
    setTyped(true);
    setOpen(true);
    setActive(remote ? -1 : 0);
    if (!remote) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch?.(now), ASK_AFTER_MS);
  };
  const leave = () => {
    close();
    if (!editing.current) return;
    editing.current = false;
    setTyped(false);
    const exact = shown.find((option) => plain(option.label) === plain(text.trim()));
    if (exact) choose(exact);
    else if (!text.trim() && !required) choose(null);
    else setText(labelOf(chosen));
  };
  const move = (step) => {
    if (!open) {
      show();
      setActive(step > 0 ? 0 : shown.length - 1);
      return;
    }
    if (shown.length) setActive((now) => (now + step + shown.length) % shown.length);
  };
  const press = (event) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (event.altKey) event.key === "ArrowDown" ? show() : close();
      else move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "PageDown" || event.key === "PageUp") {
      if (!open) return;
      event.preventDefault();
      setActive(event.key === "PageDown" ? Math.min(active + 8, shown.length - 1) : Math.max(active - 8, 0));
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      if (shown[active]) choose(shown[active]);
    } else if (event.key === "Escape" && (open || editing.current)) {
      event.preventDefault();
      event.stopPropagation();
      editing.current = false;
      setTyped(false);
      setText(labelOf(chosen));
      close();
    }
  };

  const optionId = (index) => `${listId}-${index}`;
  const status = loading ? texts.loading : shown.length ? texts.count.replace("{count}", shown.length) : texts.none;
  return h(
    "div",
    { className: classes.frame, onBlur: (event) => !event.currentTarget.contains(event.relatedTarget) && leave() },
    h("input", {
      ref: input,
      id,
      type: "text",
      role: "combobox",
      autoComplete: "off",
      spellCheck: false,
      "aria-expanded": open,
      "aria-controls": listId,
      "aria-autocomplete": "list",
      "aria-activedescendant": open && active >= 0 ? optionId(active) : undefined,
      "aria-describedby": describedBy || undefined,
      "aria-invalid": invalid ? true : undefined,
      "aria-required": required ? true : undefined,
      disabled,
      placeholder,
      value: text,
      className: classes.input,
      onChange: type,
      onKeyDown: press,
      onClick: show,
    }),
    clearable && chosen && !disabled
      ? h(
          "button",
          {
            type: "button",
            className: classes.clear,
            "aria-label": texts.clear,
            onClick: () => {
              choose(null);
              input.current.focus();
            },
          },
          "×",
        )
      : h("span", { className: classes.chevron, "aria-hidden": true }, chevron),
    h("input", { ref: hidden, type: "hidden", name, value: chosen, "data-draft": "", readOnly: true }),
    h(
      "ul",
      { ref: list, id: listId, role: "listbox", "aria-label": texts.list, hidden: !open || !shown.length, className: classes.list },
      open &&
        shown.map((option, index) =>
          h(
            "li",
            {
              key: option.value,
              id: optionId(index),
              role: "option",
              "aria-selected": option.value === chosen,
              "data-active": index === active ? "" : undefined,
              className: classes.option,
              onMouseDown: (event) => event.preventDefault(),
              onMouseMove: () => setActive(index),
              onClick: () => choose(option),
            },
            h("span", { className: classes.optionLabel }, option.label),
            option.hint ? h("span", { className: classes.optionHint }, option.hint) : null,
          ),
        ),
    ),
    h("div", { role: "status", className: open && (loading || !shown.length) ? classes.empty : "sr-only" }, open ? status : ""),
  );
};
