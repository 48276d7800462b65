// One question with its input, as a student meets it: in a sitting, and in the author's preview.
import { createElement as h, useId } from "react";
import { RichText } from "$/public/external/eduplatform/components/ui/rich_text/rich_text.js";

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

export const countWords = (text) => text.split(/\s+/u).filter((run) => /[\p{L}\p{N}]/u.test(run)).length;

export const isBlank = (view, answer) => {
  if (answer === null || answer === undefined) return true;
  switch (view.type) {
    case "single_choice":
      return !answer.choice;
    case "multiple_choice":
      return !answer.choices?.length;
    case "true_false":
      return typeof answer.answer !== "boolean";
    default:
      return !answer.text?.trim();
  }
};

const Choice = ({ kind, name, checked, label, disabled, classes, onPick }) =>
  h(
    "label",
    { className: classes.option },
    h("input", { type: kind, name, checked, disabled, className: "ui-check", onChange: (event) => onPick(event.target.checked) }),
    h("span", { className: classes.optionText }, label),
  );

const Options = ({ legend, described, disabled, classes, children }) =>
  h(
    "fieldset",
    { className: classes.options, disabled, "aria-describedby": described },
    h("legend", { className: "sr-only" }, legend),
    children,
  );

const SingleChoice = ({ view, answer, onAnswer, texts, classes, name, ...rest }) =>
  h(
    Options,
    { ...rest, classes },
    view.options.map((option) =>
      h(Choice, {
        key: option.id,
        kind: "radio",
        name,
        label: option.text,
        checked: answer?.choice === option.id,
        classes,
        onPick: () => onAnswer({ choice: option.id }),
      }),
    ),
    answer?.choice && h("button", { type: "button", className: classes.clear, onClick: () => onAnswer({ choice: null }) }, texts.clear),
  );

const MultipleChoice = ({ view, answer, onAnswer, texts, classes, name, ...rest }) => {
  const chosen = answer?.choices ?? [];
  return h(
    Options,
    { ...rest, classes },
    h("p", { className: classes.hint }, texts.several),
    view.options.map((option) =>
      h(Choice, {
        key: option.id,
        kind: "checkbox",
        name,
        label: option.text,
        checked: chosen.includes(option.id),
        classes,
        onPick: (now) => onAnswer({ choices: now ? [...chosen, option.id] : chosen.filter((id) => id !== option.id) }),
      }),
    ),
  );
};

const TrueFalse = ({ answer, onAnswer, texts, classes, name, ...rest }) =>
  h(
    Options,
    { ...rest, classes },
    [true, false].map((value) =>
      h(Choice, {
        key: String(value),
        kind: "radio",
        name,
        label: value ? texts.yes : texts.no,
        checked: answer?.answer === value,
        classes,
        onPick: () => onAnswer({ answer: value }),
      }),
    ),
    typeof answer?.answer === "boolean" &&
      h("button", { type: "button", className: classes.clear, onClick: () => onAnswer({ answer: null }) }, texts.clear),
  );

const numericHint = (view, texts) => {
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

const Line = ({ view, answer, onAnswer, onLeave, texts, classes, described, legend, disabled, id }) => {
  const hint = view.type === "numeric" ? numericHint(view, texts) : "";
  return h(
    "div",
    { className: classes.lineFrame },
    h("label", { htmlFor: `${id}-input`, className: classes.label }, texts.yourAnswer, h("span", { className: "sr-only" }, ` ${legend}`)),
    h("input", {
      id: `${id}-input`,
      type: "text",
      inputMode: view.type === "numeric" && view.unit === "none" ? "decimal" : "text",
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
    h("p", { id: `${id}-hint`, className: classes.hint }, hint),
  );
};

const Essay = ({ view, answer, onAnswer, onLeave, texts, classes, described, legend, disabled, id }) => {
  const words = countWords(answer?.text ?? "");
  const over = view.max_words && words > view.max_words;
  return h(
    "div",
    { className: classes.lineFrame },
    h("label", { htmlFor: `${id}-input`, className: classes.label }, texts.yourAnswer, h("span", { className: "sr-only" }, ` ${legend}`)),
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
    h("p", { id: `${id}-hint`, className: over ? classes.hintOver : classes.hint }, essayHint(view, texts, words)),
  );
};

const INPUTS = {
  single_choice: SingleChoice,
  multiple_choice: MultipleChoice,
  true_false: TrueFalse,
  numeric: Line,
  short_text: Line,
  essay: Essay,
};

// `question`: stem_html and view, as the server gives them; `legend` names it for screen readers.
export const QuestionView = ({ question, answer, onAnswer, onLeave, legend, texts, classes, disabled }) => {
  const id = useId();
  const Input = INPUTS[question.view.type];
  return h(
    "div",
    { className: classes.question },
    h(RichText, { html: question.stem_html, id: `${id}-stem`, className: "prose" }),
    Input
      ? h(Input, { view: question.view, answer, onAnswer, onLeave, legend, texts, classes, disabled, id, name: id, described: `${id}-stem` })
      : h("p", { className: classes.hint }, texts.unknownType),
  );
};
