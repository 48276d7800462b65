// The time that is left until a moment of the server's clock, counted down in the browser.
import { createElement as h, useEffect, useRef, useState } from "react";

const SOON = 300; // seconds

const clockText = (seconds) => {
  const left = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  return (parts[0] ? parts : parts.slice(1)).map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
};

export const Countdown = ({ until, now, texts, classes }) => {
  // What this device's clock showed when the server's showed `now`.
  const clock = useRef(null);
  if (clock.current?.now !== now) clock.current = { now, server: Date.parse(now), here: performance.now() };
  const count = () => (Date.parse(until) - clock.current.server - (performance.now() - clock.current.here)) / 1000;
  const [left, setLeft] = useState(count);
  useEffect(() => {
    setLeft(count());
    if (!until) return undefined;
    const timer = setInterval(() => setLeft(count()), 1000);
    return () => clearInterval(timer);
  }, [until, now]);
  if (!until || Number.isNaN(left)) return null;
  const look = left <= 0 ? "over" : left <= SOON ? "soon" : "calm";
  return h("span", { role: "timer", "aria-live": "off", className: classes[look] }, left <= 0 ? texts.over : clockText(left));
};
