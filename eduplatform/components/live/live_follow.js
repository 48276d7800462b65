// Marks the block that a live lesson is at, and brings it into sight when the reader follows.
import { useEffect } from "react";

const MARK = "data-live-block";
const BAR_PX = 88; // the bar of the platform, and air

export const LiveFollow = ({ block, follow, occasion }) => {
  useEffect(() => {
    if (!block) return undefined;
    const target = document.querySelector(`[data-block="${CSS.escape(block)}"]`);
    if (!target) return undefined;
    target.setAttribute(MARK, "");
    if (follow) {
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      const panel = document.querySelector("[data-live-panel]")?.offsetHeight ?? 0;
      if (panel) target.style.scrollMarginTop = `${panel + BAR_PX}px`;
      target.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    }
    return () => target.removeAttribute(MARK);
  }, [block, follow, occasion]);
  return null;
};
