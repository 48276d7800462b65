// The reader's language in the browser: one store for the whole page, English when nothing else is known.
// English ships no catalogue, since its sentences are the keys and stand in the page already.
import { createElement, useEffect, useSyncExternalStore } from "react";

const STORAGE_KEY = "edu_locale";
const DEFAULT_LOCALE = "en";
const CODE = /^[a-z]{2,3}(-[A-Za-z]{2,4})?$/;
const YEAR_IN_SECONDS = 31536000;

const LOCALE = Symbol("locale");
const english = Object.freeze({ [LOCALE]: DEFAULT_LOCALE });

let current = english;
let wanted = DEFAULT_LOCALE;
const loaded = new Map([[DEFAULT_LOCALE, { dir: "ltr", messages: english }]]);
const listeners = new Set();

const subscribe = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

// Re-renders the component when the language changes. The first render after prerendering is English, as in the HTML.
export const useMessages = () => useSyncExternalStore(subscribe, () => current, () => english);

export const fill = (text, params) =>
  text.replace(/\{([A-Za-z_]\w*)\}/g, (whole, name) => (Object.hasOwn(params, name) ? String(params[name] ?? "") : whole));

export const plural = (messages, one, many, count, params) => {
  const locale = messages[LOCALE];
  const number = Number(count ?? 0);
  const forms = messages[one] ?? { one, other: many };
  const text = forms[new Intl.PluralRules(locale).select(number)] ?? forms.other;
  return fill(text, { count: new Intl.NumberFormat(locale).format(number), ...params });
};

const recall = () => {
  try {
    const code = localStorage.getItem(STORAGE_KEY) ?? "";
    return CODE.test(code) ? code : "";
  } catch {
    return ""; // storage may be forbidden; the language then lasts as long as the page
  }
};

const remember = (code) => {
  try {
    localStorage.setItem(STORAGE_KEY, code);
  } catch {
    // see recall
  }
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${STORAGE_KEY}=${code}; Path=/; Max-Age=${YEAR_IN_SECONDS}; SameSite=Lax${secure}`;
};

const show = (code, catalogue) => {
  document.documentElement.lang = code;
  document.documentElement.dir = catalogue.dir;
  if (current === catalogue.messages) return;
  current = catalogue.messages;
  listeners.forEach((listener) => listener());
};

const fetchCatalogue = async (code) => {
  const response = await fetch(`${import.meta.env.BASE_URL}i18n/${code}.json`, { cache: "no-cache" });
  if (!response.ok) throw new Error(`catalogue ${code}: ${response.status}`);
  const { dir, messages } = await response.json();
  return { dir, messages: Object.assign(Object.create(null), messages, { [LOCALE]: code }) };
};

// Shows the page in a language. Without its catalogue the page stays as it is: readable, only not in that language.
export const setLocale = async (code) => {
  if (!CODE.test(code)) return;
  wanted = code;
  let catalogue = loaded.get(code);
  if (!catalogue) {
    try {
      catalogue = await fetchCatalogue(code);
      loaded.set(code, catalogue);
    } catch (error) {
      console.warn(String(error));
      return;
    }
  }
  if (wanted === code) show(code, catalogue); // else the reader has chosen again meanwhile
};

const chooseLocale = (code) => {
  remember(code);
  return setLocale(code);
};

const guess = (locales) =>
  (navigator.languages ?? []).map((language) => language.split("-")[0].toLowerCase()).find((code) => locales.includes(code));

// Follows the language of the signed-in person; an empty `locale` means that it is not known (yet).
export const LocaleBridge = ({ locale, locales }) => {
  useEffect(() => {
    if (locale && locales.includes(locale)) {
      if (locale !== recall()) remember(locale);
      setLocale(locale);
    } else if (!recall()) {
      setLocale(guess(locales) ?? DEFAULT_LOCALE);
    }
  }, [locale]);
  return null;
};

export const LanguageSwitch = ({ locales, names, label, className, id, onLocaleChange }) => {
  const messages = useMessages();
  const pick = (event) => {
    const code = event.target.value;
    chooseLocale(code);
    onLocaleChange?.(code);
  };
  return createElement(
    "select",
    { className, id, value: messages[LOCALE], onChange: pick, "aria-label": label },
    locales.map((code) => createElement("option", { key: code, value: code, lang: code }, names[code])),
  );
};

// Start to load as early as possible, before the connection to the server is there.
if (typeof window !== "undefined" && recall()) setLocale(recall());
