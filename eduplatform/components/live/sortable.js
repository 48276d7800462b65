// Dragging rows of a list to another place, with a mouse, a pen or a finger. The page's own list is not touched: a line
// shows where the row would go, and the event tells it. Whoever does not drag has buttons beside each row.
import { useEffect, useRef } from "react";

const EDGE = 80; // pixels from the window's edge at which it scrolls
const STEP = 14;
const START_AFTER = 4; // pixels, so that a press is not a drag

// `data-sort-item` is the row's id, `data-sort-kind` what may stand beside it; `data-sort-list` is the id of a list, and
// `data-sort-accepts` the kind that it takes.
const rowsOf = (root, kind) => [...root.querySelectorAll(`[data-sort-item][data-sort-kind="${kind}"]`)];
const listOf = (row) => row.closest("[data-sort-list]");

const gaps = (root, kind, dragged) => {
  const found = [];
  const accepts = `[data-sort-accepts="${kind}"]`;
  for (const list of [...(root.matches(accepts) ? [root] : []), ...root.querySelectorAll(accepts)]) {
    const rows = rowsOf(list, kind).filter((row) => row !== dragged && listOf(row) === list);
    const box = list.getBoundingClientRect();
    const place = (y, before) => found.push({ y, left: box.left, width: box.width, list: list.dataset.sortList, before });
    rows.forEach((row) => place(row.getBoundingClientRect().top, row.dataset.sortItem));
    place(rows.length ? rows.at(-1).getBoundingClientRect().bottom : box.top + Math.min(box.height / 2, 24), "");
  }
  return found;
};

const lineFor = (className) => {
  const line = document.createElement("div");
  line.className = className;
  line.setAttribute("aria-hidden", "true");
  document.body.append(line);
  return line;
};

export const Sortable = ({ container, lineClassName, onPlace }) => {
  const latest = useRef(onPlace);
  latest.current = onPlace;
  useEffect(() => {
    let drag = null;
    const root = () => document.getElementById(container);
    const show = (event) => {
      const all = gaps(root(), drag.kind, drag.row);
      drag.gap = all.sort((a, b) => Math.abs(a.y - event.clientY) - Math.abs(b.y - event.clientY))[0] ?? null;
      drag.line ??= lineFor(lineClassName);
      drag.line.hidden = !drag.gap;
      if (!drag.gap) return;
      Object.assign(drag.line.style, { top: `${drag.gap.y - 2}px`, left: `${drag.gap.left}px`, width: `${drag.gap.width}px` });
    };
    const scroll = () => {
      if (!drag?.moving) return;
      if (drag.y < EDGE) window.scrollBy(0, -STEP);
      else if (drag.y > window.innerHeight - EDGE) window.scrollBy(0, STEP);
      requestAnimationFrame(scroll);
    };
    const end = (placed) => {
      if (!drag) return;
      const { row, line, gap, kind, moving } = drag;
      drag = null;
      line?.remove();
      row.removeAttribute("data-dragged");
      document.documentElement.removeAttribute("data-dragging");
      if (!placed || !moving || !gap) return;
      const next = rowsOf(root(), kind);
      const after = next[next.indexOf(row) + 1];
      const same = listOf(row)?.dataset.sortList === gap.list;
      const follows = after && listOf(after) === listOf(row) ? after.dataset.sortItem : "";
      if (!same || follows !== gap.before) latest.current?.(kind, row.dataset.sortItem, gap.list ?? "", gap.before);
    };
    const down = (event) => {
      const handle = event.target.closest?.("[data-sort-handle]");
      const row = handle?.closest("[data-sort-item]");
      if (event.button || !row || !root()?.contains(row)) return;
      event.preventDefault();
      drag = { row, kind: row.dataset.sortKind, from: event.clientY, y: event.clientY, moving: false };
    };
    const move = (event) => {
      if (!drag) return;
      drag.y = event.clientY;
      if (!drag.moving) {
        if (Math.abs(event.clientY - drag.from) < START_AFTER) return;
        drag.moving = true;
        drag.row.setAttribute("data-dragged", "");
        document.documentElement.setAttribute("data-dragging", "");
        requestAnimationFrame(scroll);
      }
      show(event);
    };
    const up = () => end(true);
    const cancel = () => end(false);
    const key = (event) => {
      if (event.key !== "Escape" || !drag) return;
      event.stopPropagation();
      end(false);
    };
    document.addEventListener("pointerdown", down);
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", up);
    document.addEventListener("pointercancel", cancel);
    document.addEventListener("keydown", key, true);
    return () => {
      end(false);
      document.removeEventListener("pointerdown", down);
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", up);
      document.removeEventListener("pointercancel", cancel);
      document.removeEventListener("keydown", key, true);
    };
  }, [container, lineClassName]);
  return null;
};
