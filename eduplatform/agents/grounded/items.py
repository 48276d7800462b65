"""Quiz items from a text: the key copied from a cited sentence, everything checked, and few rather than wrong.

The same checks (`check`) hold for items of a model and of a person. An item that fails one is not published; nothing is
added to reach a number. Drafts come from single sentences (`item_drafts`); a teacher approves every item.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from eduplatform.agents.grounded.numbers import equal, numbers
from eduplatform.agents.grounded.words import STOP_WORDS, squeezed, words

if TYPE_CHECKING:
    from eduplatform.agents.grounded.item_drafts import Draft

Kind = Literal["single_choice", "true_false", "short_answer"]

_KINDS: dict[str, Kind] = {
    "subject": "single_choice",
    "year": "single_choice",
    "gap": "single_choice",
    "statement": "true_false",
    "why": "short_answer",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A quiz item.

    Attributes:
        kind: How it is answered.
        stem: The question.
        key: The right answer; for short answers the model answer.
        options: All choices in the order to show; empty for short answers.
        quote: The sentence that makes the key right, verbatim in the text.
        start: Where the quote begins in the text.
        end: Where it ends, exclusive.
        checks: Names of the checks that the item passed.
    """

    kind: Kind
    stem: str
    key: str
    options: tuple[str, ...]
    quote: str
    start: int
    end: int
    checks: tuple[str, ...] = ()


