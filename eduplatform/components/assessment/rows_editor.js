// Rows of a form that can be added, removed and put in order with the keyboard alone: options, units.
// The form gets them as JSON in one hidden field, so that a draft of the form keeps them too.
import { createElement as h, useEffect, useRef, useState } from "react";

const fill = (text, number) => text.replace("{number}", String(number));

let counter = 0;
const keyed = (row) => ({ ...row, key: (counter += 1) });

const parse = (text) => {
  try {
    const rows = JSON.parse(text);
    return Array.isArray(rows) ? rows.map(keyed) : [];
  } catch {
    return [];
  }
};

const bare = (rows) => JSON.stringify(rows.map(({ key, ...row }) => row));

// `columns`: [{ name, label, kind: text | radio | checkbox | select, placeholder, choices: [{ value, label }], shown: { column, values } }];
// `errors`: messages by `<name>.<index>.<column>`.
export const RowsEditor = ({ id, name, value, revision, columns, least, most, numbered, errors, texts, classes }) => {
  const [rows, setRows] = useState(() => parse(value));
  const [said, setSaid] = useState("");
  const hidden = useRef(null);
  const focusOn = useRef(null);
  const touched = useRef(false);
  const seen = useRef(revision);

  useEffect(() => {
    if (seen.current === revision && touched.current) return;
    seen.current = revision;
    touched.current = false;
    setRows(parse(value));
  }, [value, revision]);

  // A restored draft arrives in the hidden field the way a person would type it.
  useEffect(() => {
    const field = hidden.current;
    const restored = () => {
      touched.current = true;
      setRows(parse(field.value));
    };
    field.addEventListener("change", restored);
    return () => field.removeEventListener("change", restored);
  }, []);

  const text = bare(rows);
  useEffect(() => {
    if (touched.current) hidden.current.dispatchEvent(new Event("input", { bubbles: true }));
    if (focusOn.current) document.getElementById(focusOn.current)?.focus();
    focusOn.current = null;
  }, [text]);

  const change = (next, focus, message = "") => {
    touched.current = true;
    focusOn.current = focus ?? null;
    setRows(next);
    setSaid(message);
  };
  const set = (index, column, now) =>
    change(
      rows.map((row, place) => {
        if (place === index) return { ...row, [column.name]: now };
        return column.kind === "radio" ? { ...row, [column.name]: false } : row;
      }),
    );
  const move = (index, step) => {
    const next = [...rows];
    [next[index], next[index + step]] = [next[index + step], next[index]];
    const atEdge = index + step === 0 || index + step === rows.length - 1;
    const verb = atEdge ? (step < 0 ? "down" : "up") : step < 0 ? "up" : "down";
    change(next, `${id}-${rows[index].key}-${verb}`, fill(texts.moved, index + step + 1));
  };
  const remove = (index) => {
    const next = rows.filter((_row, place) => place !== index);
    const neighbour = next[Math.min(index, next.length - 1)];
    change(next, neighbour ? `${id}-${neighbour.key}-${columns[0].name}` : `${id}-add`, texts.removed);
  };
  const add = () => {
    const empty = (column) => (column.kind === "select" ? column.choices[0].value : column.kind === "text" ? "" : false);
    const row = keyed(Object.fromEntries(columns.map((column) => [column.name, empty(column)])));
    change([...rows, row], `${id}-${row.key}-${columns[0].name}`);
  };

  const cell = (row, index, column) => {
    const controlId = `${id}-${row.key}-${column.name}`;
    const error = errors?.[`${name}.${index}.${column.name}`] ?? "";
    const label = `${column.label} ${index + 1}`;
    if (column.shown && !column.shown.values.includes(row[column.shown.column])) return null;
    if (column.kind === "select")
      return h(
        "div",
        { key: column.name, className: classes.pick },
        h(
          "select",
          {
            id: controlId,
            value: row[column.name] ?? column.choices[0].value,
            "aria-label": label,
            className: classes.select,
            "data-no-draft": "",
            onChange: (event) => set(index, column, event.target.value),
          },
          column.choices.map((choice) => h("option", { key: choice.value, value: choice.value }, choice.label)),
        ),
      );
    if (column.kind !== "text")
      return h(
        "label",
        { key: column.name, className: classes.tick },
        h("input", {
          id: controlId,
          type: column.kind,
          // A group of its own, outside of the form around it: the form gets the hidden field.
          name: column.kind === "radio" ? `${id}-${column.name}` : undefined,
          form: `${id}-none`,
          checked: Boolean(row[column.name]),
          className: "ui-check",
          "data-no-draft": "",
          onChange: (event) => set(index, column, event.target.checked),
        }),
        h("span", null, column.label, h("span", { className: "sr-only" }, ` ${index + 1}`)),
      );
    return h(
      "div",
      { key: column.name, className: classes.cell },
      h("input", {
        id: controlId,
        type: "text",
        value: row[column.name] ?? "",
        placeholder: column.placeholder,
        maxLength: 1000,
        autoComplete: "off",
        "aria-label": label,
        "aria-invalid": Boolean(error),
        "aria-describedby": error ? `${controlId}-error` : undefined,
        className: classes.input,
        "data-no-draft": "",
        onChange: (event) => set(index, column, event.target.value),
        onKeyDown: (event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            if (rows.length < most) add();
          }
        },
      }),
      error && h("p", { id: `${controlId}-error`, className: classes.error }, error),
    );
  };
  const tool = (row, index, verb, glyph, label, disabled, act) =>
    h(
      "button",
      { key: verb, id: `${id}-${row.key}-${verb}`, type: "button", disabled, className: classes.tool, "aria-label": fill(label, index + 1), title: fill(label, index + 1), onClick: act },
      h("span", { "aria-hidden": true }, glyph),
    );

  return h(
    "div",
    { className: classes.frame },
    h("input", { ref: hidden, type: "hidden", name, value: text, "data-draft": "", readOnly: true }),
    h(
      "ol",
      { className: classes.rows },
      rows.map((row, index) =>
        h(
          "li",
          { key: row.key, className: classes.row },
          numbered && h("span", { "aria-hidden": true, className: classes.number }, index + 1),
          columns.map((column) => cell(row, index, column)),
          h(
            "div",
            { className: classes.tools },
            tool(row, index, "up", "↑", texts.up, index === 0, () => move(index, -1)),
            tool(row, index, "down", "↓", texts.down, index === rows.length - 1, () => move(index, 1)),
            tool(row, index, "remove", "×", texts.remove, rows.length <= least, () => remove(index)),
          ),
        ),
      ),
    ),
    h("button", { id: `${id}-add`, type: "button", className: classes.add, disabled: rows.length >= most, onClick: add }, texts.add),
    h("span", { role: "status", className: "sr-only" }, said),
  );
};

// A button outside of the form's own submission that hands the form's values to an event.
export const FormValuesButton = ({ form, children, onPress, ...rest }) =>
  h("button", { ...rest, type: "button", onClick: () => onPress?.(Object.fromEntries(new FormData(document.getElementById(form)))) }, children);
