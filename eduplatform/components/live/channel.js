// Follows one channel and fires events of the page; shows nothing.
import { useEffect, useRef } from "react";
import { follow } from "$/public/external/eduplatform/components/live/live_client/live_client.js";

const GAP_MS = 300; // events that come close together are one reason to read again

export const Channel = ({ push, name, only, without, enabled, onChange, onEvent }) => {
  const latest = useRef({});
  latest.current = { only, without, onChange, onEvent };
  const key = push?.key;
  useEffect(() => {
    if (!key || !name || enabled === false) return undefined;
    let timer = 0;
    let again = false;
    const change = () => {
      // A tab that nobody looks at reads again when somebody does.
      if (timer || document.hidden) {
        again = true;
        return;
      }
      again = false;
      timer = setTimeout(() => {
        timer = 0;
        if (again) change();
      }, GAP_MS);
      latest.current.onChange?.();
    };
    const seen = () => !document.hidden && again && change();
    const wanted = (event) => {
      const { only: some, without: others } = latest.current;
      return some.length ? some.includes(event) : !others.includes(event);
    };
    const leave = follow(push, name, {
      event: (event, ids) => {
        if (!wanted(event)) return;
        latest.current.onEvent?.(ids);
        if (latest.current.onChange) change();
      },
      missed: () => latest.current.onChange && change(),
    });
    document.addEventListener("visibilitychange", seen);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
      leave();
    };
  }, [key, name, enabled]);
  return null;
};
