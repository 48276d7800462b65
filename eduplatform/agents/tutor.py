"""The tutor: one graph for a turn, whether a model or the rules write it.

screen → find → plan → draft → finish. What a student asks is screened for danger and locked topics, the course is searched, code decides
which step of the hint ladder is due, the engine writes it, and nothing is shown that was not checked: a model's draft is guarded
while it streams, rewritten once when it breaks a rule, and replaced by the rules' own words when it does so again.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypedDict

from eduplatform.agents import guard, ladder, safeguarding
from eduplatform.agents.grounded.retrieval import Hit, PassageIndex
from eduplatform.agents.grounded.retrieval import Passage as Indexed
from eduplatform.agents.grounded.words import sentences, stems
from eduplatform.agents.guard import MAX_WORDS, GuardedStream, Rules
from eduplatform.agents.ladder import Found, Move
from eduplatform.agents.prompts import prompt
from eduplatform.agents.tutor_contract import Citation, Keyed, Provenance, Source, Turn, TutorIn, TutorOut
from eduplatform.errors import EduError, ProviderFailed, QuotaExceeded, Unavailable
from eduplatform.i18n import N_, translate
from eduplatform.i18n.languages import LOCALES
from eduplatform.integrations.llm import Message

RULES_ENGINE = "rules"
MODEL_ENGINE = "model"
LEAST_COVERAGE = 0.34
"""Share of a question that a passage must speak of; below, the course does not say."""
SAME_QUESTION = 0.6
"""Share of words by which two questions are the same one."""
_SOURCES = 4
_HISTORY = 6
_SHORT_TURN = 6
_MODEL_WORDS = 90
_LEAST_WORDS = 5
_ENOUGH_WORDS = 4
_HERE = 1.6
"""How much more a passage of the lesson counts that the student has open."""

NOT_IN_TEXT = N_("I don't know: the course text does not say. You can hand the question to your teacher.")
LOCKED = N_(
    "Your teacher has asked me not to talk about this topic. You can hand the question to your teacher."
)
TOLD_ADULT = N_(
    "Thank you for writing that. It matters more than this lesson, so I have told an adult at your school, who will talk with you. "
    "If you are in danger now, please go to an adult near you, or call the emergency number."
)
NOTE_FAILED = N_("The AI model did not answer, so this was built from your text by rules.")
NOTE_UNSAFE = N_("The AI model's words did not pass the checks, so this was built from your text by rules.")

Ask = Callable[[Sequence[Message]], AsyncGenerator[str]]
"""Calls a model with messages and gives its answer piece by piece; raises errors of `eduplatform.errors`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What may be shown now. With ``restart`` everything shown of this turn is taken back first."""

    text: str
    restart: bool = False


class Library:
    """The passages of a course, ready for search; made once per state of the course."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = {one.id: one for one in sources}
        self.index = PassageIndex([Indexed(one.id, one.text) for one in sources])


@dataclass
class _Engine:
    """What one turn works with."""

    given: TutorIn
    library: Library
    ask: Ask | None
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked, where the course speaks of it, which step is due, and what must not be said."""

    question: str
    hints: int
    sources: tuple[str, ...]
    move: Move = Move.ASK
    level: int = 1
    keyed_question: str = ""
    keys: tuple[str, ...] = ()

    @property
    def checks(self) -> Rules:
        """What words of the tutor's own are checked against."""
        return Rules(self.keyed_question, self.keys)


class _State(TypedDict, total=False):
    out: TutorOut
    plan: _Plan


@dataclass
class _Draft:
    text: str
    engine: str
    prompt: str = ""
    note: str = ""
    problems: list[str] = field(default_factory=list[str])


async def respond(
    given: TutorIn, library: Library, ask: Ask | None = None
) -> AsyncGenerator[Piece | TutorOut]:
    """One turn of the tutor: pieces to show, then what the turn was.

    Args:
        given: The student's turn and what the tutor may know.
        library: The passages that this student may read.
        ask: Calls a model; without one the rules write.
    """
    config: Any = {"configurable": {"engine": _Engine(given, library, ask)}}
    out: TutorOut | None = None
    async for mode, data in _graph().astream({}, config, stream_mode=["custom", "values"]):
        if mode == "custom":
            yield data
        elif "out" in data:
            out = data["out"]
    if out is None:
        raise ProviderFailed
    yield out


