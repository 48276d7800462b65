// Tells that somebody is writing, and shows that somebody else is.
import { createElement, useEffect, useRef, useState } from "react";
import { follow } from "$/public/external/eduplatform/components/live/live_client/live_client.js";

const TELL_EVERY_MS = 3000;
const SHOW_MS = 5000;

export const TypingWatch = ({ form, onTyping }) => {
  const latest = useRef(onTyping);
  latest.current = onTyping;
  useEffect(() => {
    let told = 0;
    const typed = (event) => {
      if (event.target.form?.id !== form || !event.target.value || Date.now() - told < TELL_EVERY_MS) return;
      told = Date.now();
      latest.current?.();
    };
    document.addEventListener("input", typed);
    return () => document.removeEventListener("input", typed);
  }, [form]);
  return null;
};

export const TypingLine = ({ push, name, event: wanted, ends, person, text, className }) => {
  const [shown, setShown] = useState(false);
  const key = push?.key;
  useEffect(() => {
    if (!key || !name) return undefined;
    let timer = 0;
    const hide = () => {
      clearTimeout(timer);
      setShown(false);
    };
    const leave = follow(push, name, {
      event: (event, ids) => {
        if (event === ends) hide();
        if (event !== wanted || ids.user_id === person) return;
        clearTimeout(timer);
        setShown(true);
        timer = setTimeout(hide, SHOW_MS);
      },
    });
    return () => {
      clearTimeout(timer);
      leave();
    };
  }, [key, name, person]);
  return createElement("p", { "aria-live": "polite", className }, shown ? text : "");
};
