"""Words, stems and sentences of English text, with their places in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = re.compile(r"[^\W_]+(?:\.[0-9]+)?(?:['’][^\W\d_]+)?")

STOP_WORDS = frozenset(
    """
    a an the of in on to at by for from with and or but as if is are was were be been being am do does did done doing
    have has had having he she it they him her them his its their theirs hers i me my mine we us our ours you your yours
    that this these those there here who whom whose what which when where why how will would shall should can could may
    might must not no nor so than then too very just s t d ll ve re m about into up out over after before
    """.split()  # noqa: SIM905 - a readable list
)
"""Words that say little about what a text is about."""

NEGATIONS = frozenset(
    """
    not no never none nothing nobody nowhere neither nor cannot without isn't aren't wasn't weren't don't doesn't didn't
    can't couldn't won't wouldn't shouldn't hasn't haven't hadn't ain't false untrue incorrect wrong hardly fails
    """.split()  # noqa: SIM905 - a readable list
)
"""Words that turn a statement round."""

# First the form that stands for all of them; Snowball's rules do not reach these.
_IRREGULAR = """
go goes went gone|make made|know knew known|think thought|take took taken|see saw seen|come came|give gave given
find found|tell told|become became|leave left|feel felt|bring brought|begin began begun|keep kept|hold held
write wrote written|stand stood|hear heard|mean meant|set|meet met|run ran|pay paid|sit sat|speak spoke spoken|lie lay lain
lead led|grow grew grown|lose lost|fall fell fallen|send sent|build built|understand understood|draw drew drawn
break broke broken|spend spent|rise rose risen|drive drove driven|buy bought|wear wore worn|choose chose chosen
seek sought|throw threw thrown|catch caught|deal dealt|win won|forget forgot forgotten|lay laid|sell sold|fight fought
bear bore borne born|teach taught|eat ate eaten|sing sang sung|strike struck stricken|hang hung|shake shook shaken
ride rode ridden|feed fed|shoot shot|drink drank drunk|arise arose arisen|fly flew flown|sleep slept|beat beaten
light lit|bind bound|hide hid hidden|fling flung|swear swore sworn|steal stole stolen|wake woke woken|bite bit bitten
blow blew blown|burn burnt|dig dug|dream dreamt|flee fled|forgive forgave forgiven|freeze froze frozen|kneel knelt
leap leapt|lend lent|mistake mistook mistaken|ring rang rung|shine shone|sink sank sunk|slay slew slain|slide slid
spin spun span|spring sprang sprung|stick stuck|sting stung|sweep swept|swim swam swum|swing swung|tear tore torn
weep wept|creep crept|cling clung|breed bred|bend bent|awake awoke awoken|bid bade bidden|forbid forbade forbidden
forsake forsook forsaken|grind ground|shear shorn|shrink shrank shrunk|smell smelt|sow sown|speed sped|spill spilt
spit spat|strive strove striven|tread trod trodden|weave wove woven|wind wound|withdraw withdrew withdrawn
behold beheld|dwell dwelt|abide abode|get got gotten|say said|child children|man men|woman women|foot feet|tooth teeth
goose geese|mouse mice|ox oxen|wife wives|life lives|knife knives|wolf wolves|thief thieves|leaf leaves|half halves
self selves|shelf shelves|calf calves|loaf loaves|good better best|bad worse worst|far further farther|old elder eldest
die died dying dead death|live alive|high higher highest|low lower lowest|large larger largest|big bigger biggest
"""
_BASE = {
    form: group.split()[0] for group in _IRREGULAR.replace("\n", "|").split("|") for form in group.split()
}

_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Fig|No|vs|etc|approx|e\.g|i\.e|cf|ca|c|Mt|Inc|Ltd|Vol|pp|p)|\b[A-Z])\.$"
)
_SENTENCE_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s|$)|\n\s*\n|\n(?=\s*(?:[-*•#>|]|\d+[.)]\s))")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Attributes:
        text: The word in lower case, with a straight apostrophe.
        start: Where it begins in the text.
        end: Where it ends, exclusive.
        stem: The form that its inflections share.
    """

    text: str
    start: int
    end: int
    stem: str


@dataclass(frozen=True, slots=True)
class Span:
    """A verbatim piece of a text: ``text == source[start:end]``."""

    start: int
    end: int
    text: str


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The form that a word in lower case shares with its inflections, also irregular ones."""
    return _stemmer().stemWord(_BASE.get(word, word))


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - the package's name


@lru_cache(maxsize=1)
def _stemmer() -> _Stemmer:
    from snowballstemmer import stemmer  # type: ignore[import-untyped]

    return cast("_Stemmer", stemmer("english"))


def words(text: str) -> list[Word]:
    """The words of a text, in order."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        word = match.group().lower().replace("’", "'")
        bare = word[:-2] if word.endswith("'s") else word
        found.append(Word(word, match.start(), match.end(), stem(bare)))
    return found


def stems(text: str) -> list[str]:
    """Stems of the words of a text that say what it is about, in order."""
    return [word.stem for word in words(text) if word.text not in STOP_WORDS]


def sentences(text: str) -> list[Span]:
    """The sentences of a text, each verbatim and without surrounding blanks; headings and list items are their own."""
    spans: list[Span] = []
    begin = 0
    for match in _SENTENCE_END.finditer(text):
        if match.group()[0] in ".!?" and not _really_ends(text, begin, match):
            continue
        spans.extend(_trimmed(text, begin, match.end()))
        begin = match.end()
    spans.extend(_trimmed(text, begin, len(text)))
    return spans


def _really_ends(text: str, begin: int, match: re.Match[str]) -> bool:
    if _ABBREVIATION.search(text, begin, match.start() + 1):
        return False
    following = text[match.end() : match.end() + 40].lstrip(" \t\n\"'“‘([")
    return not (following and following[0].islower())


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    if piece:
        yield Span(start, start + len(piece), piece)


def squeezed(text: str) -> str:
    """A text in lower case with blanks made single, for comparisons that must not depend on line breaks."""
    return " ".join(text.lower().replace("’", "'").split())
