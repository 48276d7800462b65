"""Trying a question as a student meets it; the server scores the try, and nothing is kept."""

from __future__ import annotations

import secrets
from typing import Any, TypedDict
from uuid import UUID

import reflex as rx

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import bank
from eduplatform.domain.assessment.attempts import MAX_SEED
from eduplatform.domain.assessment.bank import Trial
from eduplatform.errors import NotFound
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_number
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.state.base import handler

OUTCOMES: dict[str, tuple[str, str]] = {
    "correct": (N_("Right"), "success"),
    "partly": (N_("Partly right"), "warning"),
    "incorrect": (N_("Not right"), "danger"),
    "blank": (N_("No answer"), "neutral"),
    "needs_review": (N_("A person scores this"), "info"),
}


class TrialLine(TypedDict):
    """What came of a try; ``tone`` is the badge's."""

    status: str
    tone: str
    share: str
    explanation: list[str]
    solution: list[str]


NOT_TRIED = TrialLine(status="", tone="neutral", share="", explanation=[], solution=[])


class PreviewState(rx.State):
    """The open try: what a student's browser would get; key and body stay on the server."""

    shown: dict[str, Any] = {}
    showing: bool = False
    result: TrialLine = NOT_TRIED
    _trial: Trial | None = None

    @handler(Permission.ASSESSMENT_EDIT)
    async def open(self, me: Principal, question_id: UUID) -> None:
        """A question of the bank, with its options in an order that some student would get."""
        async with unit_of_work(me) as work:
            trial = await bank.stored_preview(
                work=work, me=me, question_id=question_id, seed=secrets.randbelow(MAX_SEED)
            )
        present(self, trial)

    @handler(Permission.ASSESSMENT_EDIT)
    async def check(self, me: Principal, answer: dict[str, Any]) -> None:
        """Score what was tried."""
        if self._trial is None:
            raise NotFound
        found = bank.score_trial(self._trial, answer)
        status, tone = OUTCOMES[found.score.outcome]
        fraction = found.score.fraction
        self.result = TrialLine(
            status=translate(status, me.locale),
            tone=tone,
            share=""
            if fraction is None
            else translate(
                N_("{percent} % of the points"),
                me.locale,
                percent=format_number(fraction * 100, me.locale, 0),
            ),
            explanation=[step.render(me.locale) for step in found.score.explanation],
            solution=[line.render(me.locale) for line in found.solution],
        )

    @handler(Permission.ASSESSMENT_EDIT)
    async def close(self, me: Principal) -> None:
        """Back to where one was."""
        self.showing = False


def present(state: PreviewState, trial: Trial) -> None:
    """Show a question to be tried."""
    state._trial, state.shown, state.result, state.showing = trial, trial.shown, NOT_TRIED, True


async def close_preview(state: rx.State) -> None:
    """Close the try when a page loads: whoever left the last page at once may never have told the server."""
    (await state.get_state(PreviewState)).showing = False
