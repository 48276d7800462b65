"""What a tutor may show: checks of a turn, and a stream that shows nothing before it was checked."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from eduplatform.agents.grounded.leaks import leaks
from eduplatform.agents.grounded.words import stems

MAX_WORDS = 140
_MANY = 4
"""From so many telling words on, four fifths of an answer give it away."""
_LINK = re.compile(
    r"https?:|www\.|\]\(|!\[|<\s*/?\s*[a-z!]|data:|javascript:|(?<![\w.])[\w-]{2,}\.[a-z]{2,}(?!\w)",
    re.IGNORECASE,
)
_SPELLED = re.compile(r"(?<!\w)\w(?:[ .\-_*·]{1,3}\w){3,}(?!\w)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_BOUNDARY = re.compile(r"[.!?…:;,–—][\"”’)\]]*\s|\n")
_SENTENCE = re.compile(r"[.!?…][\"”’)\]]*(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a turn is checked against.

    Attributes:
        question: The question that a key belongs to, empty when none is known.
        keys: Its answers, which must not be said.
        secrets: Passages of the prompt, which must not be repeated.
    """

    question: str = ""
    keys: Sequence[str] = ()
    secrets: Sequence[str] = ()

    def problems(self, text: str) -> list[str]:
        """Codes of what is wrong with a turn, or the beginning of one; none of them goes away by adding words."""
        found: list[str] = []
        if any(self._gives_away(text, key) for key in self.keys):
            found.append("leak")
        if _LINK.search(text):
            found.append("link")
        if len(re.findall(r"[?？]", text)) > 1:
            found.append("questions")
        plain = " ".join(text.casefold().split())
        if any(one in plain for one in self.secrets):
            found.append("prompt")
        if len(text.split()) > MAX_WORDS:
            found.append("length")
        return found

    def _gives_away(self, text: str, key: str) -> bool:
        plain = _SPELLED.sub(lambda found: re.sub(r"[\W_]", "", found[0]), _INVISIBLE.sub("", text))
        return any(
            _says(one, key, self.question) or leaks(question=self.question, key=key, turn=one)
            for one in dict.fromkeys((text, plain))
        )


def prepare() -> None:
    """Load what the checks need: a second the first time, so it belongs in a thread."""
    leaks(question="", key="warm water", turn="cold milk")


def _says(text: str, key: str, question: str) -> bool:
    """Whether a text gives an answer away: all of its telling words stand close together, whatever their order or form.

    Words of the question tell nothing, so that talking about what is asked stays possible.
    """
    asked = set(stems(question))
    telling = list(dict.fromkeys(one for one in stems(key) if one not in asked)) or stems(key)
    if not telling:
        bare = re.sub(r"\W+", " ", key.casefold()).strip()
        return bool(bare) and re.search(rf"(?<!\w){re.escape(bare)}(?!\w)", text.casefold()) is not None
    said = stems(text)
    window = 2 * len(telling) + 4
    needed = len(telling) if len(telling) < _MANY else -(-len(telling) * 4 // 5)
    return any(
        sum(one in part for one in telling) >= needed
        for start in range(max(1, len(said) - len(telling) + 1))
        if (part := set(said[start : start + window]))
    )


@dataclass
class GuardedStream:
    """Text that arrives in pieces and leaves in checked ones.

    A piece leaves at the end of a clause, or once it is older than ``hold_seconds``, so that the first words are seen soon;
    always up to the end of a word, and never the beginning of what could become a key: as many words are held back as the longest key
    has, less one. What leaves was checked together with everything before it and everything that is held back.
    """

    rules: Rules
    hold_seconds: float = 0.15
    clock: Callable[[], float] = time.monotonic
    shown: str = ""
    problems: list[str] = field(default_factory=list[str])
    _held: str = ""
    _since: float = 0.0

    def feed(self, piece: str) -> str:
        """Take a piece; return what may be shown now. Nothing is shown any more after a problem."""
        if self.problems:
            return ""
        if not self._held:
            self._since = self.clock()
        self._held += piece
        ready = self._ready()
        return self._release(ready) if ready else ""

    def finish(self) -> str:
        """The end has come; return the rest that may be shown."""
        return "" if self.problems else self._release(len(self._held))

    @property
    def text(self) -> str:
        """Everything that arrived."""
        return self.shown + self._held

    def _ready(self) -> int:
        """Up to where the held text may leave."""
        ends = [one.end() for one in _BOUNDARY.finditer(self._held)]
        whole_words = len(self._held) - len(self._held.split()[-1] if self._held.split() else "")
        if self._held[-1:].isspace():
            whole_words = len(self._held)
        sentence = max(
            (one.end() for one in _SENTENCE.finditer(self._held) if one[0][-1:].isspace()), default=0
        )
        limit = max(sentence, self._before_key(whole_words))
        if self.clock() - self._since >= self.hold_seconds:
            return limit
        return max((one for one in ends if one <= limit), default=0)

    def _before_key(self, end: int) -> int:
        longest = max((len(key.split()) for key in self.rules.keys), default=1)
        words = [one.start() for one in re.finditer(r"\S+", self._held[:end])]
        back = longest - 1
        return end if back == 0 else (words[-back] if len(words) > back else 0)

    def _release(self, end: int) -> str:
        self.problems = self.rules.problems(self.text)
        if self.problems or end <= 0:
            return ""
        out, self._held = self._held[:end], self._held[end:]
        self.shown += out
        self._since = self.clock()
        return out


def sentences_of(text: str) -> list[str]:
    """A text in sentences, for readers who hear it."""
    ends = [0, *(one.end() for one in _SENTENCE.finditer(text)), len(text)]
    return [part for start, end in pairwise(ends) if (part := text[start:end].strip())]