def prepare() -> None:
    """Load what a turn needs: seconds the first time, so it belongs in a thread."""
    guard.prepare()
    _graph()


@cache
def _graph() -> Any:
    # Imported at the first turn, not at the start of the server: the package takes a second.
    from langgraph.graph import END, START, StateGraph  # pyright: ignore[reportMissingTypeStubs]

    graph: Any = StateGraph(_State)
    for name, node in (("screen", _screen), ("find", _find), ("plan", _decide), ("draft", _draft)):
        graph.add_node(name, node)
    graph.add_edge(START, "screen")
    for name, after in (("screen", "find"), ("find", "plan")):
        graph.add_conditional_edges(name, _next(after), {after: after, "end": END})
    graph.add_edge("plan", "draft")
    graph.add_edge("draft", END)
    return graph.compile()


def _next(after: str) -> Callable[[_State], str]:
    def choose(state: _State) -> str:
        return "end" if "out" in state else after

    return choose


def _engine() -> _Engine:
    from langgraph.config import get_config

    configurable: Any = get_config().get("configurable")
    return configurable["engine"]


def _say(piece: Piece) -> None:
    from langgraph.config import get_stream_writer

    get_stream_writer()(piece)


def _fixed(engine: _Engine, message: str, move: Move, danger: str = "") -> _State:
    """A turn that needs no engine; hints already given stay counted."""
    given = engine.given
    text = translate(message, given.locale)
    _say(Piece(text))
    return {
        "out": TutorOut(
            text=text,
            move=move,
            level=0,
            provenance=Provenance(engine=RULES_ENGINE),
            topic=given.topic,
            hints=given.hints,
            danger=danger,
        )
    }


def _screen(_state: _State) -> _State:
    engine = _engine()
    danger = safeguarding.category_of(engine.given.text)
    if danger:
        return _fixed(engine, TOLD_ADULT, Move.ESCALATE, danger=danger)
    if _locked(engine.given):
        return _fixed(engine, LOCKED, Move.REFUSE)
    return {}


def _locked(given: TutorIn) -> bool:
    said = set(stems(given.text))
    topics = [set(stems(one)) for one in given.locked_topics]
    return any(topic and topic <= said for topic in topics)


def _find(_state: _State) -> _State:
    """What the course says about it. A short turn goes on with the question before."""
    engine = _engine()
    given = engine.given
    goes_on = bool(given.topic) and (
        given.item is not None
        or len(stems(given.text)) < _SHORT_TURN
        or alike(given.text, given.topic) >= SAME_QUESTION
    )
    hits = _search(engine, given.text)
    known = bool(hits) and _speaks_of(engine, hits[0], given.text)
    if goes_on:
        # Words like "I still don't see it" find nothing worth having.
        hits = _search(engine, f"{given.topic} {given.text}" if known else given.topic)
        if not hits or (given.item is not None and not _speaks_of(engine, hits[0], given.topic)):
            return _fixed(engine, NOT_IN_TEXT, Move.UNKNOWN)
    elif not known:
        return _fixed(engine, NOT_IN_TEXT, Move.UNKNOWN)
    question = given.topic if goes_on else given.text
    return {"plan": _Plan(question, given.hints if goes_on else 0, tuple(one.id for one in hits))}


def _speaks_of(engine: _Engine, hit: Hit, text: str) -> bool:
    """Whether a passage answers: enough of the question, or enough words of it among much else that was written."""
    shared = set(stems(text)) & set(stems(engine.library.sources[hit.id].text))
    return hit.coverage >= LEAST_COVERAGE or len(shared) >= _ENOUGH_WORDS


