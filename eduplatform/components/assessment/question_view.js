// One question with its input, as a student meets it: in a sitting, and when an author tries it.
import { createElement as h, useId } from "react";
import { RichText } from "$/public/external/eduplatform/components/ui/rich_text/rich_text.js";

// `widgets`: the input of each question type, see widget_choice.js for what one is.
export const isBlank = (widgets, view, answer) =>
  answer === null || answer === undefined || (widgets[view.type]?.isBlank(view, answer) ?? true);

export const inWords = (widgets, view, answer, texts) => widgets[view.type]?.inWords(view, answer, texts) || texts.empty;

// `question`: stem_html and view, as the server gives them; `legend` names it for screen readers.
export const QuestionView = ({ question, widgets, answer, onAnswer, onLeave, legend, texts, classes, disabled, trial }) => {
  const id = useId();
  const Input = widgets[question.view.type]?.Input;
  return h(
    "div",
    { className: classes.question },
    h(RichText, { html: question.stem_html, id: `${id}-stem`, className: "prose" }),
    Input
      ? h(Input, { view: question.view, answer, onAnswer, onLeave, legend, texts, classes, disabled, trial, id, name: id, described: `${id}-stem` })
      : h("p", { className: classes.hint }, texts.unknownType),
  );
};
