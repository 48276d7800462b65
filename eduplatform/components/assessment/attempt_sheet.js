// The sitting: all questions on one page, the clock of the server, and what is saved.
import { createElement as h, useCallback, useEffect, useRef, useState } from "react";
import { AttemptJournal, leftBehind } from "$/public/external/eduplatform/components/live/attempt_journal/attempt_journal.js";
import { RichText } from "$/public/external/eduplatform/components/ui/rich_text/rich_text.js";
import { fill } from "$/public/external/eduplatform/components/assessment/widgets/widget_parts.js";
import { QuestionView, inWords, isBlank } from "./question_view.js";

const WARNINGS = [300, 60]; // seconds before the end that are announced
const TRY_AGAIN_MS = 3000;

const clockText = (seconds) => {
  const left = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  return (parts[0] ? parts : parts.slice(1)).map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
};

// Seconds until the deadline by the server's clock, whatever this device's clock says.
const useCountdown = (deadline, clock) => {
  const [left, setLeft] = useState(null);
  useEffect(() => {
    if (!deadline || !clock) return undefined;
    const tick = () => setLeft((Date.parse(deadline) - clock.server - (performance.now() - clock.here)) / 1000);
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [deadline, clock]);
  return left;
};

const Timer = ({ left, texts, classes }) => {
  const [said, setSaid] = useState("");
  const passed = useRef(null);
  useEffect(() => {
    if (left === null) return;
    const before = passed.current ?? left;
    const mark = WARNINGS.find((second) => before > second && left <= second);
    if (mark) setSaid(mark === 300 ? texts.fiveMinutes : texts.oneMinute);
    passed.current = left;
  }, [left]);
  if (left === null) return null;
  return h(
    "p",
    { className: left <= 300 ? classes.timerSoon : classes.timer },
    h("span", { className: "sr-only" }, texts.timeLeft),
    h("span", { role: "timer", "aria-live": "off", id: "time-left" }, clockText(left)),
    h("span", { role: "status", className: "sr-only" }, said),
  );
};

export const SaveState = ({ status, texts, classes }) => {
  const text = status.name === "offline" && !status.durable ? texts.offlineMemory : texts[status.name];
  return h(
    "p",
    { role: "status", id: "save-state", "data-status": status.name, className: `${classes.save} ${classes[`save_${status.name}`]}` },
    h("span", { "aria-hidden": true, className: classes.dot }),
    text,
  );
};

const JumpList = ({ questions, answered, flagged, texts, classes }) =>
  h(
    "nav",
    { "aria-label": texts.questions },
    h(
      "ol",
      { className: classes.jumps },
      questions.map((question, index) => {
        const done = answered(question);
        const marks = [done ? texts.answered : texts.unanswered, flagged.has(question.item_id) && texts.flagged].filter(Boolean);
        return h(
          "li",
          { key: question.item_id },
          h(
            "a",
            { href: `#question-${index + 1}`, className: done ? classes.jumpDone : classes.jump, "data-flagged": flagged.has(question.item_id) || undefined },
            h("span", { "aria-hidden": true }, index + 1),
            h("span", { className: "sr-only" }, `${fill(texts.question, { number: index + 1 })}: ${marks.join(", ")}`),
          ),
        );
      }),
    ),
  );

const ConflictPanel = ({ conflict, view, widgets, texts, classes, onChoose }) =>
  h(
    "div",
    { role: "alert", className: classes.conflict },
    h("p", { className: classes.conflictTitle }, texts.conflictTitle),
    h(
      "div",
      { className: classes.conflictSides },
      [["mine", texts.conflictMine, texts.keepMine], ["theirs", texts.conflictTheirs, texts.keepTheirs]].map(([side, title, verb]) =>
        h(
          "div",
          { key: side, className: classes.conflictSide },
          h("p", { className: classes.label }, title),
          h("p", { className: classes.conflictText }, inWords(widgets, view, conflict[side], texts)),
          h("button", { type: "button", className: classes.button, onClick: () => onChoose(side === "mine") }, verb),
        ),
      ),
    ),
  );

const Card = ({ question, widgets, index, answer, flagged, conflict, rejected, disabled, texts, classes, onAnswer, onLeave, onFlag, onChoose }) => {
  const legend = fill(texts.question, { number: index + 1 });
  return h(
    "section",
    { id: `question-${index + 1}`, tabIndex: -1, "aria-labelledby": `question-${index + 1}-title`, className: classes.card },
    h(
      "div",
      { className: classes.cardHead },
      h("h2", { id: `question-${index + 1}-title`, className: classes.cardTitle }, legend),
      h("span", { className: classes.points }, fill(texts.points, { points: Number(question.points) })),
      h(
        "button",
        { type: "button", "aria-pressed": flagged, "aria-label": texts.flag, title: texts.flag, className: classes.flag, onClick: onFlag },
        h("span", { "aria-hidden": true }, flagged ? "⚑" : "⚐"),
        h("span", { className: classes.flagText }, texts.flag),
      ),
    ),
    h(QuestionView, { question, widgets, answer, onAnswer, onLeave, legend, texts, classes, disabled: disabled || Boolean(conflict) }),
    rejected && h("p", { role: "alert", className: classes.rejected }, rejected),
    conflict && h(ConflictPanel, { conflict, view: question.view, widgets, texts, classes, onChoose }),
  );
};

const SubmitDialog = ({ open, missing, busy, failed, texts, classes, onClose, onSubmit }) => {
  const dialog = useRef(null);
  useEffect(() => {
    if (open && !dialog.current.open) dialog.current.showModal();
    if (!open && dialog.current.open) dialog.current.close();
  }, [open]);
  return h(
    "dialog",
    { ref: dialog, id: "submit-dialog", "aria-labelledby": "submit-title", className: classes.dialog, onClose },
    h("h2", { id: "submit-title", className: classes.dialogTitle }, texts.submitTitle),
    missing.length
      ? h(
          "div",
          null,
          h("p", null, texts.missing),
          h(
            "ul",
            { className: classes.missing },
            missing.map((number) =>
              h("li", { key: number }, h("a", { href: `#question-${number}`, className: classes.link, onClick: onClose }, fill(texts.question, { number }))),
            ),
          ),
        )
      : h("p", null, texts.complete),
    h("p", { className: classes.hint }, texts.submitFinal),
    h("p", { role: "alert", className: classes.rejected }, failed ? texts.submitFailed : ""),
    h(
      "div",
      { className: classes.dialogActions },
      h("button", { type: "button", className: classes.button, onClick: onClose }, texts.goOn),
      h("button", { type: "button", className: classes.primary, disabled: busy, "aria-busy": busy, onClick: onSubmit }, busy ? texts.submitting : texts.submit),
    ),
  );
};

export const useJournal = (attemptId, onSubmitted) => {
  const [attempt, setAttempt] = useState(undefined);
  const [answers, setAnswers] = useState({});
  const [status, setStatus] = useState({ name: "saved", durable: true });
  const [clock, setClock] = useState(null);
  const [conflicts, setConflicts] = useState({});
  const [rejected, setRejected] = useState({});
  const [notice, setNotice] = useState("");
  const [round, setRound] = useState(0);
  const journal = useRef(null);
  const move = useRef(() => {});
  const finished = useRef(onSubmitted);
  finished.current = onSubmitted;

  useEffect(() => {
    if (!attemptId) return undefined;
    const moved = (value) => value && setAttempt((found) => (found && Date.parse(found.deadline) !== Date.parse(value) ? { ...found, deadline: value } : found));
    move.current = moved;
    const put = (item, answer) => setAnswers((all) => ({ ...all, [item]: answer }));
    const tell = (what, value) => {
      if (what === "status") setStatus(value);
      if (what === "clock") setClock({ server: Date.parse(value), here: performance.now() });
      if (what === "deadline") moved(value);
      if (what === "conflict") setConflicts((all) => ({ ...all, [value.item_id]: value }));
      if (what === "rejected") setRejected((all) => ({ ...all, [value.item_id]: value.text }));
      if (what === "remote") put(value.item_id, value.answer);
      if (what === "signedOut") setNotice("signedOut");
      if (what === "closed") finished.current?.();
    };
    const book = new AttemptJournal(attemptId, tell);
    journal.current = book;
    let gone = false;
    setNotice("");
    setAnswers({});
    book.open().then(
      (found) => {
        if (gone) return;
        setAttempt(found);
        if (!found) return;
        // What another tab left may have come first.
        setAnswers((all) => ({ ...Object.fromEntries(found.questions.map((question) => [question.item_id, question.answer])), ...all }));
      },
      () => !gone && setAttempt(null),
    );
    const leave = () => book.leave();
    const back = () => book.schedule(0);
    const hidden = () => (document.hidden ? book.flush() : book.read().then((found) => moved(found?.deadline), () => null));
    window.addEventListener("pagehide", leave);
    window.addEventListener("online", back);
    window.addEventListener("focus", back);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      gone = true;
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("online", back);
      window.removeEventListener("focus", back);
      document.removeEventListener("visibilitychange", hidden);
      book.close();
    };
  }, [attemptId, round]);

  const answer = (item, value) => {
    setAnswers((all) => ({ ...all, [item]: value }));
    setRejected((all) => ({ ...all, [item]: "" }));
    journal.current.write(item, value);
  };
  const choose = (item, keepMine) => {
    const value = journal.current.resolve(item, keepMine);
    setAnswers((all) => ({ ...all, [item]: value }));
    setConflicts(({ [item]: _gone, ...rest }) => rest);
  };
  return { attempt, answers, status, clock, conflicts, rejected, notice, answer, choose, journal, move, again: () => setRound(round + 1) };
};