def make_items(
    text: str, *, limit: int = 10, kinds: Sequence[Kind] = ("single_choice", "true_false", "short_answer")
) -> list[Item]:
    """Items that passed every check, in the order of the text; possibly none.

    Args:
        text: Expository English; the order of options depends on it alone, so the same text gives the same items.
        limit: At most this many.
        kinds: What may be asked.

    Raises:
        ProviderFailed: The language model is missing or was changed.
    """
    from eduplatform.agents.grounded.item_drafts import drafts
    from eduplatform.agents.grounded.item_options import collect
    from eduplatform.agents.grounded.item_sentences import read

    source = read(text)
    terms = collect(source)
    found = [draft for statement in source.statements for draft in drafts(statement, source, terms)]
    found.sort(key=lambda draft: (-draft.worth, draft.statement.span.start, draft.stem))
    chosen: list[Item] = []
    for draft in found:
        item = _item(draft)
        if item.kind not in kinds or len(chosen) == limit or _repeats(item, chosen):
            continue
        if draft.form == "year" and sum(each.key.isdigit() for each in chosen) >= max(2, limit // 3):
            continue
        failed, passed = check(item, text)
        if not failed:
            chosen.append(_with_checks(item, passed))
    return sorted(chosen, key=lambda item: item.start)


def _item(draft: Draft) -> Item:
    span = draft.statement.span
    options = list(draft.options)
    if draft.form == "statement":
        options = ["True", "False"]
    elif draft.form == "year":
        options.sort()
    else:
        random.Random(f"{draft.stem}{draft.key}").shuffle(options)  # noqa: S311 - an order, not a secret
    return Item(_KINDS[draft.form], draft.stem, draft.key, tuple(options), span.text, span.start, span.end)


def _with_checks(item: Item, passed: tuple[str, ...]) -> Item:
    return Item(item.kind, item.stem, item.key, item.options, item.quote, item.start, item.end, passed)


def check(item: Item, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Check an item, whoever wrote it.

    Args:
        item: The item.
        text: What it must be founded on.

    Returns:
        Names of the checks that failed, and of those that passed.
    """
    results = {"quote_verbatim": text[item.start : item.end] == item.quote and bool(item.quote)}
    results["numbers_hold"] = _arithmetic_holds(item.quote)
    results["stem_well_formed"] = _well_formed(item.stem)
    if item.kind == "short_answer":
        results["key_in_quote"] = _holds(item.quote, item.key)
        results["stem_hides_key"] = not _holds(item.stem, item.key)
    elif item.kind == "true_false":
        results["one_key"] = item.key in item.options and len(item.options) == 2
        results["differs_from_quote"] = not _holds(item.quote, item.stem.removeprefix("True or false? "))
    else:
        results.update(_choice_checks(item))
    failed = tuple(name for name, good in results.items() if not good)
    return failed, tuple(name for name, good in results.items() if good)


def _choice_checks(item: Item) -> dict[str, bool]:
    wrong = [option for option in item.options if option != item.key]
    plain = [_content(option) for option in item.options]
    key = _content(item.key)
    stem = _content(item.stem)
    return {
        "one_key": item.options.count(item.key) == 1 and 2 <= len(wrong) <= 4,
        "options_differ": len({squeezed(option) for option in item.options}) == len(item.options)
        and not any(a <= b for i, a in enumerate(plain) for j, b in enumerate(plain) if i != j),
        "key_in_quote": _holds(item.quote, item.key),
        "distractors_not_in_quote": not any(_holds(item.quote, option) for option in wrong),
        "stem_hides_key": not key & stem,
        "length_gives_nothing_away": len(item.key) <= 1.8 * max(map(len, wrong), default=0)
        and 1.8 * len(item.key) >= max(map(len, wrong), default=0) * 0.6,
        "grammar_gives_nothing_away": _same_grammar(item),
        "repetition_gives_nothing_away": not _echoes(item, stem),
    }


def _content(text: str) -> set[str]:
    return {word.stem for word in words(text) if word.text not in STOP_WORDS} or {w.stem for w in words(text)}


def _holds(text: str, piece: str) -> bool:
    """Whether a text says a piece in the same words, whatever the line breaks and emphasis."""
    flat = " ".join(word.text for word in words(squeezed(text)))
    wanted = " ".join(word.text for word in words(squeezed(piece)))
    return bool(wanted) and f" {wanted} " in f" {flat} "


def _well_formed(stem: str) -> bool:
    return (
        20 <= len(stem) <= 260
        and stem.count("_____") <= 1
        and stem[-1] in ".?"
        and not re.search(r"\b(?:I|we|you|my|our|your|us|me)\b", stem)
        and "  " not in stem
    )


def _same_grammar(item: Item) -> bool:
    if re.search(r"\b(?:a|an) _____", item.stem) and "/an _____" not in item.stem:
        return len({option[0].lower() in "aeiou" for option in item.options}) == 1
    capitals = {option[0].isupper() for option in item.options if not option[0].isdigit()}
    return len(capitals) <= 1


def _echoes(item: Item, stem: set[str]) -> bool:
    """Whether the key alone repeats letters of the stem: "photosynthetic" in the question, "photosynthesis" in the key."""
    starts = {word[:5] for word in stem if len(word) >= 5}
    echo = {option: any(word[:5] in starts for word in _content(option)) for option in item.options}
    return echo[item.key] and sum(echo.values()) == 1


_SUM = re.compile(r"([\d.,]+)\s*([+\-−–×x*÷/])\s*([\d.,]+)\s*=\s*([\d.,]*\d)")


def _arithmetic_holds(quote: str) -> bool:
    """Whether each calculation in a sentence comes out, computed again."""
    for first, sign, second, result in _SUM.findall(quote):
        values = [
            number[0].value if (number := numbers(each.strip(".,"))) else None
            for each in (first, second, result)
        ]
        a, b, c = values
        if a is None or b is None or c is None:
            return False
        if sign in "÷/" and b == 0:
            return False
        computed = a + b if sign == "+" else a - b if sign in "-−–" else a * b if sign in "×x*" else a / b
        if not equal(computed, c) and abs(computed - c) > 0.01 * abs(c):
            return False
    return True


def _repeats(item: Item, chosen: Sequence[Item]) -> bool:
    """Whether an item asks about a sentence, a key or an idea that another asks about already."""
    mine = _content(item.stem)
    for other in chosen:
        theirs = _content(other.stem)
        alike = len(mine & theirs) / max(1, min(len(mine), len(theirs)))
        if item.start == other.start or alike > 0.6:
            return True
        if item.kind == other.kind == "single_choice" and squeezed(item.key) == squeezed(other.key):
            return True
    return False
