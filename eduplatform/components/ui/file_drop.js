// A file field that also takes dropped files, names what was chosen and says at once what will not be accepted.
import { createElement as h, useEffect, useRef, useState } from "react";

const UNITS = ["B", "KB", "MB", "GB"];

const size = (bytes) => {
  let unit = 0;
  let amount = bytes;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: unit ? 1 : 0 }).format(amount)} ${UNITS[unit]}`;
};

const isAccepted = (file, accept) => {
  const wanted = accept.split(",").map((part) => part.trim().toLowerCase()).filter(Boolean);
  if (!wanted.length) return true;
  const name = file.name.toLowerCase();
  const kind = (file.type || "").toLowerCase();
  return wanted.some((part) => {
    if (part.startsWith(".")) return name.endsWith(part);
    return part.endsWith("/*") ? kind.startsWith(part.slice(0, -1)) : kind === part;
  });
};

export const FileDrop = (props) => {
  const { id, name, accept = "", maxBytes, maxFiles = 1, disabled, required, invalid, describedBy, texts, classes, picture } = props;
  const input = useRef(null);
  const [files, setFiles] = useState([]);
  const [refused, setRefused] = useState([]);
  const [over, setOver] = useState(false);
  const many = maxFiles > 1;

  const put = (list) => {
    const carrier = new DataTransfer();
    list.forEach((file) => carrier.items.add(file));
    input.current.files = carrier.files;
    setFiles(list);
  };
  const take = (incoming) => {
    const problems = [];
    const kept = many ? [...files] : [];
    for (const file of incoming) {
      const say = (text) => problems.push(text.replace("{name}", file.name).replace("{size}", size(maxBytes ?? 0)).replace("{count}", maxFiles));
      if (!isAccepted(file, accept)) say(texts.badType);
      else if (!file.size) say(texts.emptyFile);
      else if (maxBytes && file.size > maxBytes) say(texts.tooLarge);
      else if (kept.length >= maxFiles) say(texts.tooMany);
      else if (!kept.some((other) => other.name === file.name && other.size === file.size)) kept.push(file);
    }
    setRefused(problems);
    put(!many && !kept.length ? files : kept);
  };
  const remove = (index) => {
    put(files.filter((_, at) => at !== index));
    setRefused([]);
    input.current.focus();
  };
  // A form that is reset forgets its files.
  useEffect(() => {
    const form = input.current?.form;
    const forget = () => {
      setFiles([]);
      setRefused([]);
    };
    form?.addEventListener("reset", forget);
    return () => form?.removeEventListener("reset", forget);
  }, []);

  const carriesFiles = (event) => !disabled && [...(event.dataTransfer?.types ?? [])].includes("Files");
  const errorId = `${id}-refused`;
  return h(
    "div",
    null,
    h(
      "label",
      {
        className: classes.zone,
        "data-over": over ? "" : undefined,
        "data-disabled": disabled ? "" : undefined,
        "data-invalid": invalid || refused.length ? "" : undefined,
        onDragEnter: (event) => carriesFiles(event) && (event.preventDefault(), setOver(true)),
        onDragOver: (event) => carriesFiles(event) && (event.preventDefault(), setOver(true)),
        onDragLeave: (event) => !event.currentTarget.contains(event.relatedTarget) && setOver(false),
        onDrop: (event) => {
          if (!carriesFiles(event)) return;
          event.preventDefault();
          setOver(false);
          take([...event.dataTransfer.files]);
        },
      },
      h("span", { className: classes.picture, "aria-hidden": true }, picture),
      h("span", { className: classes.title }, many ? texts.chooseMany : texts.choose),
      texts.limits ? h("span", { className: classes.limits }, texts.limits) : null,
      h("input", {
        ref: input,
        id,
        name,
        type: "file",
        accept: accept || undefined,
        multiple: many,
        disabled,
        required: required && !files.length,
        className: classes.input,
        "aria-label": texts.label,
        "aria-invalid": invalid || refused.length ? true : undefined,
        "aria-describedby": [refused.length ? errorId : "", describedBy].filter(Boolean).join(" ") || undefined,
        onChange: (event) => take([...event.target.files]),
      }),
    ),
    h(
      "div",
      { id: errorId, role: "alert" },
      refused.map((text, index) => h("p", { key: index, className: classes.error }, text)),
    ),
    files.length
      ? h(
          "ul",
          { className: classes.list, "aria-label": texts.chosen },
          files.map((file, index) =>
            h(
              "li",
              { key: `${file.name}${file.size}`, className: classes.item },
              h("span", { className: classes.fileName }, file.name),
              h("span", { className: classes.fileSize }, size(file.size)),
              h("button", { type: "button", className: classes.remove, "aria-label": texts.remove.replace("{name}", file.name), onClick: () => remove(index) }, "×"),
            ),
          ),
        )
      : null,
  );
};
