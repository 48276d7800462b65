// A spreadsheet of grades of which only a window is here: the rest is asked for when somebody scrolls or walks there.
// One cell is in the tab order (WAI-ARIA grid); typing, Enter, arrows, Escape, Delete and Ctrl+Z work as in a spreadsheet.
import { createElement as h, useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "react";

const ROW = 44;
const HEAD = 84;
const CELL = 116;
const TOTAL = 124;
const WIDE = 224;
const NARROW = 128;
const AROUND_ROWS = 14;
const AROUND_COLUMNS = 3;
const ASK_AFTER_MS = 70;
const PAGE = 12;
const MOST_UNDO = 100;

// Columns before the first assessment; rows before the first student.
const NAME = -2;
const SUM = -1;
const HEADING = -1;

const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
const fill = (text, values) => Object.entries(values).reduce((all, [name, value]) => all.replaceAll(`{${name}}`, String(value)), text);
const keyOf = (user, assessment) => `${user} ${assessment}`;
const isTyped = (event) => event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;

const Icon = ({ path, className }) =>
  h(
    "svg",
    { viewBox: "0 0 24 24", width: 13, height: 13, fill: "none", stroke: "currentColor", strokeWidth: 2, strokeLinecap: "round", strokeLinejoin: "round", "aria-hidden": true, className },
    h("path", { d: path }),
  );

export const GradebookGrid = (props) => {
  const { id, rows, columns, firstRow, firstColumn, totalRows, totalColumns, sort, descending, view, answers, texts, classes, icons } = props;
  const scroller = useRef(null);
  const [active, setActive] = useState({ row: 0, column: 0 });
  const [editing, setEditing] = useState(null);
  const [trouble, setTrouble] = useState(null);
  const [said, setSaid] = useState("");
  const [nameWidth, setNameWidth] = useState(WIDE);
  const [, refresh] = useReducer((count) => count + 1, 0);
  const pending = useRef(new Map()); // cell -> { op, text, before, label }
  const versions = useRef(new Map()); // cell -> version of the newest answer or row
  const undo = useRef([]);
  const counter = useRef(0);
  const asked = useRef("");
  const timer = useRef(0);
  const wantsFocus = useRef(false);
  const seen = useRef(new Set());
  const latest = useRef(props);
  latest.current = props;

  const width = nameWidth + TOTAL + totalColumns * CELL;
  const height = HEAD + totalRows * ROW;
  const domId = (row, column) => `${id}-${row}-${column}`;
  const rowAt = (row) => rows[row - firstRow];
  const columnAt = (column) => columns[column - firstColumn];
  const isMounted = (row, column) =>
    (row === HEADING || Boolean(rowAt(row))) && (column < 0 || Boolean(columnAt(column)));

  // What can be seen, and a little around it, is asked for once the scrolling pauses for a moment.
  const ask = useCallback(() => {
    const node = scroller.current;
    const now = latest.current;
    if (!node || !now.totalRows) return;
    const side = nameWidth + TOTAL;
    const left = Math.abs(node.scrollLeft);
    const top = Math.floor(node.scrollTop / ROW);
    const bottom = Math.ceil((node.scrollTop + node.clientHeight - HEAD) / ROW);
    const start = Math.floor(left / CELL);
    const end = Math.ceil((left + Math.max(CELL, node.clientWidth - side)) / CELL);
    const hasRows = top >= now.firstRow && Math.min(bottom, now.totalRows) <= now.firstRow + now.rows.length;
    const hasColumns = start >= now.firstColumn && Math.min(end, now.totalColumns) <= now.firstColumn + now.columns.length;
    if (hasRows && hasColumns) return;
    const row = clamp(top - AROUND_ROWS, 0, now.totalRows - 1);
    const column = clamp(start - AROUND_COLUMNS, 0, now.totalColumns - 1);
    const wanted = [row, bottom - top + 2 * AROUND_ROWS, column, end - start + 2 * AROUND_COLUMNS];
    if (asked.current === wanted.join()) return;
    asked.current = wanted.join();
    now.onWindow?.(...wanted);
  }, [nameWidth]);

  const onScroll = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(ask, ASK_AFTER_MS);
  }, [ask]);

  useEffect(() => () => clearTimeout(timer.current), []);

  useLayoutEffect(() => {
    const node = scroller.current;
    const measure = () => setNameWidth(node.clientWidth < 640 ? NARROW : WIDE);
    measure();
    const observer = new ResizeObserver(() => {
      measure();
      onScroll();
    });
    observer.observe(node);
    return () => observer.disconnect();
  }, [onScroll]);

  // Another filter or order begins at the top again.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    setActive((old) => ({ row: Math.min(old.row, 0), column: old.column }));
    asked.current = "";
  }, [view]);

  useEffect(() => {
    asked.current = "";
    rows.forEach((row) =>
      row.cells.forEach((cell, index) => columns[index] && versions.current.set(keyOf(row.id, columns[index].id), cell.version)),
    );
    onScroll();
  }, [rows, columns, firstRow, firstColumn, onScroll]);

  // The server has answered: what is saved shows as it is; what was refused stays visible, with what was typed.
  useEffect(() => {
    let changed = false;
    for (const answer of answers) {
      if (seen.current.has(answer.op)) continue;
      seen.current.add(answer.op);
      for (const [key, one] of pending.current) {
        if (one.op !== answer.op) continue;
        pending.current.delete(key);
        changed = true;
        if (answer.kind === "saved") {
          versions.current.set(key, answer.version);
          if (!one.isUndo) undo.current = [...undo.current, { key, text: one.before, label: one.label }].slice(-MOST_UNDO);
          setSaid(fill(texts.saved, { cell: one.label }));
          setTrouble((old) => (old?.key === key ? null : old));
        } else {
          versions.current.set(key, answer.version);
          setTrouble({ key, kind: answer.kind, message: answer.text, text: one.text, label: one.label, before: one.before });
        }
      }
    }
    if (changed) refresh();
  }, [answers, texts]);

  useEffect(() => {
    if (!wantsFocus.current || editing) return;
    const target = document.getElementById(domId(active.row, active.column));
    if (target) {
      wantsFocus.current = false;
      target.focus({ preventScroll: true });
    } else {
      scroller.current?.focus({ preventScroll: true });
    }
  });

  const reveal = (row, column) => {
    const node = scroller.current;
    if (row >= 0) {
      const top = row * ROW;
      const room = node.clientHeight - HEAD - ROW - 16;
      if (top < node.scrollTop) node.scrollTop = top;
      else if (top > node.scrollTop + room) node.scrollTop = top - room;
    }
    if (column >= 0) {
      const sign = getComputedStyle(node).direction === "rtl" ? -1 : 1;
      const side = node.clientWidth < 640 ? nameWidth : nameWidth + TOTAL;
      const place = column * CELL + (node.clientWidth < 640 ? TOTAL : 0);
      const room = node.clientWidth - side - CELL - 16;
      const left = Math.abs(node.scrollLeft);
      if (place < left) node.scrollLeft = sign * place;
      else if (place > left + room) node.scrollLeft = sign * (place - Math.max(0, room));
    } else scroller.current.scrollLeft = 0;
  };

  const go = (row, column) => {
    const next = { row: clamp(row, HEADING, totalRows - 1), column: clamp(column, NAME, totalColumns - 1) };
    setActive(next);
    wantsFocus.current = true;
    reveal(next.row, next.column);
    onScroll();
  };

  const send = (user, assessment, text, before, label, isUndo = false) => {
    const key = keyOf(user, assessment);
    const op = `${Date.now().toString(36)}-${(counter.current += 1)}`;
    pending.current.set(key, { op, text, before, label, isUndo });
    refresh();
    props.onEnter?.(op, user, assessment, text, versions.current.get(key) ?? 0);
  };

  const labelOf = (row, column) => `${row.name}, ${column.title}`;

  const commit = () => {
    if (!editing) return;
    const { row, column, text, initial } = editing;
    setEditing(null);
    if (text.trim() === initial.trim()) return;
    send(row.id, column.id, text.trim(), row.cells[columns.indexOf(column)]?.text ?? "", labelOf(row, column));
  };

  const edit = (typed) => {
    const row = rowAt(active.row);
    const column = columnAt(active.column);
    if (!row || !column) return;
    const cell = row.cells[active.column - firstColumn];
    const initial = typed === undefined ? cell.text || cell.score : "";
    setEditing({ row, column, place: active, text: typed ?? initial, initial: typed === undefined ? initial : "\u0000", fresh: typed !== undefined });
  };

  const takeBack = () => {
    const last = undo.current.at(-1);
    if (!last) return setSaid(texts.nothing_to_undo);
    undo.current = undo.current.slice(0, -1);
    const [user, assessment] = last.key.split(" ");
    send(user, assessment, last.text, "", last.label, true);
    return setSaid(fill(texts.undone, { cell: last.label }));
  };

  const clear = () => {
    const row = rowAt(active.row);
    const column = columnAt(active.column);
    const cell = row?.cells[active.column - firstColumn];
    if (cell?.text && column) send(row.id, column.id, "", cell.text, labelOf(row, column));
  };

  const openActive = () => {
    if (active.row === HEADING) {
      if (active.column < 0) props.onSort?.(active.column === NAME ? "name" : "total");
      else if (columnAt(active.column)) props.onColumn?.(columnAt(active.column).id);
      return true;
    }
    if (active.column === SUM && rowAt(active.row)) {
      props.onTotal?.(rowAt(active.row).id);
      return true;
    }
    return false;
  };

  const openPanel = () => {
    const row = rowAt(active.row);
    const column = columnAt(active.column);
    if (active.row === HEADING || active.column < 0) openActive();
    else if (row && column) props.onCell?.(row.id, column.id);
  };

  const onKeyDown = (event) => {
    if (editing || event.isComposing) return;
    const rtl = getComputedStyle(scroller.current).direction === "rtl" ? -1 : 1;
    const { row, column } = active;
    const far = event.ctrlKey || event.metaKey;
    const moves = {
      ArrowUp: () => go(far ? 0 : row - 1, column),
      ArrowDown: () => go(far ? totalRows - 1 : row + 1, column),
      ArrowLeft: () => go(row, far ? NAME : column - rtl),
      ArrowRight: () => go(row, far ? totalColumns - 1 : column + rtl),
      Home: () => go(far ? 0 : row, NAME),
      End: () => go(far ? totalRows - 1 : row, totalColumns - 1),
      PageUp: () => go(Math.max(0, row - PAGE), column),
      PageDown: () => go(row + PAGE, column),
    };
    if (event.altKey && event.key === "Enter") openPanel();
    else if (moves[event.key]) moves[event.key]();
    else if (far && event.key.toLowerCase() === "z") takeBack();
    else if (event.key === "Enter" || event.key === "F2") {
      if (!openActive()) edit();
    } else if (event.key === " " && row === HEADING && column >= 0) props.onSort?.(columnAt(column)?.id ?? "");
    else if ((event.key === "Delete" || event.key === "Backspace") && row >= 0 && column >= 0) clear();
    else if (isTyped(event) && event.key !== " " && row >= 0 && column >= 0) edit(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onEditKey = (event) => {
    if (event.isComposing) return;
    const { place, fresh } = editing;
    const leave = (row, column) => {
      event.preventDefault();
      event.stopPropagation();
      commit();
      go(row, column);
    };
    if (event.key === "Enter") leave(place.row + (event.shiftKey ? -1 : 1), place.column);
    else if (event.key === "Tab") leave(place.row, place.column + (event.shiftKey ? -1 : 1));
    else if (event.key === "ArrowUp") leave(Math.max(0, place.row - 1), place.column);
    else if (event.key === "ArrowDown") leave(place.row + 1, place.column);
    else if (fresh && event.key === "ArrowLeft") leave(place.row, Math.max(0, place.column - 1));
    else if (fresh && event.key === "ArrowRight") leave(place.row, place.column + 1);
    else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      setEditing(null);
      wantsFocus.current = true;
    }
  };

  const hasTabStop = isMounted(active.row, active.column);
  const tabIndex = (row, column) => (hasTabStop && active.row === row && active.column === column ? 0 : -1);
  const focusHere = (row, column) => () => {
    if (active.row !== row || active.column !== column) setActive({ row, column });
  };
  const order = (key) => (sort === key ? (descending ? "descending" : "ascending") : undefined);
  const arrow = (key) => (sort === key ? h("span", { "aria-hidden": true, className: classes.arrow }, descending ? "▼" : "▲") : null);

  const side = { width: nameWidth };
  const sumSide = { width: TOTAL, insetInlineStart: nameWidth };
  const shift = (index) => ({ width: CELL, marginInlineStart: index === 0 ? firstColumn * CELL : undefined });

  const heading = h(
    "div",
    { role: "row", "aria-rowindex": 1, className: classes.head, style: { height: HEAD, width } },
    h(
      "div",
      { role: "columnheader", id: domId(HEADING, NAME), "aria-colindex": 1, "aria-sort": order("name"), tabIndex: tabIndex(HEADING, NAME), onFocus: focusHere(HEADING, NAME), onClick: () => props.onSort?.("name"), className: classes.corner, style: { ...side, cursor: "pointer" } },
      h("span", null, texts.student, arrow("name")),
    ),
    h(
      "div",
      { role: "columnheader", id: domId(HEADING, SUM), "aria-colindex": 2, "aria-sort": order("total"), tabIndex: tabIndex(HEADING, SUM), onFocus: focusHere(HEADING, SUM), onClick: () => props.onSort?.("total"), className: classes.sum_head, style: { ...sumSide, cursor: "pointer" } },
      h("span", null, texts.total, arrow("total")),
    ),
    columns.map((column, index) => {
      const place = firstColumn + index;
      const label = `${column.title}. ${column.points}. ${column.due} ${column.average ? fill(texts.average, { percent: column.average }) : ""}`;
      return h(
        "div",
        { key: column.id, role: "columnheader", id: domId(HEADING, place), "aria-colindex": place + 3, "aria-sort": order(column.id), "aria-label": label, title: column.title, tabIndex: tabIndex(HEADING, place), onFocus: focusHere(HEADING, place), onClick: () => props.onColumn?.(column.id), className: classes.column, style: shift(index) },
        h("span", { className: classes.column_title }, column.title, arrow(column.id)),
        h("span", { className: classes.column_note }, column.points, column.marks),
        h("span", { className: classes.column_note }, column.average ? fill(texts.average, { percent: column.average }) : column.due),
      );
    }),
  );

  const value = (row, column, cell, place) => {
    const key = keyOf(row.id, column.id);
    if (editing && editing.row.id === row.id && editing.column.id === column.id)
      return h("input", {
        autoFocus: true,
        value: editing.text,
        maxLength: 40,
        autoComplete: "off",
        spellCheck: false,
        inputMode: "text",
        "aria-label": fill(texts.entry, { cell: labelOf(row, column), points: column.points }),
        className: classes.input,
        onChange: (event) => setEditing({ ...editing, text: event.target.value }),
        onFocus: (event) => (editing.fresh ? event.target.setSelectionRange(99, 99) : event.target.select()),
        onKeyDown: onEditKey,
        onBlur: commit,
        "data-no-draft": "",
      });
    const waiting = pending.current.get(key);
    if (waiting) return h("span", { className: classes.waiting }, waiting.text || "…");
    const status = texts.status[cell.status] ?? "";
    return h(
      "span",
      { className: classes.value },
      cell.score && h("span", { className: classes.score }, cell.score),
      cell.text && cell.score && h("span", { className: classes.entered, title: texts.entered, "aria-hidden": true }, "•"),
      cell.hidden && h(Icon, { path: icons.hidden, className: classes.hidden }),
      cell.planned && h("span", { title: cell.planned, className: classes.planned }, h(Icon, { path: icons.planned })),
      status && h("span", { className: `${classes.status} ${classes.tones[cell.status] ?? ""}` }, icons[cell.status] && h(Icon, { path: icons[cell.status] }), status),
      !cell.score && !status && h("span", { className: classes.nothing, "aria-hidden": true }, "–"),
    );
  };

  const spoken = (row, column, cell) =>
    [
      `${labelOf(row, column)}:`,
      cell.score ? `${cell.score} / ${column.possible}` : "",
      texts.status[cell.status] ?? (cell.score ? "" : texts.nothing),
      cell.text && cell.score ? texts.entered : "",
      cell.hidden ? texts.hidden : "",
      cell.planned,
    ]
      .filter(Boolean)
      .join(" ");

  const body = rows.map((row, number) => {
    const place = firstRow + number;
    return h(
      "div",
      { key: row.id, role: "row", "aria-rowindex": place + 2, className: classes.row, style: { top: place * ROW, height: ROW, width } },
      h(
        "div",
        { role: "rowheader", id: domId(place, NAME), "aria-colindex": 1, tabIndex: tabIndex(place, NAME), onFocus: focusHere(place, NAME), className: classes.name, style: side },
        h("span", { className: classes.name_text }, row.name),
        h("span", { className: classes.section }, row.section),
      ),
      h(
        "div",
        {
          role: "gridcell",
          id: domId(place, SUM),
          "aria-colindex": 2,
          "aria-readonly": true,
          "aria-label": `${row.name}, ${texts.total}: ${row.total || texts.nothing} ${row.letter} ${row.entered ? texts.entered : ""}`,
          tabIndex: tabIndex(place, SUM),
          onFocus: focusHere(place, SUM),
          onClick: () => props.onTotal?.(row.id),
          className: classes.sum,
          style: sumSide,
        },
        h("span", { className: classes.score }, row.total || "–"),
        row.letter && h("span", { className: classes.letter }, row.letter),
        row.entered && h("span", { className: classes.entered, "aria-hidden": true }, "•"),
      ),
      columns.map((column, index) => {
        const cell = row.cells[index];
        if (!cell) return null;
        const at = firstColumn + index;
        const wrong = trouble?.key === keyOf(row.id, column.id);
        return h(
          "div",
          {
            key: column.id,
            role: "gridcell",
            id: domId(place, at),
            "aria-colindex": at + 3,
            "aria-label": spoken(row, column, cell),
            "aria-invalid": wrong || undefined,
            tabIndex: tabIndex(place, at),
            onFocus: focusHere(place, at),
            onDoubleClick: () => edit(),
            className: wrong ? classes.cell_wrong : classes.cell,
            style: shift(index),
          },
          value(row, column, cell, at),
          h(
            "button",
            { type: "button", tabIndex: -1, "aria-label": fill(texts.more, { cell: labelOf(row, column) }), title: texts.history, className: classes.more, onClick: () => props.onCell?.(row.id, column.id) },
            "⋯",
          ),
        );
      }),
    );
  });

  const again = () => {
    const [user, assessment] = trouble.key.split(" ");
    send(user, assessment, trouble.text, trouble.before, trouble.label);
    setTrouble(null);
    wantsFocus.current = true;
  };

  const describedBy = `${id}-keys`;
  const empty = useMemo(() => totalRows === 0, [totalRows]);
  return h(
    "div",
    { className: classes.frame },
    h(
      "div",
      {
        ref: scroller,
        id,
        role: "grid",
        "aria-label": texts.label,
        "aria-rowcount": totalRows + 1,
        "aria-colcount": totalColumns + 2,
        "aria-describedby": describedBy,
        tabIndex: hasTabStop ? -1 : 0,
        onScroll,
        onKeyDown,
        className: classes.scroller,
      },
      heading,
      h("div", { role: "rowgroup", className: classes.body, style: { height: height - HEAD, width } }, empty ? h("p", { className: classes.nobody }, texts.nobody) : body),
    ),
    trouble &&
      h(
        "div",
        { role: "alert", className: classes.trouble },
        h("p", null, h("strong", null, trouble.label), ": ", trouble.message, trouble.text ? ` (${trouble.text})` : ""),
        h(
          "div",
          { className: classes.trouble_tools },
          trouble.kind === "conflict" && h("button", { type: "button", className: classes.tool, onClick: again }, fill(texts.anyway, { value: trouble.text || "–" })),
          h("button", { type: "button", className: classes.tool, onClick: () => { setTrouble(null); wantsFocus.current = true; refresh(); } }, texts.leave),
        ),
      ),
    h("p", { id: describedBy, className: classes.keys }, texts.keys),
    h("span", { role: "status", className: "sr-only" }, said),
  );
};