def _search(engine: _Engine, text: str) -> list[Hit]:
    """The best passages; those of the lesson that is open come first when they are about as good."""
    library, here = engine.library, engine.given.lesson_id

    def worth(hit: Hit) -> float:
        return hit.score * (_HERE if library.sources[hit.id].lesson_id == here else 1.0)

    return sorted(library.index.search(text, limit=_SOURCES * 3), key=worth, reverse=True)[:_SOURCES]


def _decide(state: _State) -> _State:
    """Which step is due, and which answers must not be said."""
    plan, given = _planned(state), _engine().given
    move, level = ladder.move_of(plan.hints, hints_only=given.hints_only)
    asked = f"{plan.question} {given.text}"
    near = [one for one in given.keyed if contained(one.question, asked) >= SAME_QUESTION]
    if given.item is not None:
        near.insert(0, given.item)
    return {
        "plan": replace(
            plan,
            move=move,
            level=level,
            keyed_question=" ".join(one.question for one in near),
            keys=tuple(key for one in near for key in one.keys),
        )
    }


def _planned(state: _State) -> _Plan:
    if "plan" not in state:
        raise ProviderFailed
    return state["plan"]


async def _draft(state: _State) -> _State:
    plan, engine = _planned(state), _engine()
    made = await _by_model(plan, engine) if engine.ask else None
    if made is None or made.problems:
        note = ""
        if made is not None:
            note = NOTE_UNSAFE if made.text else made.note
            _say(Piece("", restart=True))
        made = _Draft(_by_rules(plan, engine), RULES_ENGINE, note=note)
        _say(Piece(made.text))
    text = made.text.strip()
    return {
        "out": TutorOut(
            text=text,
            move=plan.move,
            level=plan.level,
            citations=tuple(_citations(plan, engine, text)),
            provenance=Provenance(
                engine="model" if made.engine == MODEL_ENGINE else "rules", prompt=made.prompt, note=made.note
            ),
            topic=plan.question,
            hints=plan.hints + 1,
        )
    }


def _by_rules(plan: _Plan, engine: _Engine) -> str:
    found = _found(plan, engine)
    # Where the course only asks, and states nothing, there is no sentence to point at.
    move = plan.move if found[0].sentence else Move.ASK
    text = ladder.rule_text(move, plan.question, found, keys=plan.keys, locale=engine.given.locale)
    if "leak" not in plan.checks.problems(text):
        return text
    return ladder.rule_text(Move.ASK, plan.question, found, keys=plan.keys, locale=engine.given.locale)


def _found(plan: _Plan, engine: _Engine) -> list[Found]:
    """The best sentence of each source, in the sources' order."""
    found: list[Found] = []
    for source_id in plan.sources:
        source = engine.library.sources[source_id]
        sentence = _best_sentence(engine, source, plan.question)
        if sentence:
            found.append(Found(_title(plan, engine, source), sentence))
    return found or [Found(_title(plan, engine, engine.library.sources[plan.sources[0]]), "")]


def _title(plan: _Plan, engine: _Engine, source: Source) -> str:
    """A source's title as the tutor may say it: one that gives an answer away, or is no title, is not said."""
    elsewhere = source.lesson_id != engine.given.lesson_id and source.lesson not in ("", source.title)
    title = _line(f"{source.title} ({source.lesson})" if elsewhere else source.title)
    return translate(N_("your lesson"), engine.given.locale) if plan.checks.problems(title) else title


def _best_sentence(engine: _Engine, source: Source, about: str) -> str:
    """The statement of a source that says most about a question; its first one if none says anything."""
    quotes = engine.library.index.quotes(about, [Hit(source.id, 0.0, 0.0)], limit=6)
    stated = [one.text for one in quotes if _is_statement(one.text)]
    spans = (one.text for one in sentences(source.text))
    return stated[0] if stated else next((one for one in spans if _is_statement(one)), "")


def _is_statement(sentence: str) -> bool:
    return not sentence.rstrip().endswith("?") and len(sentence.split()) >= _LEAST_WORDS


