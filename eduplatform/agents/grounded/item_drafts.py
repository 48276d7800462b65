"""Questions drafted from single sentences: what does it, when was it, what is missing, why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from eduplatform.agents.grounded.item_options import Terms, distractors, is_common, term_of, worth_asking

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

    from eduplatform.agents.grounded.item_sentences import Source, Statement

Form = Literal["subject", "year", "gap", "statement", "why"]
_YEAR = re.compile(r"\b(1[0-9]{3}|20[0-9]{2})\b(?!\s*(?:kg|km|m|g|ml|years?|people|metres|tonnes|°))")
_VAGUE = "have get make take become seem appear include contain mean call involve know"
_VAGUE_VERBS = frozenset(_VAGUE.split())
_OPPOSITES = {
    "increases": "decreases",
    "increase": "decrease",
    "decreases": "increases",
    "decrease": "increase",
    "rises": "falls",
    "falls": "rises",
    "absorbs": "releases",
    "releases": "absorbs",
    "inside": "outside",
    "outside": "inside",
    "faster": "slower",
    "slower": "faster",
    "higher": "lower",
    "lower": "higher",
    "larger": "smaller",
    "smaller": "larger",
    "longer": "shorter",
    "shorter": "longer",
    "heavier": "lighter",
    "warmer": "colder",
    "hotter": "colder",
    "maximum": "minimum",
    "minimum": "maximum",
    "before": "after",
    "after": "before",
    "always": "never",
    "never": "always",
    "with": "without",
    "without": "with",
    "left": "right",
    "northern": "southern",
    "southern": "northern",
    "eastern": "western",
    "western": "eastern",
    "positive": "negative",
    "negative": "positive",
    "insoluble": "soluble",
    "soluble": "insoluble",
    "illegal": "legal",
    "legal": "illegal",
}
_SAFE_FLIPS = frozenset(_OPPOSITES) - {"with", "left", "before", "after", "always"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A question before it is checked; ``options`` holds the key first."""

    form: Form
    stem: str
    key: str
    options: tuple[str, ...]
    statement: Statement
    worth: float


def drafts(statement: Statement, source: Source, terms: Terms) -> Iterator[Draft]:
    """Everything that can be asked about a sentence."""
    yield from _year(statement, source)
    yield from _subject(statement, source, terms)
    yield from _gap(statement, source, terms)
    yield from _why(statement, source)
    yield from _true_or_false(statement)


def _year(statement: Statement, source: Source) -> Iterator[Draft]:
    text = statement.doc.text
    own = _YEAR.findall(text)
    if len(own) != 1:
        return
    year = int(own[0])
    others = {int(y) for doc in source.docs for y in _YEAR.findall(doc.text)} - {year}
    near = sorted((y for y in others if abs(y - year) <= 120), key=lambda y: (abs(y - year), y))[:3]
    for step in (10, -10, 20, -20, 5, -5):
        if len(near) < 3 and year + step not in others and year + step <= 2030:
            near.append(year + step)
    stem = (
        _when(statement, own[0], source)
        or f"Which year completes the sentence? {text.replace(own[0], _BLANK)}"
    )
    if re.search(r"\b(?:BC|BCE|AD|CE)\b", text):
        return
    yield Draft("year", stem, own[0], (own[0], *map(str, near[:3])), statement, 2.5)


_BLANK = "_____"
_CASE = re.compile(r"(?:If|Suppose|Imagine|Let|Consider|Because|For some|In an? )\b")
"""How sentences begin that tell of one case rather than of what is so."""
_TECHNICAL = 4_000
"""As `EVERYDAY`, for a gap: only names and terms are worth one."""
_ALIKE_IN_GAP = 0.62
"""A gap alone says little: a term that is nearer than this to the key may fit as well."""


