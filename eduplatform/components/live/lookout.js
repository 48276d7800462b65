// Tells what somebody is looking at: at once, again and again while they look, and that they have left the former thing.
import { useEffect, useRef } from "react";

export const Lookout = ({ subject, every, onLook }) => {
  const latest = useRef(onLook);
  latest.current = onLook;
  const former = useRef("");
  useEffect(() => {
    if (!subject) return undefined;
    const look = (left) => !document.hidden && latest.current?.(subject, left);
    look(former.current === subject ? "" : former.current);
    former.current = subject;
    const timer = setInterval(() => look(""), every * 1000);
    const back = () => look("");
    document.addEventListener("visibilitychange", back);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", back);
    };
  }, [subject, every]);
  return null;
};
