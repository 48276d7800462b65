// What is seen when a page cannot be drawn: a calm explanation, a reference to quote, and a way on.
import { Component, createElement as h } from "react";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // as the server's references: nothing to confuse

const newReference = () => {
  const letters = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => ALPHABET[byte % ALPHABET.length]);
  return `${letters.slice(0, 4).join("")}-${letters.slice(4).join("")}`;
};

export class PageErrorBoundary extends Component {
  state = { reference: "" };

  static getDerivedStateFromError() {
    return { reference: newReference() };
  }

  componentDidCatch(error, info) {
    // The name of the error and the reference; its text may hold what somebody typed and stays in the browser.
    this.props.onError?.(`${this.state.reference} ${error?.name ?? "Error"}`, info?.componentStack?.slice(0, 2000) ?? "");
  }

  render() {
    const { children, texts, classes } = this.props;
    const { reference } = this.state;
    if (!reference) return children;
    return h(
      "main",
      { className: classes.page, role: "alert" },
      h("h1", { className: classes.title }, texts.title),
      h("p", { className: classes.text }, texts.text),
      h(
        "p",
        { className: classes.actions },
        h("button", { type: "button", className: classes.primary, onClick: () => window.location.reload() }, texts.reload),
        h("a", { href: "/", className: classes.secondary }, texts.home),
      ),
      h("p", { className: classes.reference }, texts.reference, " ", h("code", { className: classes.code }, reference)),
    );
  }
}
