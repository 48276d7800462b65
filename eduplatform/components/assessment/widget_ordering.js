// Things to put in order: with buttons, so that keyboard and touch can do it, or by dragging with a mouse.
import { createElement as h, useEffect, useRef, useState } from "react";
import { Clear, Group, fill } from "./widget_parts.js";

const textsInOrder = (view, order) => order.map((id) => view.items.find((item) => item.id === id)?.text).filter(Boolean);

// What the student has put in order, or what the server showed as long as nothing is.
const currentOrder = (view, answer) => {
  const known = view.items.map((item) => item.id);
  const given = (answer?.order ?? []).filter((id) => known.includes(id));
  return [...given, ...known.filter((id) => !given.includes(id))];
};

const Input = ({ view, answer, onAnswer, onLeave, texts, classes, described, legend, disabled, id }) => {
  const order = currentOrder(view, answer);
  const touched = Boolean(answer?.order?.length);
  const [said, setSaid] = useState("");
  const [held, setHeld] = useState(null);
  const focusOn = useRef(null);
  useEffect(() => {
    if (focusOn.current) document.getElementById(focusOn.current)?.focus();
    focusOn.current = null;
  });

  const place = (from, to, focus) => {
    const next = [...order];
    next.splice(to, 0, ...next.splice(from, 1));
    focusOn.current = focus ?? null;
    setSaid(fill(texts.placed, { number: to + 1, total: order.length }));
    onAnswer({ order: next });
  };
  const step = (index, by) => {
    const to = index + by;
    const atEnd = to === 0 || to === order.length - 1;
    const verb = atEnd ? (by < 0 ? "down" : "up") : by < 0 ? "up" : "down";
    place(index, to, `${id}-${order[index]}-${verb}`);
  };
  const tool = (item, index, verb, glyph, by) =>
    h(
      "button",
      {
        id: `${id}-${item}-${verb}`,
        type: "button",
        className: classes.orderTool,
        disabled: disabled || index + by < 0 || index + by >= order.length,
        "aria-label": fill(by < 0 ? texts.moveUp : texts.moveDown, { text: textsInOrder(view, [item])[0] }),
        onClick: () => step(index, by),
        onBlur: onLeave,
      },
      h("span", { "aria-hidden": true }, glyph),
    );

  return h(
    Group,
    { legend, described, disabled, classes },
    h(
      "ol",
      { className: classes.orderList },
      order.map((item, index) =>
        h(
          "li",
          {
            key: item,
            className: held === item ? classes.orderHeld : classes.orderItem,
            draggable: !disabled,
            onDragStart: (event) => {
              event.dataTransfer.effectAllowed = "move";
              event.dataTransfer.setData("text/plain", item);
              setHeld(item);
            },
            onDragEnd: () => setHeld(null),
            onDragOver: (event) => held && event.preventDefault(),
            onDrop: (event) => {
              event.preventDefault();
              if (held && held !== item) place(order.indexOf(held), index);
              setHeld(null);
            },
          },
          h("span", { "aria-hidden": true, className: classes.orderNumber }, index + 1),
          h("span", { className: classes.orderText }, textsInOrder(view, [item])[0]),
          tool(item, index, "up", "↑", -1),
          tool(item, index, "down", "↓", 1),
        ),
      ),
    ),
    touched
      ? h(Clear, { texts, classes, onClear: () => onAnswer({ order: [] }) })
      : h(
          "div",
          { className: classes.orderFoot },
          h("p", { className: classes.hint }, texts.notOrdered),
          h("button", { type: "button", className: classes.button, disabled, onClick: () => onAnswer({ order }) }, texts.orderIsRight),
        ),
    h("span", { role: "status", className: "sr-only" }, said),
  );
};

export const orderingWidget = {
  isBlank: (_view, answer) => !answer?.order?.length,
  inWords: (view, answer) => textsInOrder(view, answer?.order ?? []).map((text, index) => `${index + 1}. ${text}`).join("\n"),
  Input,
};
