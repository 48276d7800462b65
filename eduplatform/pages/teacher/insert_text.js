// A button that puts a prepared sentence into a text field, the way a person would type it.
import { createElement } from "react";

export const InsertText = ({ target, text, children, ...rest }) => {
  const insert = () => {
    const field = document.getElementById(target);
    if (!field) return;
    const before = field.value.trimEnd();
    const value = before ? `${before}\n${text}` : text;
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
    field.setSelectionRange(value.length, value.length);
  };
  return createElement("button", { ...rest, type: "button", onClick: insert }, children);
};
