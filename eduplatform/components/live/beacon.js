// Fires now and then while somebody looks at the page, and at once when they come back to it.
import { useEffect, useRef } from "react";
import { onEnded, useLive } from "$/public/external/eduplatform/components/live/live_client/live_client.js";

const SHORTEST_GAP_MS = 2000; // focus, visibility and network often come back together
const AFTER_END_MS = 1000; // whoever signs out is on the way to another page

export const Beacon = ({ every, whileLive, enabled, onBeat }) => {
  const latest = useRef(onBeat);
  latest.current = onBeat;
  const live = useLive().status === "live";
  const seconds = live && whileLive ? whileLive : every;
  useEffect(() => {
    if (enabled === false) return undefined;
    let last = Date.now();
    let ended = 0;
    const beat = () => {
      if (document.hidden || navigator.onLine === false || Date.now() - last < SHORTEST_GAP_MS) return;
      last = Date.now();
      latest.current?.();
    };
    const timer = setInterval(beat, Math.max(seconds, 2) * 1000);
    document.addEventListener("visibilitychange", beat);
    window.addEventListener("focus", beat);
    window.addEventListener("online", beat);
    // The server has closed the connection: that is a reason to ask, whoever looks.
    const stopListening = onEnded(() => {
      clearTimeout(ended);
      ended = setTimeout(() => latest.current?.(), AFTER_END_MS);
    });
    return () => {
      clearInterval(timer);
      clearTimeout(ended);
      stopListening();
      document.removeEventListener("visibilitychange", beat);
      window.removeEventListener("focus", beat);
      window.removeEventListener("online", beat);
    };
  }, [seconds, enabled]);
  return null;
};
