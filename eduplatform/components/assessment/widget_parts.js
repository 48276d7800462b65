// What the inputs of several question types share.
import { createElement as h } from "react";

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

export const countWords = (text) => text.split(/\s+/u).filter((run) => /[\p{L}\p{N}]/u.test(run)).length;

export const Choice = ({ kind, name, checked, label, disabled, classes, onPick }) =>
  h(
    "label",
    { className: classes.option },
    h("input", { type: kind, name, checked, disabled, className: "ui-check", onChange: (event) => onPick(event.target.checked) }),
    h("span", { className: classes.optionText }, label),
  );

export const Group = ({ legend, described, disabled, classes, children }) =>
  h(
    "fieldset",
    { className: classes.options, disabled, "aria-describedby": described },
    h("legend", { className: "sr-only" }, legend),
    children,
  );

export const Clear = ({ texts, classes, onClear }) => h("button", { type: "button", className: classes.clear, onClick: onClear }, texts.clear);
