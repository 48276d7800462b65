// A text with gaps, and pairs to find: both are rows of small inputs, each with its own name.
import { createElement as h } from "react";
import { Group, fill } from "./widget_parts.js";

const filled = (answers) => Object.fromEntries(Object.entries(answers).filter(([, text]) => text !== ""));

const Pick = ({ id, value, options, label, labelledBy, placeholder, className, disabled, onPick, onLeave }) =>
  h(
    "select",
    { id, value, disabled, className, "aria-label": label, "aria-labelledby": labelledBy, onChange: (event) => onPick(event.target.value), onBlur: onLeave },
    h("option", { value: "" }, placeholder),
    options.map((option) => h("option", { key: option.id, value: option.id }, option.text)),
  );

const textOf = (options, id) => options.find((option) => option.id === id)?.text ?? "";

export const clozeWidget = {
  isBlank: (_view, answer) => !Object.values(answer?.gaps ?? {}).some((text) => text.trim()),
  inWords: (view, answer) =>
    view.parts
      .map((part) => (part.gap ? `[${part.kind === "choice" ? textOf(part.options, answer?.gaps?.[part.gap]) : (answer?.gaps?.[part.gap] ?? "")}]` : part.text))
      .join(""),
  Input: ({ view, answer, onAnswer, onLeave, texts, classes, described, legend, disabled, id }) => {
    const gaps = answer?.gaps ?? {};
    const set = (gap, text) => onAnswer({ gaps: filled({ ...gaps, [gap]: text }) });
    return h(
      Group,
      { legend, described, disabled, classes },
      h(
        "div",
        { className: classes.clozeText },
        view.parts.map((part, index) => {
          if (!part.gap) return h("span", { key: `text-${index}` }, part.text);
          const label = fill(texts.gap, { number: part.gap });
          if (part.kind === "choice")
            return h(Pick, {
              key: part.gap,
              id: `${id}-gap-${part.gap}`,
              value: gaps[part.gap] ?? "",
              options: part.options,
              label,
              placeholder: texts.pick,
              className: classes.clozeSelect,
              disabled,
              onPick: (now) => set(part.gap, now),
              onLeave,
            });
          return h("input", {
            key: part.gap,
            id: `${id}-gap-${part.gap}`,
            type: "text",
            inputMode: part.kind === "number" ? "decimal" : "text",
            value: gaps[part.gap] ?? "",
            maxLength: view.max_length,
            className: classes.clozeLine,
            autoComplete: "off",
            autoCapitalize: "off",
            spellCheck: false,
            "aria-label": label,
            onChange: (event) => set(part.gap, event.target.value),
            onBlur: onLeave,
          });
        }),
      ),
    );
  },
};

export const matchingWidget = {
  isBlank: (_view, answer) => !Object.keys(answer?.pairs ?? {}).length,
  inWords: (view, answer) =>
    view.prompts
      .filter((prompt) => answer?.pairs?.[prompt.id])
      .map((prompt) => `${prompt.text} → ${textOf(view.answers, answer.pairs[prompt.id])}`)
      .join("\n"),
  Input: ({ view, answer, onAnswer, onLeave, texts, classes, described, legend, disabled, id }) => {
    const pairs = answer?.pairs ?? {};
    return h(
      Group,
      { legend, described, disabled, classes },
      h(
        "ul",
        { className: classes.pairs },
        view.prompts.map((prompt) =>
          h(
            "li",
            { key: prompt.id, className: pairs[prompt.id] ? classes.pairDone : classes.pair },
            h("label", { htmlFor: `${id}-${prompt.id}`, className: classes.pairLeft }, prompt.text),
            h("span", { "aria-hidden": true, className: classes.pairArrow }, "→"),
            h(Pick, {
              id: `${id}-${prompt.id}`,
              value: pairs[prompt.id] ?? "",
              options: view.answers,
              placeholder: texts.pick,
              className: classes.pairSelect,
              disabled,
              onPick: (now) => onAnswer({ pairs: filled({ ...pairs, [prompt.id]: now }) }),
              onLeave,
            }),
          ),
        ),
      ),
    );
  },
};
