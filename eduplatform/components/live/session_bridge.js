import { createElement, useEffect } from "react";

const post = (path, body) =>
  fetch(path, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

export function SessionBridge({ ticket, target }) {
  useEffect(() => {
    if (!ticket) return;
    post("/auth/session", { ticket }).then(
      (answer) => window.location.replace(answer.ok ? target || "/" : "/login?failed=1"),
      () => window.location.replace("/login?failed=1"),
    );
  }, [ticket, target]);
  return null;
}

export function SignOutButton({ children, ...props }) {
  const leave = async () => {
    await post("/auth/sign-out", {});
    window.sessionStorage.clear();
    window.location.replace("/login");
  };
  return createElement("button", { type: "button", ...props, onClick: leave }, children);
}