// How many minutes a teacher has given while this page was open.
const useMoreTime = (deadline) => {
  const [minutes, setMinutes] = useState(0);
  const before = useRef(undefined);
  useEffect(() => {
    const more = Math.round((Date.parse(deadline) - Date.parse(before.current)) / 60000);
    before.current = deadline ?? before.current;
    if (more > 0) setMinutes((all) => all + more);
  }, [deadline]);
  return minutes;
};

export const AttemptSheet = ({ attemptId, deadline, widgets, texts, classes, onSubmitted }) => {
  const sheet = useJournal(attemptId, onSubmitted);
  const { attempt, answers, journal } = sheet;
  const [flagged, setFlagged] = useState(() => new Set());
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const left = useCountdown(attempt?.deadline, sheet.clock);
  const over = left !== null && left <= 0;
  const more = useMoreTime(attempt?.deadline);
  useEffect(() => {
    sheet.move.current(deadline);
  }, [deadline, Boolean(attempt)]);

  const told = useRef(onSubmitted);
  told.current = onSubmitted;
  // The result takes the place of the sheet: whoever reads with the keyboard or by ear goes on at its heading.
  const handedIn = useRef(false);
  useEffect(
    () => () => {
      if (handedIn.current) requestAnimationFrame(() => document.querySelector("main h1")?.focus());
    },
    [],
  );
  const submit = useCallback(async () => {
    setBusy(true);
    setFailed(false);
    const done = await journal.current.submit();
    setBusy(false);
    setFailed(!done);
    if (done) {
      handedIn.current = true;
      setAsking(false);
      told.current?.();
    }
    return done;
  }, []);

  // At the end of the time the sheet hands itself in; the server would do so too.
  useEffect(() => {
    if (!over) return undefined;
    let stopped = false;
    const attemptOnce = async () => {
      if (!stopped && !(await submit()) && !stopped) setTimeout(attemptOnce, TRY_AGAIN_MS);
    };
    attemptOnce();
    return () => {
      stopped = true;
    };
  }, [over, submit]);

  if (attempt === undefined) return h("p", { role: "status", className: classes.loading }, texts.loading);
  if (attempt === null)
    return h(
      "div",
      { role: "alert", className: classes.failure },
      h("p", null, sheet.notice === "signedOut" ? texts.signedOut : texts.unreadable),
      h("button", { type: "button", className: classes.button, onClick: sheet.again }, texts.tryAgain),
    );

  const { questions } = attempt;
  const answered = (question) => !isBlank(widgets, question.view, answers[question.item_id]);
  const missing = questions.flatMap((question, index) => (answered(question) ? [] : [index + 1]));
  const toggleFlag = (item) =>
    setFlagged((all) => {
      const next = new Set(all);
      if (!next.delete(item)) next.add(item);
      return next;
    });
  return h(
    "div",
    { className: classes.sheet },
    h(
      "div",
      { className: classes.bar },
      h("p", { className: classes.progress }, fill(texts.progress, { done: questions.length - missing.length, total: questions.length })),
      h(Timer, { left, texts, classes }),
      h(SaveState, { status: sheet.status, texts, classes }),
      h("button", { type: "button", id: "submit-attempt", className: classes.primary, "aria-haspopup": "dialog", onClick: () => setAsking(true) }, texts.submit),
    ),
    sheet.notice === "signedOut" &&
      h(
        "p",
        { role: "alert", className: classes.notice },
        texts.signedOut,
        " ",
        h("a", { href: "/login", target: "_blank", rel: "noopener", className: classes.link }, texts.signIn),
      ),
    h("p", { role: "status", id: "more-time", className: more ? classes.moreTime : "sr-only" }, more ? fill(texts.moreTime, { minutes: more }) : ""),
    over && h("p", { role: "alert", className: classes.notice }, failed ? texts.overOffline : texts.over),
    h(JumpList, { questions, answered, flagged, texts, classes }),
    attempt.instructions_html && h(RichText, { html: attempt.instructions_html, className: `prose ${classes.instructions}` }),
    questions.map((question, index) =>
      h(Card, {
        key: question.item_id,
        question,
        widgets,
        index,
        answer: answers[question.item_id],
        flagged: flagged.has(question.item_id),
        conflict: sheet.conflicts[question.item_id],
        rejected: sheet.rejected[question.item_id],
        disabled: over,
        texts,
        classes,
        onAnswer: (value) => sheet.answer(question.item_id, value),
        onLeave: () => journal.current.schedule(0),
        onFlag: () => toggleFlag(question.item_id),
        onChoose: (mine) => sheet.choose(question.item_id, mine),
      }),
    ),
    h("button", { type: "button", className: classes.submitEnd, "aria-haspopup": "dialog", onClick: () => setAsking(true) }, texts.submit),
    h(SubmitDialog, { open: asking && !over, missing, busy, failed, texts, classes, onClose: () => setAsking(false), onSubmit: submit }),
  );
};