def _when(statement: Statement, year: str, source: Source) -> str | None:
    """ "In 1764 X invented Y." as a question, when the sentence is that simple."""
    root = statement.subject.head
    doc = statement.doc
    match = re.match(rf"In {year},? ", doc.text)
    if match is None or root.tag_ != "VBD" or root.lemma_ == "be":
        return None
    if any(child.dep_ in ("aux", "auxpass", "conj", "neg", "advcl", "cc") for child in root.children):
        return None
    subject = _phrase(statement.subject)
    rest = doc[root.i + 1 :].text.rstrip(" .")
    if subject.end != root.i or "," in rest or not rest:
        return None
    return f"In which year did {_inside(subject, source)} {root.lemma_} {rest}?"


def _subject(statement: Statement, source: Source, terms: Terms) -> Iterator[Draft]:
    """ "Chlorophyll absorbs red light." becomes "What absorbs red light?"."""
    doc, subject = statement.doc, statement.subject
    phrase, root = _phrase(subject), subject.head
    chunk = next((c for c in doc.noun_chunks if c.root == subject), None)
    term = term_of(chunk, source.lower) if chunk is not None else None
    if (
        term is None
        or chunk is None
        or phrase.start != chunk.start
        or phrase.end != chunk.end
        or phrase.start != 0
    ):
        return
    if (
        any(t.dep_ in ("conj", "neg") for t in phrase)
        or root.lemma_ in _VAGUE_VERBS
        or not worth_asking(term, terms)
    ):
        return
    rest = doc[phrase.end : _end_of_clause(root)]
    tail = rest.text.rstrip(" .,")
    if _measured(rest):
        return
    if not _good_tail(doc[phrase.end], tail) or _pronoun_for(subject, rest):
        return
    if root.lemma_ == "be" and not any(c.dep_ == "attr" and _defines(c) for c in root.children):
        return
    wrong = distractors(term, terms, source, doc)
    if len(wrong) < 3:
        return
    if term.kind == "PERSON":
        stem = f"Who {tail}?"
    elif term.plural:
        stem = f"Which of these {tail}?"
    else:
        stem = f"What {tail}?"
    yield Draft(
        "subject", stem, term.text, (term.text, *wrong), statement, 3.0 + 0.2 * terms.counts[term.text]
    )


def _end_of_clause(root: Token) -> int:
    """Where the main clause ends: before ", and" with a subject of its own."""
    for verb in root.children:
        if verb.dep_ == "conj" and any(c.dep_ in ("nsubj", "nsubjpass") for c in verb.children):
            start = verb.left_edge.i
            while start > root.i and verb.doc[start - 1].dep_ in ("cc", "punct"):
                start -= 1
            return start
    return len(root.doc)


def _good_tail(first: Token, tail: str) -> bool:
    if first.pos_ not in ("VERB", "AUX") or first.tag_ in ("VBG", "VBN") or len(tail.split()) < 4:
        return False
    return "," not in tail or tail.count(",") <= 1


def _defines(attribute: Token) -> bool:
    return attribute.pos_ in ("NOUN", "PROPN") and any(
        c.dep_ in ("relcl", "acl", "prep", "compound") for c in attribute.children
    )


def _pronoun_for(subject: Token, rest: Span) -> bool:
    """Whether the rest speaks of the subject as "it", which a question would leave hanging."""
    return any(t.lower_ in ("it", "they", "he", "she", "them", "him") for t in rest) or (
        subject.ent_type_ != "PERSON" and any(t.lower_ in ("his", "her") for t in rest)
    )