async def _by_model(plan: _Plan, engine: _Engine) -> _Draft:
    """A model's words, guarded while they stream and written anew once when they break a rule."""
    template = prompt("tutor")
    system = template.fill(
        course=_line(engine.given.course),
        move=ladder.INSTRUCTIONS[plan.move],
        words=str(_MODEL_WORDS),
        language=LOCALES.get(engine.given.locale, "English"),
        sources=_fenced(plan, engine),
    )
    messages = [Message("system", system), *_history(engine.given), Message("user", engine.given.text)]
    checks = Rules(plan.keyed_question, plan.keys, _secrets(template.text))
    draft = await _attempt(messages, checks, engine, template.id)
    if draft.problems and draft.text:
        _say(Piece("", restart=True))
        why = f"Your last answer broke these rules: {', '.join(draft.problems)}. Write the turn anew and keep all rules."
        draft = await _attempt([*messages, Message("user", why)], checks, engine, template.id)
    return draft


async def _attempt(messages: Sequence[Message], checks: Rules, engine: _Engine, prompt_id: str) -> _Draft:
    guarded = GuardedStream(checks, clock=engine.clock)
    assert engine.ask is not None
    try:
        async with aclosing(engine.ask(messages)) as pieces:
            async for piece in pieces:
                if out := guarded.feed(piece):
                    _say(Piece(out))
                if guarded.problems:
                    break
    except QuotaExceeded as error:
        return _Draft("", RULES_ENGINE, note=error.detail, problems=["budget"])
    except Unavailable as error:
        return _Draft("", RULES_ENGINE, note=error.detail, problems=["switched_off"])
    except EduError:
        return _Draft("", RULES_ENGINE, note=NOTE_FAILED, problems=["failed"])
    if out := guarded.finish():
        _say(Piece(out))
    return _Draft(guarded.text, MODEL_ENGINE, prompt_id, problems=guarded.problems)


def _fenced(plan: _Plan, engine: _Engine) -> str:
    parts: list[str] = []
    for number, source_id in enumerate(plan.sources, start=1):
        source = engine.library.sources[source_id]
        parts.append(
            f'<source number="{number}" title="{_line(source.title)}">\n{_plain(source.text)}\n</source>'
        )
    return "\n".join(parts)


def _plain(text: str) -> str:
    """Text of the course without what could close its fence."""
    return text.replace("<", "‹").replace(">", "›").replace('"', "”")


def _line(text: str) -> str:
    return " ".join(_plain(text).split())


def _history(given: TutorIn) -> list[Message]:
    return [
        Message("user" if one.speaker == "student" else "assistant", one.text)
        for one in given.history[-_HISTORY:]
    ]


def _secrets(template: str) -> list[str]:
    """Pieces of the prompt that no answer has a reason to repeat."""
    lines = [" ".join(one.split()).casefold() for one in template.splitlines()]
    return [
        one[3:] for one in lines if one[:2] in {f"{number}." for number in range(1, 10)} and "$" not in one
    ]


def _citations(plan: _Plan, engine: _Engine, text: str) -> list[Citation]:
    """The sources that a turn names, or the best one; quoted verbatim where that gives nothing away."""
    named = [n for n in range(1, len(plan.sources) + 1) if f"[{n}]" in text] or [1]
    cited: list[Citation] = []
    for number in named:
        source = engine.library.sources[plan.sources[number - 1]]
        quote = _best_sentence(engine, source, plan.question)
        cited.append(
            Citation(
                number=number,
                lesson_id=source.lesson_id,
                block_id=source.block_id,
                title=_title(plan, engine, source),
                quote="" if "leak" in plan.checks.problems(quote) else quote,
            )
        )
    return cited


def alike(first: str, second: str) -> float:
    """How far two questions are the same: shared words by all words."""
    one, two = set(stems(first)), set(stems(second))
    return len(one & two) / len(one | two) if one | two else 0.0


def contained(question: str, text: str) -> float:
    """Which share of a question's words a text has."""
    asked = set(stems(question))
    return len(asked & set(stems(text))) / len(asked) if asked else 0.0


__all__ = [
    "MAX_WORDS",
    "Citation",
    "Keyed",
    "Library",
    "Piece",
    "Provenance",
    "Source",
    "Turn",
    "TutorIn",
    "TutorOut",
    "prepare",
    "respond",
]
