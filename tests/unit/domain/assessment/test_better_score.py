"""Which of two judgements of one answer counts, when a key was corrected and nobody may lose by it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eduplatform.domain.assessment.question_types import Outcome, Score
from eduplatform.domain.assessment.scoring import better

WAITS = Score(None, Outcome.NEEDS_REVIEW)
RIGHT = Score(Decimal(1), Outcome.CORRECT)
HALF = Score(Decimal("0.5"), Outcome.PARTLY)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (HALF, RIGHT, RIGHT),
        (RIGHT, HALF, RIGHT),
        (HALF, HALF, HALF),
        (WAITS, RIGHT, WAITS),
        (RIGHT, WAITS, WAITS),
        (WAITS, WAITS, WAITS),
    ],
)
def test_nobody_loses_and_what_a_person_must_judge_waits(one: Score, other: Score, expected: Score) -> None:
    assert better(one, other) == expected