def _gap(statement: Statement, source: Source, terms: Terms) -> Iterator[Draft]:
    doc = statement.doc
    text = doc.text
    if _CASE.match(text) or any(
        token.like_num and token.is_digit and not _YEAR.fullmatch(token.text) for token in doc
    ):
        return
    for chunk in doc.noun_chunks:
        role = chunk.root.dep_
        if role not in ("dobj", "pobj", "attr", "nsubjpass", "nsubj", "oprd", "agent"):
            continue
        term = term_of(chunk, source.lower)
        if (
            term is None
            or not worth_asking(term, terms, _TECHNICAL)
            or term.kind == "NORP"
            or _coordinated(chunk.root)
        ):
            continue
        if len(re.findall(rf"\b{re.escape(term.text)}\b", text, re.IGNORECASE)) != 1:
            continue
        wrong = distractors(term, terms, source, doc, nearest=_ALIKE_IN_GAP)
        if len(wrong) < 3:
            continue
        blanked = re.sub(rf"\b{re.escape(term.text)}\b", _BLANK, text, flags=re.IGNORECASE)
        stem = "Which option completes the sentence? " + re.sub(
            r"\b([Aa])n? _____", rf"\1/an {_BLANK}", blanked
        )
        worth = (
            1.0
            + 0.2 * min(4, terms.counts[term.text])
            + 0.5 * (role in ("attr", "pobj", "dobj"))
            + 0.4 * (term.size > 1)
        )
        yield Draft("gap", stem, term.text, (term.text, *wrong), statement, worth)


def _measured(tokens: Iterable[Token]) -> bool:
    """Whether a sentence tells a measurement, which belongs to one example."""
    return any(token.is_digit and not _YEAR.fullmatch(token.text) for token in tokens)


def _coordinated(token: Token) -> bool:
    return token.dep_ == "conj" or any(child.dep_ == "conj" for child in token.children)


def _why(statement: Statement, source: Source) -> Iterator[Draft]:
    """ "X happens because Y." becomes "Why does X happen?", with Y as the model answer."""
    doc, subject = statement.doc, statement.subject
    root, phrase = subject.head, _phrase(subject)
    match = re.match(r"(.+?),? because (.+)\.$", doc.text)
    claim = doc.char_span(0, len(match[1]), alignment_mode="contract") if match else None
    if match is None or claim is None or phrase.start != 0 or root.i >= claim.end:
        return
    if (
        " because " in match[2]
        or match[2].startswith("of ")
        or any(t.lower_ in ("it", "they") for t in phrase)
    ):
        return
    rest = doc[root.i + 1 : claim.end].text
    if any(c.dep_ == "conj" and c.i < claim.end for c in root.children):
        return
    helpers = [c for c in root.children if c.dep_ in ("aux", "auxpass") and c.i < root.i]
    if root.lemma_ == "be" and phrase.end == root.i:
        stem = f"Why {root.text} {_inside(phrase, source)} {rest}?"
    elif len(helpers) == 1 and phrase.end == helpers[0].i:
        stem = f"Why {helpers[0].text} {_inside(phrase, source)} {doc[helpers[0].i + 1 : claim.end].text}?"
    elif root.tag_ in _DO and not helpers and phrase.end == root.i:
        stem = f"Why {_DO[root.tag_]} {_inside(phrase, source)} {root.lemma_} {rest}?"
    else:
        return
    yield Draft("why", " ".join(stem.replace(" ?", "?").split()), match[2], (), statement, 2.8)


_DO = {"VBZ": "does", "VBP": "do", "VBD": "did"}


def _true_or_false(statement: Statement) -> Iterator[Draft]:
    """A sentence with one word turned into its opposite; the sentence itself is the correction."""
    text = statement.doc.text
    if len(text.split()) > 22 or any(t.dep_ == "neg" for t in statement.doc):
        return
    flips = [t for t in statement.doc if t.lower_ in _SAFE_FLIPS and t.text.islower()]
    if len(flips) != 1 or any(t.lower_ in ("as", "while", "whereas", "but", "if") for t in statement.doc):
        return
    word = flips[0]
    false = text[: word.idx] + _OPPOSITES[word.lower_] + text[word.idx + len(word) :]
    yield Draft("statement", f"True or false? {false}", "False", ("False", "True"), statement, 1.8)


def _phrase(head: Token) -> Span:
    return head.doc[head.left_edge.i : head.right_edge.i + 1]


def _inside(phrase: Span, source: Source) -> str:
    """A phrase as it is written in the middle of a sentence."""
    return phrase.text[0].lower() + phrase.text[1:] if is_common(phrase[0], source.lower) else phrase.text
