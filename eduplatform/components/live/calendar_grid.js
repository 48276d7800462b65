// Moves the focus through the days of a month with the keyboard, as WAI-ARIA describes for a grid: one day is in the tab
// order, arrow keys go from day to day, Home and End along the week, Page Up and Page Down from month to month.
import { createElement as h, useEffect, useRef } from "react";

const DAYS = "[data-day]";

export const CalendarGrid = ({ chosen, onPrevious, onNext, children, ...rest }) => {
  const root = useRef(null);
  const wanted = useRef(null);
  useEffect(() => {
    const days = [...root.current.querySelectorAll(DAYS)];
    const focused = days.find((day) => day.dataset.day === wanted.current);
    const entry =
      focused ?? days.find((day) => day.dataset.day === chosen) ?? days.find((day) => day.dataset.today === "true") ?? days[0];
    days.forEach((day) => day.setAttribute("tabindex", day === entry ? "0" : "-1"));
    if (focused) {
      wanted.current = null;
      focused.focus();
    }
  });
  const shift = (day, amount) => {
    const [year, month, date] = day.split("-").map(Number);
    return new Date(Date.UTC(year, month - 1, date + amount)).toISOString().slice(0, 10);
  };
  const onKeyDown = (event) => {
    const here = event.target.closest(DAYS);
    if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
    const days = [...root.current.querySelectorAll(DAYS)];
    const index = days.indexOf(here);
    const forward = getComputedStyle(root.current).direction === "rtl" ? -1 : 1;
    const steps = {
      ArrowRight: forward,
      ArrowLeft: -forward,
      ArrowDown: 7,
      ArrowUp: -7,
      Home: -(index % 7),
      End: 6 - (index % 7),
    };
    if (event.key in steps) {
      event.preventDefault();
      const next = days[index + steps[event.key]];
      if (next) {
        days.forEach((day) => day.setAttribute("tabindex", day === next ? "0" : "-1"));
        next.focus();
        return;
      }
      wanted.current = shift(here.dataset.day, steps[event.key]);
      (steps[event.key] > 0 ? onNext : onPrevious)?.();
    } else if (event.key === "PageDown" || event.key === "PageUp") {
      event.preventDefault();
      wanted.current = shift(here.dataset.day, event.key === "PageDown" ? 28 : -28);
      (event.key === "PageDown" ? onNext : onPrevious)?.();
    }
  };
  return h("div", { ...rest, ref: root, role: "grid", onKeyDown }, children);
};
