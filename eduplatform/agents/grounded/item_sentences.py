"""Which sentences of a text can carry a question alone: whole statements that lean on nothing said before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eduplatform.agents.grounded.language import parsed
from eduplatform.agents.grounded.words import Span, sentences

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_LEANS = frozenset(
    """
    however therefore thus hence also too instead likewise similarly otherwise moreover furthermore meanwhile afterwards
    then next here there above below former latter such same other others another both either neither so yet still again
    this these those it he she they him her them his hers their theirs i we you my our your us me mine ours yours one ones
    today now recently nowadays later earlier perhaps probably likely maybe possibly finally first second secondly example
    """.split()  # noqa: SIM905
)
"""Words that may point outside a sentence."""
_REPORTING = "say tell think believe argue claim suggest add ask hope wonder imagine suppose"
_REPORTED = frozenset(_REPORTING.split())
_MARKUP = re.compile(r"[|$`<>{}\\_#=@]|https?:|\]\(|\[|…|\.\.\.|[“”\"]")
_NO_PROSE = re.compile(r"^(?:#|\||\$\$|```|[-=]{3,}$|!\[)")
"""Headings, tables, formulas and code: their words are no statements."""
_EMPHASIS = re.compile(r"\*+")
_LIST_MARK = re.compile(r"^(?:[-*•>]\s+|\d+[.)]\s+)+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that can carry a question.

    Attributes:
        span: The sentence, verbatim in the source.
        doc: The same without emphasis and line breaks, parsed.
        subject: Head of its subject.
    """

    span: Span
    doc: Doc
    subject: Token


@dataclass(frozen=True, slots=True)
class Source:
    """A text taken apart.

    Attributes:
        text: The text itself.
        docs: All its sentences.
        statements: Those that can stand alone.
        lower: Words that it somewhere writes in lower case.
    """

    text: str
    docs: list[Doc]
    statements: list[Statement]
    lower: frozenset[str]


def plain(sentence: str) -> str:
    """A sentence without emphasis, list marks and line breaks."""
    return " ".join(_EMPHASIS.sub("", _LIST_MARK.sub("", sentence)).split())


def read(text: str) -> Source:
    """Take a text apart."""
    spans = [span for span in sentences(text) if not _NO_PROSE.match(span.text)]
    docs = list(parsed([plain(span.text) for span in spans]))
    heads = Counter(token.lemma_.lower() for doc in docs for token in doc)
    statements: list[Statement] = []
    for span, doc in zip(spans, docs, strict=True):
        subject = _subject(doc)
        if subject is not None and _stands_alone(doc, subject, heads):
            statements.append(Statement(span, doc, subject))
    lower = frozenset(token.text for doc in docs for token in doc if token.text.islower())
    return Source(text, docs, statements, lower)


def _subject(doc: Doc) -> Token | None:
    roots = [token for token in doc if token.dep_ == "ROOT"]
    if len(roots) != 1 or roots[0].pos_ not in ("VERB", "AUX"):
        return None
    return next((t for t in roots[0].children if t.dep_ in ("nsubj", "nsubjpass")), None)


def _stands_alone(doc: Doc, subject: Token, heads: Mapping[str, int]) -> bool:
    text = doc.text
    if not text.endswith(".") or not text[0].isupper() or _MARKUP.search(text) or ":" in text:
        return False
    length = sum(token.is_alpha or token.like_num for token in doc)
    if not 6 <= length <= 32 or subject.pos_ not in ("NOUN", "PROPN"):
        return False
    root = subject.head
    if root.lemma_.lower() in _REPORTED or (root.tag_ == "VB" and not _has_modal(root)):
        return False
    if any(_points_outside(token) for token in doc):
        return False
    if subject.ent_type_ == "PERSON" and root.tag_ in ("VBZ", "VBP"):
        return False  # somebody in an exercise
    return not _particular(subject, heads)


def _has_modal(root: Token) -> bool:
    return any(child.dep_ == "aux" for child in root.children)


def _points_outside(token: Token) -> bool:
    word = token.lower_
    if word == "that":
        return token.dep_ in ("nsubj", "det") and token.tag_ == "DT"
    if word == "it" and token.dep_ == "expl":
        return True
    if word in ("its", "their", "they", "it", "them"):
        plural = word in ("their", "they", "them")
        return not any(
            before.pos_ in ("NOUN", "PROPN") and (before.tag_ in ("NNS", "NNPS")) == plural
            for before in token.doc[: token.i]
        )
    if word in ("he", "she", "his", "her", "him"):
        return not any(before.ent_type_ == "PERSON" for before in token.doc[: token.i])
    if word in (
        "first",
        "second",
        "one",
        "both",
        "either",
        "still",
        "here",
        "above",
        "below",
        "so",
        "then",
        "such",
    ):
        return token.i == 0 or word in ("here", "above", "such", "so", "then")
    return word in _LEANS


def _particular(subject: Token, heads: Mapping[str, int]) -> bool:
    """Whether "the tree" of a story is meant, which was named before."""
    definite = any(child.lower_ == "the" for child in subject.children)
    qualified = any(
        child.dep_ in ("amod", "compound", "prep", "relcl", "acl", "nmod") for child in subject.children
    )
    past = subject.head.tag_ in ("VBD", "VBN")
    mentioned_once = heads.get(subject.lemma_.lower(), 0) < 2
    return definite and (past or mentioned_once) and not qualified and subject.pos_ != "PROPN"
