"""The public interface of question types, and the registry that knows the installed ones.

A type is one class. The built-in ones are registered below exactly as an extension registers its own::

    from eduplatform.domain.assessment.question_types import QuestionType, register_type

    register_type(MyType())
"""

from __future__ import annotations

import re

from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.types.base import AnyQuestionType, Outcome, Part, QuestionType, Score
from eduplatform.domain.assessment.types.choice import MultipleChoice, SingleChoice
from eduplatform.domain.assessment.types.cloze import Cloze
from eduplatform.domain.assessment.types.essay import Essay
from eduplatform.domain.assessment.types.file_upload import FileUpload
from eduplatform.domain.assessment.types.matching import Matching
from eduplatform.domain.assessment.types.numeric import Numeric
from eduplatform.domain.assessment.types.ordering import Ordering
from eduplatform.domain.assessment.types.short_text import ShortText
from eduplatform.domain.assessment.types.submission import Submission
from eduplatform.domain.assessment.types.true_false import TrueFalse
from eduplatform.errors import Invalid, Misconfigured
from eduplatform.i18n import N_

__all__ = [
    "AnyQuestionType",
    "Message",
    "Outcome",
    "Part",
    "QuestionType",
    "Score",
    "all_types",
    "bank_types",
    "question_type",
    "register_type",
]

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_registry: dict[str, AnyQuestionType] = {}


def register_type(question_type: AnyQuestionType) -> None:
    """Install a question type under its key.

    Raises:
        Misconfigured: The key is malformed or already taken.
    """
    key = question_type.key
    if not _KEY.fullmatch(key):
        raise Misconfigured(N_("A question type has a malformed key: {key}"), params={"key": key})
    if key in _registry:
        raise Misconfigured(N_("Two question types share the key {key}"), params={"key": key})
    _registry[key] = question_type


def question_type(key: str) -> AnyQuestionType:
    """The installed type with this key.

    Raises:
        Invalid: No such type is installed.
    """
    found = _registry.get(key)
    if found is None:
        raise Invalid(fields={"type": N_("This question type is not installed")})
    return found


def all_types() -> tuple[AnyQuestionType, ...]:
    """Every installed type, in the order of registration."""
    return tuple(_registry.values())


def bank_types() -> tuple[AnyQuestionType, ...]:
    """The types that an author can choose for a question of a bank, in the order of the menu."""
    return tuple(kind for kind in _registry.values() if kind.in_bank)


for _built_in in (
    SingleChoice(),
    MultipleChoice(),
    TrueFalse(),
    Numeric(),
    ShortText(),
    Cloze(),
    Matching(),
    Ordering(),
    Essay(),
    FileUpload(),
    Submission(),
):
    register_type(_built_in)
