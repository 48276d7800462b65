// Tells where in a text the reader is, a moment after they have stopped scrolling; shows nothing.
import { useEffect, useRef } from "react";

const TELL_AFTER_MS = 2500;
const LINE = 0.35; // of the window's height: the block that crosses this line is being read

export const ReadingPlace = ({ container, subject, onReach }) => {
  const latest = useRef(onReach);
  latest.current = onReach;
  useEffect(() => {
    if (!subject) return undefined;
    let told = "";
    let timer = 0;
    let moved = false;
    const tell = () => {
      clearTimeout(timer);
      timer = 0;
      if (!moved) return;
      const line = window.innerHeight * LINE;
      const blocks = [...(document.getElementById(container)?.querySelectorAll("[data-block]") ?? [])];
      const here = blocks.findLast((one) => one.getBoundingClientRect().top <= line) ?? blocks[0];
      const key = here?.dataset.block;
      if (!key || key === told) return;
      told = key;
      latest.current?.(subject, key);
    };
    const scrolled = () => {
      moved = true;
      clearTimeout(timer);
      timer = setTimeout(tell, TELL_AFTER_MS);
    };
    const hidden = () => document.visibilityState === "hidden" && timer && tell();
    // Scrolling happens in the window or in the shell's own frame: both are heard while capturing.
    document.addEventListener("scroll", scrolled, { passive: true, capture: true });
    document.addEventListener("visibilitychange", hidden);
    return () => {
      if (timer) tell();
      clearTimeout(timer);
      document.removeEventListener("scroll", scrolled, { capture: true });
      document.removeEventListener("visibilitychange", hidden);
    };
  }, [container, subject]);
  return null;
};
