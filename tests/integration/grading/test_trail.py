"""Whatever happens to a grade, its events form one unbroken chain that ends at the grade."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.attempts import CannotStart
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.grading import desk as desks
from eduplatform.domain.grading import marks as marking
from eduplatform.domain.grading import release, service, undo, worklist
from eduplatform.domain.grading.calculation import GradeStatus
from eduplatform.domain.grading.marks import Marks
from eduplatform.domain.grading.models import Grade, GradeEvent
from eduplatform.errors import Conflict
from tests.factories.assessment import NOW
from tests.factories.grading import Desk, chosen, make_desk
from tests.factories.world import make_world

OPERATIONS = st.lists(
    st.one_of(
        st.just(("hand_in",)),
        st.tuples(st.just("score"), st.integers(0, 2), st.integers(0, 2)),
        st.just(("half",)),
        st.just(("release",)),
        st.just(("plan",)),
        st.just(("cancel",)),
        st.just(("undo",)),
        st.just(("unrelease",)),
        st.just(("excuse",)),
        st.just(("unexcuse",)),
        st.just(("settle",)),
    ),
    min_size=1,
    max_size=10,
)


@dataclass
class Actions:
    """Carries out one operation after the other on one student's grade."""

    desk: Desk
    attempt: Attempt | None = None

    async def do(self, operation: tuple[Any, ...]) -> None:
        with contextlib.suppress(Conflict, CannotStart):
            await getattr(self, operation[0])(*operation[1:])

    async def hand_in(self) -> None:
        number = self.attempt.number if self.attempt is not None else 0
        answers = {"true_false": {"answer": number % 2 == 0}, "essay": {"text": "Because."}}
        self.attempt = await self.desk.hand_in(
            self.desk.quiz.student, answers, now=NOW + timedelta(minutes=number)
        )

    async def score(self, *places: int) -> None:
        if self.attempt is None:
            return
        response = await self.desk.response(self.attempt.id)
        me = self.desk.teacher
        async with unit_of_work(me) as work:
            self.attempt = await marking.save_marks(
                work=work,
                me=me,
                attempt_id=self.attempt.id,
                version=self.attempt.version,
                marks=[Marks(response_id=response.id, levels=chosen(self.desk, *places))],
            )

    async def half(self) -> None:
        await self.score(1)

    async def release(self) -> None:
        async with unit_of_work(self.desk.teacher) as work:
            await release.release(work=work, me=self.desk.teacher, assessment_id=self.desk.assessment_id)

    async def plan(self) -> None:
        async with unit_of_work(self.desk.teacher) as work:
            await release.release(
                work=work,
                me=self.desk.teacher,
                assessment_id=self.desk.assessment_id,
                at=utc_now() + timedelta(days=2),
            )

    async def cancel(self) -> None:
        async with unit_of_work(self.desk.teacher) as work:
            await release.cancel_release(
                work=work, me=self.desk.teacher, assessment_id=self.desk.assessment_id
            )

    async def undo(self) -> None:
        """Take the last step back, as the desk offers it; then everything stands as before that step."""
        if self.attempt is None:
            return
        me, student = self.desk.teacher, self.desk.quiz.student
        events = await self.desk.events(student)
        async with unit_of_work(me) as work:
            history = await worklist.history(
                work=work, assessment_id=self.desk.assessment_id, user_id=student.user
            )
        last = desks.undoable(history, me)
        if last is None:
            return
        async with unit_of_work(me) as work:
            if "marks" in last.event.before:
                self.attempt = await undo.undo_marks(work=work, me=me, event_id=last.event.id)
            else:
                assert last.event.batch_id is not None
                await release.undo_release(
                    work=work,
                    me=me,
                    assessment_id=self.desk.assessment_id,
                    batch_id=last.event.batch_id,
                    user_ids=[student.user],
                )
        now = (await self.desk.events(student))[-1]
        assert now.undoes_id == last.event.id
        steps = [one for one in events if one.kind not in ("undone", "highlighted")]
        if last.event.id == steps[-1].id and events[-1].id == last.event.id:
            hidden = {"released", "released_at"} if "marks" in last.event.before else set()
            assert _stand(now.after, hidden) == _stand(last.event.before, hidden)
        for key, marks in last.event.before.get("marks", {}).items():
            assert now.after["marks"][key] == marks

    async def unrelease(self) -> None:
        if await self.desk.grade(self.desk.quiz.student) is None:
            return
        async with unit_of_work(self.desk.teacher) as work:
            await release.unrelease(work=work, me=self.desk.teacher, **self._whose())

    async def excuse(self, excused: bool = True) -> None:
        async with unit_of_work(self.desk.teacher) as work:
            await service.excuse(work=work, me=self.desk.teacher, excused=excused, **self._whose())

    async def unexcuse(self) -> None:
        await self.excuse(False)

    async def settle(self) -> None:
        async with unit_of_work(self.desk.teacher) as work:
            await service.settle_grade(
                work=work,
                assessment_id=self.desk.assessment_id,
                user_id=self.desk.quiz.student.user,
                actor_id=None,
                reason="recalculated",
            )

    def _whose(self) -> dict[str, Any]:
        return {
            "assessment_id": self.desk.assessment_id,
            "user_id": self.desk.quiz.student.user,
            "reason": "Because",
        }


