"""Terms of a text, and which of them can stand beside the key as wrong options."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eduplatform.agents.grounded.vectors import commonness, noun_class, similarity
from eduplatform.agents.grounded.words import STOP_WORDS, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.tokens import Doc, Span, Token

    from eduplatform.agents.grounded.item_sentences import Source

_EMPTY = frozenset(
    """
    way place part number kind type example work time thing people day year stage process system result half product rate
    condition factor hour amount lot bit piece group set form case point side end step reason use change difference
    area level range size effect cause fact name word question answer idea term section chapter figure table page text
    man woman boy girl person student child teacher everyone everything something anything nothing more most many some much
    end start beginning middle top bottom front back look pair couple majority rest whole total other others
    """.split()  # noqa: SIM905
)
"""Heads that say too little to be asked for."""
_WEAK = frozenset(
    """
    few several many spare whole own various certain existing other large small high low thick thin new old tiny big long
    short little great good bad real main early late single double entire next last first many full empty
    """.split()  # noqa: SIM905
)
"""Adjectives that make no term."""
_QUANTITY, _TIME, _PERSON, _PLACE, _GROUP = 21, 26, 16, 13, 12
"""WordNet's classes of nouns, as `noun_class` counts them."""
_THINGS = frozenset({3, 6, 11, 17, 18, 20, 24, 25, 15, 22, 10, 5})
"""Classes of animals, bodies, foods, objects, phenomena, plants, processes, relations, substances, states: not names."""
_NEAR_SYNONYM = 0.82
_PLAUSIBLE_SAME, _PLAUSIBLE = 0.05, 0.3
"""Nearness from which a term is plausible beside the key: of the same class of nouns, and of another."""
EVERYDAY = 2_500
"""Place among the common words up to which a word means little by itself."""
_PLACES = {"GPE": "PLACE", "LOC": "PLACE", "FAC": "PLACE"}
_NAMED = ("PERSON", "PLACE", "ORG", "NORP", "EVENT", "PRODUCT")


@dataclass(frozen=True, slots=True)
class Term:
    """A noun phrase of a text, as it is written in the middle of a sentence.

    Attributes:
        text: The phrase without its article.
        head: Lemma of its head.
        kind: "PERSON", "PLACE" and so on for names; "" for common nouns.
        plural: Whether it takes a plural verb.
        mass: Whether it is used without an article in the singular.
        stems: Stems of its words.
    """

    text: str
    head: str
    kind: str
    plural: bool
    mass: bool
    stems: frozenset[str]

    @property
    def size(self) -> int:
        """Number of words."""
        return len(self.text.split())


@dataclass
class Terms:
    """The terms of a source and how often they stand in it."""

    counts: Counter[str] = field(default_factory=Counter[str])
    known: dict[str, Term] = field(default_factory=dict[str, Term])


def collect(source: Source) -> Terms:
    """All terms of a source."""
    terms = Terms()
    for doc in source.docs:
        for chunk in doc.noun_chunks:
            term = term_of(chunk, source.lower)
            if term is not None:
                terms.counts[term.text] += 1
                terms.known.setdefault(term.text, term)
    return terms


def term_of(chunk: Span, lower: frozenset[str]) -> Term | None:
    """The term of a noun phrase; None where it is no term: a pronoun, a quantity, too long, too empty."""
    tokens = list(chunk)
    while tokens and (tokens[0].pos_ in ("DET", "PRON", "PUNCT", "CCONJ") or tokens[0].lower_ in STOP_WORDS):
        tokens = tokens[1:]
    if not tokens or chunk.root not in tokens or chunk.root.pos_ not in ("NOUN", "PROPN") or len(tokens) > 4:
        return None
    if any(
        (t.pos_ in ("NUM", "PRON", "PUNCT") and t.text != "-") or t.tag_ in ("JJR", "JJS", "POS")
        for t in tokens
    ):
        return None
    if tokens[-1] != chunk.root or (tokens[0].pos_ in ("ADV", "VERB") and tokens[0].tag_ != "VBG"):
        return None
    root = chunk.root
    if root.lemma_.lower() in _EMPTY or len(root.text) < 3 or tokens[0].lower_ in _WEAK:
        return None
    if noun_class(root.lemma_) in (_QUANTITY, _TIME) and root.pos_ == "NOUN":
        return None
    text = "".join(token.text_with_ws for token in tokens).strip()
    first = tokens[0]
    if _is_sentence_case(first, lower):
        text = text[0].lower() + text[1:]
    kind = _kind(root, text)
    return Term(
        text=text,
        head=root.lemma_.lower(),
        kind=kind,
        plural=root.tag_ in ("NNS", "NNPS"),
        mass=root.tag_ in ("NN", "NNP") and chunk[0] in tokens,
        stems=frozenset(word.stem for word in words(text)),
    )


