// The two requests that change the session cookie. Both end in a full page load, because the socket's handshake
// carries the cookie.
import { createElement, useEffect, useState } from "react";

const post = (path, body) =>
  fetch(path, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

export const SessionBridge = ({ ticket, target }) => {
  useEffect(() => {
    if (!ticket) return;
    post("/auth/session", { ticket }).then(
      (answer) => window.location.replace(answer.ok ? target || "/" : "/login?failed=1"),
      () => window.location.replace("/login?failed=1"),
    );
  }, [ticket, target]);
  return null;
};

const LANGUAGE_KEY = "edu_locale";
const KEPT = [LANGUAGE_KEY, "theme", "edu_sidebar"];

// Nothing of the person stays in a browser that others may use; how the page looks is not theirs alone.
const forget = () => {
  try {
    window.sessionStorage.clear();
    const own = Object.keys(window.localStorage).filter((key) => key.startsWith("edu_") && !KEPT.includes(key));
    own.forEach((key) => window.localStorage.removeItem(key));
  } catch {
    // Storage may be forbidden: then nothing was kept.
  }
};

// Ends the session on the server first; without an answer the person stays signed in and is told so.
export const signOut = async () => {
  const answer = await post("/auth/sign-out", {});
  if (!answer.ok) throw new Error(`sign-out: ${answer.status}`);
  forget();
  window.location.replace("/login");
};

export const SignOutButton = ({ children, failedText, ...rest }) => {
  const [state, setState] = useState("");
  const leave = () => {
    setState("busy");
    signOut().catch(() => setState("failed"));
  };
  return createElement(
    "button",
    { ...rest, type: "button", disabled: state === "busy", onClick: leave },
    children,
    createElement("span", { role: "alert", className: "text-danger empty:hidden" }, state === "failed" ? failedText : ""),
  );
};
