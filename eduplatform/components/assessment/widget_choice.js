// One option, several options, or true and false.
// A widget: `Input` draws it, `isBlank` and `inWords` tell of an answer. It gets `view`, what the server shows of the
// question, and calls `onAnswer` with the whole answer, in the form that the question type reads.
import { createElement as h } from "react";
import { Choice, Clear, Group } from "./widget_parts.js";

const chosenTexts = (view, ids) => view.options.filter((option) => ids.includes(option.id)).map((option) => option.text).join(", ");

export const singleChoiceWidget = {
  isBlank: (_view, answer) => !answer?.choice,
  inWords: (view, answer) => chosenTexts(view, [answer?.choice]),
  Input: ({ view, answer, onAnswer, texts, classes, name, legend, described, disabled }) =>
    h(
      Group,
      { legend, described, disabled, classes },
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
      answer?.choice && h(Clear, { texts, classes, onClear: () => onAnswer({ choice: null }) }),
    ),
};

export const multipleChoiceWidget = {
  isBlank: (_view, answer) => !answer?.choices?.length,
  inWords: (view, answer) => chosenTexts(view, answer?.choices ?? []),
  Input: ({ view, answer, onAnswer, texts, classes, name, legend, described, disabled }) => {
    const chosen = answer?.choices ?? [];
    return h(
      Group,
      { legend, described, disabled, classes },
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
  },
};

export const trueFalseWidget = {
  isBlank: (_view, answer) => typeof answer?.answer !== "boolean",
  inWords: (_view, answer, texts) => ({ true: texts.yes, false: texts.no })[answer?.answer] ?? "",
  Input: ({ answer, onAnswer, texts, classes, name, legend, described, disabled }) =>
    h(
      Group,
      { legend, described, disabled, classes },
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
      typeof answer?.answer === "boolean" && h(Clear, { texts, classes, onClear: () => onAnswer({ answer: null }) }),
    ),
};
