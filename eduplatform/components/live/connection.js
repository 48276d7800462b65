// Says how the page is connected: live, connecting, unstable or offline, and when the last message came.
import { createElement, useEffect, useState, useSyncExternalStore } from "react";
import { useLive } from "$/public/external/eduplatform/components/live/live_client/live_client.js";

const TELL_AGAIN_MS = 10000;
const PATIENCE_MS = 1500; // a page that is being opened is connected within this time, and nobody needs to read of it

const subscribe = (changed) => {
  window.addEventListener("online", changed);
  window.addEventListener("offline", changed);
  return () => {
    window.removeEventListener("online", changed);
    window.removeEventListener("offline", changed);
  };
};

const statusOf = (online, failures, live) => {
  if (!online) return "offline";
  if (failures > 0 || live.status === "connecting" || live.status === "offline") return "connecting";
  return live.status === "lost" || live.unsteady ? "unstable" : "live";
};

const ago = (moment) => {
  const seconds = Math.round((Date.now() - moment) / 1000);
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });
  return seconds < 90 ? format.format(-seconds, "second") : format.format(-Math.round(seconds / 60), "minute");
};

export const Connection = ({ failures, texts, classes, id }) => {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine, () => true);
  const live = useLive();
  const [patient, setPatient] = useState(true);
  const [, tick] = useState(0);
  useEffect(() => {
    const patience = setTimeout(() => setPatient(false), PATIENCE_MS);
    const timer = setInterval(() => tick((count) => count + 1), TELL_AGAIN_MS);
    return () => {
      clearTimeout(patience);
      clearInterval(timer);
    };
  }, []);
  const found = statusOf(online, failures, live);
  const status = patient && found === "connecting" ? "live" : found;
  const detail = [texts[`${status}_detail`], live.lastAt ? texts.last.replace("{when}", ago(live.lastAt)) : ""].filter(Boolean).join(" ");
  return createElement(
    "span",
    { title: detail, onMouseEnter: () => tick((count) => count + 1) },
    createElement(
      "span",
      { id, role: "status", "aria-live": "polite", "data-status": status, "data-push": live.status, className: `${classes.frame} ${classes[status]}` },
      createElement("span", { "aria-hidden": true, className: `${classes.dot} ${classes[`${status}_dot`]}` }),
      texts[status],
    ),
  );
};