// After the end: answers that came too late to count and still lie in this browser.
export const LeftBehind = ({ attemptId, texts, classes }) => {
  const [left, setLeft] = useState([]);
  const found = useRef(null);
  useEffect(() => {
    if (!attemptId) return undefined;
    let gone = false;
    leftBehind(attemptId).then((result) => {
      found.current = result;
      if (gone) result.close();
      else setLeft(result.left);
    });
    return () => {
      gone = true;
      found.current?.close();
    };
  }, [attemptId]);
  const discard = async () => {
    await found.current.discard();
    setLeft([]);
  };
  if (!left.length) return null;
  return h(
    "div",
    { role: "status", className: classes.notice },
    h("p", null, texts.leftBehind),
    h("ul", { className: classes.missing }, left.filter((one) => one.answer?.text).map((one) => h("li", { key: one.operation_id }, one.answer.text))),
    h("button", { type: "button", className: classes.button, onClick: discard }, texts.discard),
  );
};

// The author's look through a student's eyes; nothing is kept. The server scores the try, since only it has the key.
export const QuestionPreview = ({ question, widgets, texts, classes, onCheck }) => {
  const [answer, setAnswer] = useState(null);
  useEffect(() => setAnswer(null), [question]);
  if (!question?.view) return null;
  return h(
    "div",
    { className: classes.trial },
    h(QuestionView, { question, widgets, answer, onAnswer: setAnswer, legend: fill(texts.question, { number: 1 }), texts, classes, trial: true }),
    h("button", { type: "button", id: "check-answer", className: classes.primary, onClick: () => onCheck?.(answer ?? {}) }, texts.check),
  );
};
