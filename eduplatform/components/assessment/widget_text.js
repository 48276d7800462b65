// A line (words, or a number) and a longer text.
import { createElement as h } from "react";
import { countWords, fill } from "./widget_parts.js";

const isBlank = (_view, answer) => !answer?.text?.trim();
const inWords = (_view, answer) => answer?.text ?? "";

const lineHint = (view, texts) => {
  const unit = { none: texts.unitNone, optional: texts.unitOptional, required: texts.unitRequired }[view.unit] ?? "";
  const figures = view.significant_figures ? fill(texts.figures, { count: view.significant_figures }) : "";
  return [unit, figures].filter(Boolean).join(" ");
};

const essayHint = (view, texts, words) => {
  const parts = [fill(texts.words, { count: words })];
  if (view.min_words) parts.push(fill(texts.atLeast, { limit: view.min_words }));
  if (view.max_words) parts.push(fill(texts.atMost, { limit: view.max_words }));
  return parts.join(" · ");
};

const Labelled = ({ id, legend, texts, classes, hint, hintClass, children }) =>
  h(
    "div",
    { className: classes.lineFrame },
    h("label", { htmlFor: `${id}-input`, className: classes.label }, texts.yourAnswer, h("span", { className: "sr-only" }, ` ${legend}`)),
    children,
    h("p", { id: `${id}-hint`, className: hintClass ?? classes.hint }, hint),
  );

export const lineWidget = {
  isBlank,
  inWords,
  Input: ({ view, answer, onAnswer, onLeave, texts, classes, described, legend, disabled, id }) =>
    h(
      Labelled,
      { id, legend, texts, classes, hint: lineHint(view, texts) },
      h("input", {
        id: `${id}-input`,
        type: "text",
        inputMode: view.unit === "none" ? "decimal" : "text",
        className: classes.line,
        value: answer?.text ?? "",
        maxLength: view.max_length,
        disabled,
        autoComplete: "off",
        autoCapitalize: "off",
        spellCheck: false,
        "aria-describedby": `${described} ${id}-hint`,
        onChange: (event) => onAnswer({ text: event.target.value }),
        onBlur: onLeave,
      }),
    ),
};

export const essayWidget = {
  isBlank,
  inWords,
  Input: ({ view, answer, onAnswer, onLeave, texts, classes, described, legend, disabled, id }) => {
    const words = countWords(answer?.text ?? "");
    const over = view.max_words && words > view.max_words;
    return h(
      Labelled,
      { id, legend, texts, classes, hint: essayHint(view, texts, words), hintClass: over ? classes.hintOver : classes.hint },
      h("textarea", {
        id: `${id}-input`,
        className: classes.essay,
        rows: 10,
        value: answer?.text ?? "",
        maxLength: view.max_length,
        disabled,
        "aria-describedby": `${described} ${id}-hint`,
        onChange: (event) => onAnswer({ text: event.target.value }),
        onBlur: onLeave,
      }),
    );
  },
};
