// Ctrl-K: everything that the person can reach, by typing a few letters. Lives in the browser, opens at once.
import { createElement as h, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// Words in any order; those whose label begins with the text come first.
const matching = (commands, text) => {
  const wanted = plain(text.trim());
  if (!wanted) return commands;
  const words = wanted.split(/\s+/);
  const hits = commands.filter((command) => {
    const own = plain(`${command.label} ${command.section}`);
    return words.every((word) => own.includes(word));
  });
  const rank = (command) => (plain(command.label).startsWith(wanted) ? 0 : 1);
  return hits.sort((left, right) => rank(left) - rank(right));
};

const picture = (path, className) =>
  h("svg", { viewBox: "0 0 24 24", "aria-hidden": true, className: `ui-icon ${className}` }, h("path", { d: path }));

export const CommandPalette = (props) => {
  const { commands, roles, development, signedIn, texts, classes, searchIcon, onToggleTheme, signOut } = props;
  const navigate = useNavigate();
  const dialog = useRef(null);
  const input = useRef(null);
  const list = useRef(null);
  const pressed = useRef(false);
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const [mac, setMac] = useState(false);
  const [failed, setFailed] = useState(false);
  const id = useId();

  const allowed = useMemo(
    () =>
      commands.filter(
        (command) =>
          (!command.role || roles.includes(command.role)) && (!command.development || development) && (signedIn || !command.person),
      ),
    [commands, roles, development, signedIn],
  );
  const shown = useMemo(() => matching([...allowed], text), [allowed, text]);
  const index = Math.min(active, shown.length - 1);

  const open = () => {
    if (dialog.current.open) return;
    setText("");
    setActive(0);
    setFailed(false);
    dialog.current.showModal();
    input.current.focus();
  };

  useEffect(() => setMac(/Mac|iPhone|iPad/.test(navigator.platform)), []);

  // Together with the dialog: a key between two pages must meet neither a dialog that is gone nor no listener at all.
  useLayoutEffect(() => {
    const listen = (event) => {
      if (event.key.toLowerCase() !== "k" || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
      if (event.isComposing || event.defaultPrevented) return;
      const other = document.querySelector("dialog:modal");
      if (other && other !== dialog.current) return;
      event.preventDefault();
      if (dialog.current.open) dialog.current.close();
      else open();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [index, text]);

  const run = (command) => {
    if (!command) return;
    if (command.action === "sign_out") {
      signOut().catch(() => setFailed(true));
      return;
    }
    dialog.current.close();
    if (command.action === "theme") onToggleTheme?.();
    else navigate(command.href);
  };

  const onKeyDown = (event) => {
    if (event.nativeEvent.isComposing) return;
    const count = shown.length;
    const step = { ArrowDown: index + 1, ArrowUp: index - 1 + count, PageDown: Math.min(index + 6, count - 1), PageUp: Math.max(index - 6, 0) }[event.key];
    if (step !== undefined && count) {
      event.preventDefault();
      setActive(step % count);
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(shown[index]);
    }
  };

  const option = (command, position) =>
    h(
      "li",
      {
        key: command.id,
        id: `${id}-${command.id}`,
        role: "option",
        "aria-selected": position === index,
        className: classes.option,
        onPointerMove: () => setActive(position),
        onMouseDown: (event) => event.preventDefault(),
        onClick: () => run(command),
      },
      picture(command.icon, classes.icon),
      h("span", { className: classes.label }, command.label),
      h("span", { className: classes.section }, command.section),
    );

  return h(
    "div",
    { className: classes.frame },
    h(
      "button",
      { type: "button", id: "command-button", className: classes.button, onClick: open, "aria-haspopup": "dialog", "aria-label": texts.open, "aria-keyshortcuts": "Control+K Meta+K" },
      picture(searchIcon, classes.icon),
      h("span", { className: classes.buttonText, "aria-hidden": true }, texts.open),
      h("kbd", { className: classes.keys, "aria-hidden": true }, mac ? "⌘K" : "Ctrl K"),
    ),
    h(
      "dialog",
      {
        ref: dialog,
        id: "command-palette",
        className: classes.dialog,
        "aria-label": texts.open,
        onPointerDown: (event) => {
          pressed.current = event.target === dialog.current;
        },
        onClick: (event) => pressed.current && event.target === dialog.current && dialog.current.close(),
      },
      h(
        "div",
        { className: classes.field },
        picture(searchIcon, classes.icon),
        h("input", {
          ref: input,
          type: "text",
          role: "combobox",
          autoComplete: "off",
          autoCapitalize: "off",
          spellCheck: false,
          "aria-label": texts.field,
          "aria-autocomplete": "list",
          "aria-expanded": true,
          "aria-controls": `${id}-list`,
          "aria-activedescendant": shown[index] ? `${id}-${shown[index].id}` : undefined,
          placeholder: texts.field,
          value: text,
          className: classes.input,
          onChange: (event) => {
            setText(event.target.value);
            setActive(0);
          },
          onKeyDown,
        }),
        h("button", { type: "button", className: classes.close, onClick: () => dialog.current.close() }, texts.close),
      ),
      h("ul", { ref: list, id: `${id}-list`, role: "listbox", "aria-label": texts.open, className: classes.list }, shown.map(option)),
      h("p", { role: "status", className: shown.length && !failed ? "sr-only" : classes.empty }, failed ? texts.failed : shown.length ? texts.count.replace("{count}", shown.length) : texts.none),
    ),
  );
};