def _kind(root: Token, text: str) -> str:
    if not text[0].isupper():
        return ""
    kind = _PLACES.get(root.ent_type_, root.ent_type_)
    known = noun_class(root.text)
    if kind in ("PERSON", "EVENT") or root.pos_ != "PROPN":
        return kind if kind in _NAMED else ""
    # The parser guesses names; where WordNet knows one, it knows better.
    return {_PERSON: "PERSON", _PLACE: "PLACE", _GROUP: "ORG"}.get(
        known, f"NAME-{known}" if known else kind or "NAME"
    )


def is_common(first: Token, lower: frozenset[str]) -> bool:
    """Whether a word that begins a sentence would be written small inside one."""
    if first.text.isupper() and len(first.text) > 1:
        return False
    if first.lower_ in lower or first.pos_ != "PROPN":
        return first.lower_ in lower or not first.ent_type_
    alone = first.i + 1 == len(first.doc) or first.nbor().pos_ != "PROPN"
    return alone and first.ent_type_ != "PERSON" and noun_class(first.lower_) in _THINGS


def _is_sentence_case(first: Token, lower: frozenset[str]) -> bool:
    return first.i == 0 and first.text[0].isupper() and is_common(first, lower)


def distractors(
    key: Term, terms: Terms, source: Source, sentence: Doc, *, nearest: float = _NEAR_SYNONYM, limit: int = 3
) -> list[str]:
    """Terms of the same kind which the text does not make right as well, most plausible first."""
    own = frozenset(word.stem for word in words(sentence.text))
    asked = own - key.stems
    ranked: list[tuple[float, str]] = []
    for term in terms.known.values():
        if not _comparable(key, term) or term.stems <= own or term.stems & key.stems:
            continue
        near = similarity(words(term.text), words(key.text))
        if near > nearest or _also_right(term, asked, source):
            continue
        fit = near + 0.3 * (term.size == key.size) + 0.1 * min(3, terms.counts[term.text])
        if not key.kind:
            same = noun_class(term.head) == noun_class(key.head) != 0
            if near < (_PLAUSIBLE_SAME if same else _PLAUSIBLE):
                continue
            fit += 0.5 * same
        ranked.append((fit, term.text))
    ranked.sort(key=lambda each: (-each[0], each[1]))
    return _distinct([text for _, text in ranked], limit)


def _comparable(key: Term, term: Term) -> bool:
    return (
        term.kind == key.kind
        and term.plural == key.plural
        and (term.kind != "" or term.mass == key.mass or term.plural)
        and abs(term.size - key.size) <= 1
        and 0.45 <= len(term.text) / len(key.text) <= 2.2
    )


def _also_right(term: Term, asked: frozenset[str], source: Source) -> bool:
    """Whether another sentence says much the same of the term as the cited one says of the key."""
    content = {stem for stem in asked if stem not in STOP_WORDS}
    for doc in source.docs:
        stems = {word.stem for word in words(doc.text) if word.text not in STOP_WORDS}
        if term.stems <= stems and len(content & stems) >= max(2, 0.4 * len(content)):
            return True
    return False


def _distinct(ranked: Sequence[str], limit: int) -> list[str]:
    chosen: list[str] = []
    for text in ranked:
        stems = {word.stem for word in words(text)}
        last = text.split()[-1].lower()
        if all(
            not stems <= set(_stems(o)) and not set(_stems(o)) <= stems and last != o.split()[-1].lower()
            for o in chosen
        ):
            chosen.append(text)
        if len(chosen) == limit:
            break
    return chosen


def _stems(text: str) -> list[str]:
    return [word.stem for word in words(text)]


def worth_asking(term: Term, terms: Terms, everyday: int = EVERYDAY) -> bool:
    """Whether a term carries meaning of its own: a name, several words, or no everyday word."""
    if term.kind:
        return True
    rare = max(commonness(word.text) for word in words(term.text))
    return rare > everyday or (term.size > 1 and terms.counts[term.text] >= 2)
