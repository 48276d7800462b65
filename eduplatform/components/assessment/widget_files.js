// Files that are handed in: those of earlier, and the place to send more.
import { createElement as h, useRef } from "react";
import { FileUpload } from "$/public/external/eduplatform/components/live/file_upload/file_upload.js";
import { Group, fill } from "./widget_parts.js";

const ACCEPT = { any: "", images: "image/*", pdf: ".pdf" };

const Input = ({ view, answer, onAnswer, texts, classes, legend, described, disabled, trial, id }) => {
  const files = answer?.files ?? [];
  // What was there when the question was shown is listed here; what is sent now, by the upload itself.
  const earlier = useRef(null);
  earlier.current ??= files;
  const kept = earlier.current.filter((one) => files.some((other) => other.id === one.id));
  const tell = (now) => onAnswer({ files: now });
  if (trial) return h("p", { className: classes.hint }, texts.filesInTrial);
  return h(
    Group,
    { legend, described, disabled, classes },
    kept.length > 0 &&
      h(
        "ul",
        { className: classes.files, "aria-label": texts.filesThere },
        kept.map((file) =>
          h(
            "li",
            { key: file.id, className: classes.file },
            h("a", { href: `/api/files/${file.id}/${encodeURIComponent(file.name || "file")}`, target: "_blank", rel: "noopener", className: classes.fileLink }, file.name || file.id),
            h(
              "button",
              {
                type: "button",
                className: classes.orderTool,
                disabled,
                "aria-label": fill(texts.removeFile, { name: file.name || file.id }),
                onClick: () => {
                  earlier.current = earlier.current.filter((one) => one.id !== file.id);
                  tell(files.filter((one) => one.id !== file.id));
                },
              },
              h("span", { "aria-hidden": true }, "×"),
            ),
          ),
        ),
      ),
    kept.length < view.max_files &&
      h(FileUpload, {
        id: `${id}-files`,
        purpose: "answer",
        courseId: "",
        accept: ACCEPT[view.accept],
        maxBytes: texts.uploadBytes,
        maxFiles: view.max_files - kept.length,
        revision: 0,
        disabled,
        describedBy: described,
        texts: texts.upload,
        classes: classes.upload,
        picture: "↑",
        onUploaded: (_ids, stored) => tell([...kept, ...stored.map(({ id: key, name }) => ({ id: key, name }))]),
      }),
  );
};

export const filesWidget = {
  isBlank: (_view, answer) => !answer?.files?.length,
  inWords: (_view, answer) => (answer?.files ?? []).map((file) => file.name || file.id).join(", "),
  Input,
};
