// Remarks of the comment bank by their codes: "/ev" and a space or Enter becomes the remark.
import { createElement as h, useEffect, useRef, useState } from "react";

export const CommentCodes = ({ remarks, inserted, className }) => {
  const latest = useRef(remarks);
  latest.current = remarks;
  const [said, setSaid] = useState("");
  useEffect(() => {
    const typed = (event) => {
      const field = event.target;
      if (!(field instanceof HTMLTextAreaElement) || !field.hasAttribute("data-codes") || event.isComposing) return;
      const caret = field.selectionStart;
      const found = /(^|\s)\/([\p{L}\d][\p{L}\d_-]*)[ \n]$/u.exec(field.value.slice(0, caret));
      if (!found) return;
      const remark = latest.current.find((one) => one.code && one.code === found[2].toLowerCase());
      if (!remark) return;
      const begin = caret - found[2].length - 2;
      const value = `${field.value.slice(0, begin)}${remark.text} ${field.value.slice(caret)}`;
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, value);
      field.setSelectionRange(begin + remark.text.length + 1, begin + remark.text.length + 1);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      setSaid(`${inserted}: ${remark.title}`);
    };
    document.addEventListener("input", typed);
    return () => document.removeEventListener("input", typed);
  }, [inserted]);
  return h("p", { role: "status", className }, said);
};
