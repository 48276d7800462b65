"""What every question type is: its three models, its parsing and its scoring."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.assessment.types.editor import EditorField
from eduplatform.errors import Invalid
from eduplatform.i18n import N_

NO_CREDIT = Decimal(0)
FULL_CREDIT = Decimal(1)

_TOO_LONG = N_("This answer is too long")
_UNREADABLE = N_("This answer could not be read")


class Part(BaseModel):
    """Base of every Body, Key and Response: immutable, exact types only, no unknown fields."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Outcome(StrEnum):
    """What came of one response."""

    CORRECT = "correct"
    PARTLY = "partly"
    INCORRECT = "incorrect"
    BLANK = "blank"
    NEEDS_REVIEW = "needs_review"


@dataclass(frozen=True, slots=True)
class Score:
    """The result of scoring one response.

    Attributes:
        fraction: Share of the question's points, 0 to 1; None exactly when a person has to decide.
        outcome: What the fraction means.
        explanation: Sentences for the student. They never contain the right answer: whether that is shown is decided
            by the assessment's feedback policy, not by the question type.
    """

    fraction: Decimal | None
    outcome: Outcome
    explanation: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a result that contradicts itself, also from the question types of extensions."""
        fits = {
            Outcome.CORRECT: self.fraction == FULL_CREDIT,
            Outcome.PARTLY: self.fraction is not None and NO_CREDIT < self.fraction < FULL_CREDIT,
            Outcome.INCORRECT: self.fraction == NO_CREDIT,
            Outcome.BLANK: self.fraction == NO_CREDIT,
            Outcome.NEEDS_REVIEW: self.fraction is None,
        }
        if not fits[self.outcome]:
            raise ValueError(f"outcome {self.outcome} does not go with fraction {self.fraction}")


BLANK_SCORE = Score(NO_CREDIT, Outcome.BLANK, (Message(N_("No answer was given")),))

BodyT = TypeVar("BodyT", bound=Part)
KeyT = TypeVar("KeyT", bound=Part)
ResponseT = TypeVar("ResponseT", bound=Part)


class QuestionType(ABC, Generic[BodyT, KeyT, ResponseT]):
    """One kind of question. Stateless: one instance serves every question of the type.

    The stem, the points and the feedback belong to the question version; a type owns only what is particular to it.
    Store the three models as ``model.model_dump(mode="json")`` and read them back with the ``load_*`` methods.

    Attributes:
        key: Stable identifier, stored with every question.
        name: Name for people, a message key.
        description: What it is for, a message key for the author's menu.
        widget: Name of the student's input, see ``components.assessment.widgets``.
        editor: The fields in which the author enters the parts, see ``types.editor``.
        in_bank: Whether authors write such questions into a bank; one that is not is made by its own area only.
        scored_by_person: Whether answers wait for a grader.
        file_purpose: What the files of answers are for, see ``domain.files``.
        Body: What a student may see.
        Key: The answer key; never leaves the server.
        Response: What a student sends. Every field has a default, and ``Response()`` is a blank answer.
    """

    key: ClassVar[str]
    name: ClassVar[str]
    description: ClassVar[str] = ""
    widget: ClassVar[str]
    editor: ClassVar[tuple[EditorField, ...]] = ()
    in_bank: ClassVar[bool] = True
    scored_by_person: ClassVar[bool] = False
    file_purpose: ClassVar[str] = "answer"
    Body: type[BodyT]
    Key: type[KeyT]
    Response: type[ResponseT]

    @abstractmethod
    def parse_authoring(self, form: Mapping[str, object]) -> tuple[BodyT, KeyT]:
        """Read what the author entered.

        Raises:
            Invalid: ``fields`` holds one message key per refused form field.
        """

    def authoring(self, body: BodyT, key: KeyT) -> Mapping[str, object]:
        """The author's form of a stored question: the reverse of ``parse_authoring``."""
        return {**body.model_dump(mode="json"), **key.model_dump(mode="json")}

    def searchable(self, body: BodyT) -> tuple[str, ...]:
        """Texts of the body in which an author's search looks, beside the stem."""
        return ()

    def grader_notes(self, key: KeyT) -> str:
        """What the author wrote for graders; never shown to students."""
        return ""

    def files(self, response: ResponseT) -> tuple[UUID, ...]:
        """The files that belong to an answer; they are attached when it is saved."""
        return ()

    @abstractmethod
    def public_view(self, body: BodyT, seed: int) -> dict[str, Any]:
        """The JSON that the student's page receives; ``seed`` is the attempt's stored seed and fixes every order."""

    @abstractmethod
    def is_blank(self, response: ResponseT) -> bool:
        """Whether the student has not answered; a blank response never scores."""

    @abstractmethod
    def response_words(self, body: BodyT, response: ResponseT) -> tuple[Message, ...]:
        """The student's answer as a person reads it, one message per line; empty when blank."""

    def written_text(self, response: ResponseT) -> str:
        """The text that a grader reads at length and can highlight; empty for answers without one.

        Such a text travels to pages by itself, so ``response_words`` may be cut short there.
        """
        return ""

    @abstractmethod
    def solution_words(self, body: BodyT, key: KeyT) -> tuple[Message, ...]:
        """The right answer as a person reads it; show it only when the feedback policy allows."""

    @abstractmethod
    def _score_answer(self, body: BodyT, key: KeyT, response: ResponseT) -> Score:
        """Score a response that is not blank."""

    def score(self, body: BodyT, key: KeyT, response: ResponseT) -> Score:
        """Score a response; blank answers get no credit whatever the type does."""
        if self.is_blank(response):
            return BLANK_SCORE
        return self._score_answer(body, key, response)

    def parse_response(self, raw: object) -> ResponseT:
        """Read what a student's browser sent.

        Raises:
            Invalid: Anything that is not a well-formed response of this type; names of unknown fields are not echoed.
        """
        try:
            return self.Response.model_validate(raw)
        except ValidationError as error:
            raise Invalid(_UNREADABLE, fields=self._response_errors(error)) from None

    def _response_errors(self, error: ValidationError) -> dict[str, str]:
        fields: dict[str, str] = {}
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            field = str(problem["loc"][0]) if problem["loc"] else ""
            name = field if field in self.Response.model_fields else "response"
            fields[name] = _TOO_LONG if problem["type"].endswith("too_long") else _UNREADABLE
        return fields

    def load_body(self, stored: object) -> BodyT:
        """Read a stored body; ``ValueError`` when the stored JSON is not one."""
        return self.Body.model_validate_json(json.dumps(stored))

    def load_key(self, stored: object) -> KeyT:
        """Read a stored key; ``ValueError`` when the stored JSON is not one."""
        return self.Key.model_validate_json(json.dumps(stored))

    def load_response(self, stored: object) -> ResponseT:
        """Read a stored response; ``ValueError`` when the stored JSON is not one."""
        return self.Response.model_validate_json(json.dumps(stored))


AnyQuestionType = QuestionType[Any, Any, Any]
