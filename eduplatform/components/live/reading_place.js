// Tells where in a text the reader is, a moment after they have stopped scrolling; shows nothing.
import { useEffect, useRef } from "react";

const TELL_AFTER_MS = 1500;
const LINE = 0.35; // of the window's height: the block that crosses this line is being read

export const ReadingPlace = ({ container, subject, onReach }) => {
  const latest = useRef(onReach);
  latest.current = onReach;
  useEffect(() => {
    if (!subject) return undefined;
    let told = "";
    let here = "";
    let timer = 0;
    const tell = () => {
      clearTimeout(timer);
      timer = 0;
      if (!here || here === told) return;
      told = here;
      latest.current?.(subject, here);
    };
    // Found while scrolling and not when telling: when the page is left, its text is gone already.
    const scrolled = () => {
      const line = window.innerHeight * LINE;
      const blocks = [...(document.getElementById(container)?.querySelectorAll("[data-block]") ?? [])];
      // At the end of the text the last block is read, although it never comes up to the line.
      const last = blocks.at(-1);
      const ended = last && last.getBoundingClientRect().bottom <= window.innerHeight;
      const read = ended ? last : (blocks.findLast((one) => one.getBoundingClientRect().top <= line) ?? blocks[0]);
      here = read?.dataset.block ?? here;
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
