// Small behaviours of the frame around each page.
import { createElement, useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";

const STORAGE_KEY = "edu_sidebar";
const NARROW = "narrow";

const recall = () => {
  try {
    return localStorage.getItem(STORAGE_KEY) === NARROW;
  } catch {
    return false;
  }
};

const remember = (narrow) => {
  try {
    localStorage.setItem(STORAGE_KEY, narrow ? NARROW : "wide");
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
};

const apply = (narrow) => {
  if (narrow) document.documentElement.dataset.sidebar = NARROW;
  else delete document.documentElement.dataset.sidebar;
};

// Before the first render, so that a narrow sidebar is not wide for a moment.
if (typeof document !== "undefined") apply(recall());

export const SidebarToggle = ({ children, collapseLabel, expandLabel, ...rest }) => {
  const [narrow, setNarrow] = useState(false);
  useEffect(() => setNarrow(recall()), []);
  const toggle = () => {
    apply(!narrow);
    remember(!narrow);
    setNarrow(!narrow);
  };
  const label = narrow ? expandLabel : collapseLabel;
  return createElement(
    "button",
    { ...rest, type: "button", onClick: toggle, "aria-expanded": !narrow, "aria-label": label, title: label },
    children,
  );
};

let lastPath = "";

// After a change of page the focus is on nothing: give it to the content, as a full page load would.
export const PageFocus = ({ target }) => {
  const { pathname } = useLocation();
  useEffect(() => {
    const moved = lastPath && lastPath !== pathname;
    lastPath = pathname;
    if (!moved) return;
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    const focused = document.activeElement;
    if (!focused || focused === document.body) document.getElementById(target)?.focus({ preventScroll: true });
  }, [pathname, target]);
  return null;
};

const GIVE_UP_MS = 20000;

// Whether a submitted form waits for the server: from the submit until one of the `settled` values changes.
export const usePending = (formId, settled) => {
  const [pending, setPending] = useState(false);
  const timer = useRef(0);
  useEffect(() => {
    const submitted = (event) => {
      if (event.target?.id !== formId) return;
      setPending(true);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setPending(false), GIVE_UP_MS);
    };
    document.addEventListener("submit", submitted);
    return () => {
      document.removeEventListener("submit", submitted);
      clearTimeout(timer.current);
    };
  }, [formId]);
  useEffect(() => {
    clearTimeout(timer.current);
    setPending(false);
  }, settled);
  return pending;
};
