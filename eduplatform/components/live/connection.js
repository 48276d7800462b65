// Says whether the page is connected: live, reconnecting or offline.
import { createElement, useSyncExternalStore } from "react";

const subscribe = (changed) => {
  window.addEventListener("online", changed);
  window.addEventListener("offline", changed);
  return () => {
    window.removeEventListener("online", changed);
    window.removeEventListener("offline", changed);
  };
};

export const Connection = ({ failures, texts, classes, id }) => {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine, () => true);
  const status = !online ? "offline" : failures > 0 ? "reconnecting" : "live";
  return createElement(
    "span",
    { id, role: "status", "aria-live": "polite", "data-status": status, className: `${classes.frame} ${classes[status]}` },
    createElement("span", { "aria-hidden": true, className: `${classes.dot} ${classes[`${status}_dot`]}` }),
    texts[status],
  );
};
