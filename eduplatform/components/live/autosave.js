// Sends a form by itself a moment after the last key, and at once when it is left; says whether it was stored.
import { createElement, useEffect, useRef, useState } from "react";

const SEND_AFTER_MS = 700;

const collect = (node) => Object.fromEntries(new FormData(node));

export const Autosave = ({ form, saved, failed, texts, className, onSave }) => {
  const [status, setStatus] = useState("idle");
  const timer = useRef(0);
  const waiting = useRef(null);
  const latest = useRef(onSave);
  latest.current = onSave;

  useEffect(() => {
    const flush = () => {
      clearTimeout(timer.current);
      timer.current = 0;
      if (!waiting.current) return;
      const values = waiting.current;
      waiting.current = null;
      latest.current?.(values);
    };
    const typed = (event) => {
      const node = event.target?.form;
      if (node?.id !== form || event.target.closest("[data-no-save]")) return;
      const base = node.elements.namedItem("base");
      const version = node.elements.namedItem("version");
      // The version that the typing began with: a draft that comes back after a reload still knows it.
      if (base && version && !base.value) base.value = version.value;
      waiting.current = collect(node);
      setStatus("saving");
      clearTimeout(timer.current);
      timer.current = setTimeout(flush, SEND_AFTER_MS);
    };
    const left = (event) => {
      if (event.target?.form?.id === form) flush();
    };
    const hidden = () => document.visibilityState === "hidden" && flush();
    document.addEventListener("input", typed);
    document.addEventListener("change", typed);
    document.addEventListener("focusout", left);
    document.addEventListener("visibilitychange", hidden);
    window.addEventListener("pagehide", flush);
    return () => {
      flush();
      document.removeEventListener("input", typed);
      document.removeEventListener("change", typed);
      document.removeEventListener("focusout", left);
      document.removeEventListener("visibilitychange", hidden);
      window.removeEventListener("pagehide", flush);
    };
  }, [form]);

  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    if (waiting.current) return;
    const base = document.getElementById(form)?.elements.namedItem("base");
    if (base) base.value = "";
    setStatus("saved");
  }, [saved]);
  const failures = useRef(failed);
  useEffect(() => {
    if (failures.current === failed) return;
    failures.current = failed;
    setStatus("failed");
  }, [failed]);

  return createElement("span", { role: "status", className, "data-status": status }, texts[status] ?? "");
};
