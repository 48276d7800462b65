// Fires now and then while somebody looks at the page, and at once when they come back to it.
import { useEffect, useRef } from "react";

const SHORTEST_GAP_MS = 2000; // focus, visibility and network often come back together

export const Beacon = ({ every, enabled, onBeat }) => {
  const latest = useRef(onBeat);
  latest.current = onBeat;
  useEffect(() => {
    if (enabled === false) return undefined;
    let last = Date.now();
    const beat = () => {
      if (document.hidden || navigator.onLine === false || Date.now() - last < SHORTEST_GAP_MS) return;
      last = Date.now();
      latest.current?.();
    };
    const timer = setInterval(beat, Math.max(every, 2) * 1000);
    document.addEventListener("visibilitychange", beat);
    window.addEventListener("focus", beat);
    window.addEventListener("online", beat);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", beat);
      window.removeEventListener("focus", beat);
      window.removeEventListener("online", beat);
    };
  }, [every, enabled]);
  return null;
};
