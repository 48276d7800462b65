"""Patterns (regular expressions) of accepted answers. No pattern may hold the platform up: each has a time limit."""

from __future__ import annotations

import time
from collections.abc import Iterable

import regex

MAX_PATTERNS = 10
MAX_LENGTH = 200
"""Longest pattern, in characters."""

TIME_LIMIT = 0.1
"""Processor seconds that all patterns of a question together may take for one answer; a busy machine takes nothing away."""

TRIAL_LIMIT = 0.5
"""Processor seconds that all trials of one pattern may take when it is saved."""

_TRIAL_LENGTH = 198
_MAX_LETTERS = 10
_SYNTAX = frozenset("()[]{}|*+?.\\^$")


class PatternTooSlow(Exception):
    """A pattern was stopped because it did not come to an end; ``number`` counts from 1."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"pattern {number} was stopped")


def is_readable(pattern: str) -> bool:
    """Whether this is a regular expression at all."""
    try:
        regex.compile(pattern)
    except (regex.error, ValueError, LookupError, OverflowError, RecursionError):
        return False
    return True


def is_slow(pattern: str) -> bool:
    """Whether a readable pattern does not come to an end on one of the texts on which such patterns usually fail.

    Those are long runs of what the pattern itself is made of, with something else at the end.
    """
    letters = list(dict.fromkeys([*(c for c in pattern if c not in _SYNTAX), "a", "0", " "]))[:_MAX_LETTERS]
    ends = [*letters, "!"]
    texts = [
        run + end
        for run in (letter * _TRIAL_LENGTH for letter in letters)
        for end in ("", *ends, *(f"{one}!" for one in ends))
    ]
    try:
        for case_matters in (True, False):
            _first_match([pattern], texts, TRIAL_LIMIT, case_matters)
    except PatternTooSlow:
        return True
    return False


def first_match(patterns: Iterable[str], texts: Iterable[str], *, case_matters: bool) -> int:
    """The number, from 1, of the first pattern that fits one of the texts from end to end; 0 when none does.

    Raises:
        PatternTooSlow: A pattern was stopped before anything fitted.
    """
    return _first_match(patterns, list(texts), TIME_LIMIT, case_matters)


def _first_match(patterns: Iterable[str], texts: list[str], limit: float, case_matters: bool) -> int:
    flags = 0 if case_matters else regex.IGNORECASE
    end = time.thread_time() + limit
    for number, pattern in enumerate(patterns, start=1):
        compiled = regex.compile(pattern, flags)
        for text in texts:
            left = end - time.thread_time()
            try:
                # A time limit of 0 would mean none.
                found = left > 0 and compiled.fullmatch(text, timeout=left)
            except TimeoutError:
                raise PatternTooSlow(number) from None
            if left <= 0:
                raise PatternTooSlow(number)
            if found:
                return number
    return 0