def _stand(snapshot: dict[str, Any], without: Collection[str] = ()) -> dict[str, Any]:
    """How the grade stood, without the marks behind it."""
    return {key: value for key, value in snapshot.items() if key not in ("marks", "highlight", *without)}


def _check(grade: Grade | None, events: list[GradeEvent]) -> None:
    if grade is None:
        assert events == []
        return
    for earlier, later in itertools.pairwise(events):
        assert _stand(later.before) == _stand(earlier.after)
    if events:
        assert events[0].before["released"] is False
        assert _stand(events[-1].after) == service.snapshot(grade)
    assert grade.version == 1 + len(events)
    if grade.released_at is not None:
        assert grade.status in {
            GradeStatus.GRADED,
            GradeStatus.LATE,
            GradeStatus.EXCUSED,
            GradeStatus.MISSING,
        }
    if grade.status == GradeStatus.EXCUSED:
        assert grade.points is None
    assert grade.points is None or Decimal(0) <= grade.points <= grade.possible


async def _play(desk: Desk, operations: list[tuple[Any, ...]]) -> None:
    desk.quiz.student = await desk.add_student("player")
    actions = Actions(desk)
    for operation in operations:
        await actions.do(operation)
        _check(await desk.grade(desk.quiz.student), await desk.events(desk.quiz.student))


@pytest.mark.anyio
async def test_any_sequence_of_operations_leaves_one_chain(database: None) -> None:
    desk = await make_desk(await make_world())

    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(OPERATIONS)
    def play(operations: list[tuple[Any, ...]]) -> None:
        anyio.from_thread.run(_play, desk, operations)

    await anyio.to_thread.run_sync(play)


@pytest.mark.anyio
async def test_a_full_life_leaves_its_events_in_order(database: None) -> None:
    desk = await make_desk(await make_world())
    actions = Actions(desk)
    for operation in (
        ("hand_in",),
        ("half",),
        ("release",),
        ("score", 0, 1),
        ("release",),
        ("unrelease",),
        ("release",),
        ("hand_in",),
        ("excuse",),
        ("score", 0, 0),
        ("unexcuse",),
        ("release",),
        ("settle",),
    ):
        await actions.do(operation)
        _check(await desk.grade(desk.quiz.student), await desk.events(desk.quiz.student))
    kinds = [one.kind for one in await desk.events(desk.quiz.student)]
    assert kinds == [
        "submitted",
        "scored",
        "scored",
        "released",
        "unreleased",
        "released",
        "submitted",
        "excused",
        "scored",
        "unexcused",
        "released",
    ]
