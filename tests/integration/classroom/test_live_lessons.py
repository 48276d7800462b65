"""Live lessons: where the class is, hands in their order, polls, who was there, and who may know what."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.classroom import following, leading, presence
from eduplatform.domain.classroom.following import Seat
from eduplatform.domain.classroom.leading import Room, Summary
from eduplatform.domain.classroom.models import ClassView, LiveSession, LiveVote
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from tests.factories.courses import Taught, enrol, make_course, make_lesson
from tests.factories.statements import count_statements
from tests.factories.world import World

pytestmark = pytest.mark.anyio

NINE = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
BODY = "First.\n\nSecond."


@dataclass
class Class:
    """A live lesson with its teacher and students."""

    world: World
    made: Taught
    lesson_id: UUID
    teacher: Principal
    student: Principal
    session_id: UUID

    async def attend(self, me: Principal | None = None, *, now: datetime = NINE) -> Seat:
        me = me or self.student
        async with unit_of_work(me) as work:
            session = await following.require_seat(work=work, me=me, session_id=self.session_id)
            return await following.attend(work=work, me=me, session=session, now=now)

    async def hand(self, up: bool, me: Principal | None = None, *, now: datetime = NINE) -> None:
        me = me or self.student
        async with unit_of_work(me) as work:
            await following.raise_hand(work=work, me=me, session_id=self.session_id, up=up, now=now)

    async def room(self, *, now: datetime = NINE, me: Principal | None = None) -> Room:
        me = me or self.teacher
        async with unit_of_work(me) as work:
            found = await leading.read_session(work=work, me=me, session_id=self.session_id, now=now)
        assert isinstance(found, Room)
        return found

    async def ask(self, question: str = "Ready?", options: tuple[str, ...] = ("Yes", "No")) -> UUID:
        async with unit_of_work(self.teacher) as work:
            poll = await leading.ask(
                work=work, me=self.teacher, session_id=self.session_id, question=question, options=options
            )
            return poll.id

    async def vote(self, poll_id: UUID, choice: int, me: Principal | None = None) -> None:
        me = me or self.student
        async with unit_of_work(me) as work:
            await following.vote(work=work, me=me, session_id=self.session_id, poll_id=poll_id, choice=choice)

    async def view(self, class_view: ClassView) -> None:
        async with unit_of_work(self.teacher) as work:
            await leading.set_class_view(
                work=work, me=self.teacher, session_id=self.session_id, class_view=class_view
            )

    async def end(self) -> None:
        async with unit_of_work(self.teacher) as work:
            await leading.end(
                work=work, me=self.teacher, session_id=self.session_id, now=NINE + timedelta(minutes=40)
            )

    async def classmate(self, key: str) -> Principal:
        person = await self.world.add_person(key, Role.STUDENT)
        await enrol(self.world, self.made, person)
        return await person.principal()


async def make_class(world: World) -> Class:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made, body=BODY)
    teacher, student = await world.teacher.principal(), await world.student.principal()
    async with unit_of_work(teacher) as work:
        session = await leading.start(
            work=work, me=teacher, lesson_id=lesson_id, section_id=made.section_id, now=NINE
        )
    return Class(world, made, lesson_id, teacher, student, session.id)


async def test_starting_twice_is_one_live_lesson_and_another_lesson_has_to_wait(world: World) -> None:
    here = await make_class(world)
    other = await make_lesson(world, here.made, title="Another")
    async with unit_of_work(here.teacher) as work:
        again = await leading.start(
            work=work, me=here.teacher, lesson_id=here.lesson_id, section_id=here.made.section_id
        )
        assert again.id == here.session_id
        with pytest.raises(Conflict):
            await leading.start(work=work, me=here.teacher, lesson_id=other, section_id=here.made.section_id)


async def test_two_who_start_at_the_same_moment_share_one(world: World) -> None:
    made = await make_course(world)
    lesson_id = await make_lesson(world, made)
    teacher = await world.teacher.principal()

    async def start() -> UUID | None:
        try:
            async with unit_of_work(teacher) as work:
                one = await leading.start(
                    work=work, me=teacher, lesson_id=lesson_id, section_id=made.section_id
                )
                return one.id
        except Conflict:
            return None

    begun = {one for one in await asyncio.gather(*(start() for _ in range(3))) if one}
    async with unit_of_work(teacher) as work:
        stored = (await work.session.exec(select(LiveSession))).all()
    assert {one.id for one in stored} == begun
    assert len(begun) == 1


async def test_the_class_follows_the_block_and_nothing_else_can_be_shown(world: World) -> None:
    here = await make_class(world)
    async with unit_of_work(here.teacher) as work:
        led = await leading.require_lead(work=work, me=here.teacher, session_id=here.session_id)
        blocks = [UUID(one["id"]) for one in (await leading.read_version(work=work, led=led)).blocks]
    assert (await here.attend()).session.block_id == blocks[0]
    async with unit_of_work(here.teacher) as work:
        await leading.go_to(work=work, me=here.teacher, session_id=here.session_id, block_id=blocks[-1])
        with pytest.raises(NotFound):
            await leading.go_to(
                work=work, me=here.teacher, session_id=here.session_id, block_id=here.lesson_id
            )
    assert (await here.attend()).session.block_id == blocks[-1]


async def test_hands_stay_in_the_order_in_which_they_went_up(world: World) -> None:
    here = await make_class(world)
    second = await here.classmate("second")
    await here.hand(True, second, now=NINE)
    await here.hand(True, now=NINE + timedelta(seconds=5))
    # Raising it again does not move anybody.
    await here.hand(True, second, now=NINE + timedelta(seconds=9))
    found = await here.room()
    assert [one.user_id for one in found.hands] == [second.user, here.student.user]
    async with unit_of_work(here.teacher) as work:
        await leading.lower_hand(work=work, me=here.teacher, session_id=here.session_id, user_id=second.user)
    assert [one.user_id for one in (await here.room()).hands] == [here.student.user]
    assert (await here.attend()).hand_up
    await here.hand(False)
    assert (await here.room()).hands == []


async def test_a_vote_can_change_until_the_poll_closes_and_counts_once(world: World) -> None:
    here = await make_class(world)
    other = await here.classmate("other")
    poll_id = await here.ask("Which?", ("Red", "Green", "Blue"))
    await asyncio.gather(*(here.vote(poll_id, 2) for _ in range(3)))
    await here.vote(poll_id, 0)
    await here.vote(poll_id, 1, other)
    assert (await here.room()).polls[0].counts == (1, 1, 0)
    async with unit_of_work(here.teacher) as work:
        await leading.close_poll(work=work, me=here.teacher, session_id=here.session_id, poll_id=poll_id)
    with pytest.raises(Conflict):
        await here.vote(poll_id, 1)
    with pytest.raises(NotFound):
        await here.vote(poll_id, 3, other)
    async with unit_of_work(here.teacher) as work:
        votes = (await work.session.exec(select(LiveVote).where(col(LiveVote.poll_id) == poll_id))).all()
    assert len(votes) == 2


async def test_students_see_a_result_only_while_the_teacher_shares_it(world: World) -> None:
    here = await make_class(world)
    poll_id = await here.ask()
    await here.vote(poll_id, 1)
    seat = await here.attend()
    assert (seat.poll is not None, seat.vote, seat.result) == (True, 1, None)
    for shared in (True, False):
        async with unit_of_work(here.teacher) as work:
            await leading.share_poll(
                work=work, me=here.teacher, session_id=here.session_id, poll_id=poll_id, shared=shared
            )
        result = (await here.attend()).result
        assert (result.counts if result else None) == ((0, 1) if shared else None)


async def test_another_poll_closes_the_one_before(world: World) -> None:
    here = await make_class(world)
    first = await here.ask("First?")
    await here.ask("Second?")
    with pytest.raises(Conflict):
        await here.vote(first, 0)
    seat = await here.attend()
    assert seat.poll is not None
    assert seat.poll.question == "Second?"


@pytest.mark.parametrize(
    ("question", "options", "field"),
    [
        ("", ("a", "b"), "question"),
        ("x" * 301, ("a", "b"), "question"),
        ("Q", ("a",), "options"),
        ("Q", ("a", "b", "c", "d", "e", "f", "g"), "options"),
        ("Q", ("a", "a"), "options"),
        ("Q", ("a", "b" * 121), "options"),
    ],
)
async def test_a_poll_needs_a_question_and_two_to_six_answers(
    world: World, question: str, options: tuple[str, ...], field: str
) -> None:
    here = await make_class(world)
    with pytest.raises(Invalid) as refused:
        await here.ask(question, options)
    assert list(refused.value.fields) == [field]


async def test_students_see_of_each_other_what_the_teacher_allows(world: World) -> None:
    here = await make_class(world)
    other = await here.classmate("other")
    await here.attend(other)
    await here.hand(True, other)
    seat = await here.attend()
    assert (seat.hands, seat.names, seat.here) == (None, (), None)
    await here.view(ClassView.HANDS)
    seat = await here.attend()
    assert (seat.hands, seat.names, seat.here) == (1, (), None)
    await here.view(ClassView.NAMES)
    seat = await here.attend()
    assert (seat.hands, seat.names, seat.here) == (1, ("Other Test",), 2)
    # Whoever hides is named to nobody but the teacher whom they call with their hand.
    async with unit_of_work(other) as work:
        await presence.choose(work=work, me=other, shown=False)
    seat = await here.attend()
    assert (seat.hands, seat.names) == (1, ())
    assert [one.name for one in (await here.room()).hands] == ["Other Test"]


async def test_who_hides_is_counted_and_not_named_also_afterwards(world: World) -> None:
    here = await make_class(world)
    other = await here.classmate("other")
    async with unit_of_work(other) as work:
        await presence.choose(work=work, me=other, shown=False)
    await here.attend()
    await here.attend(other)
    found = await here.room()
    assert ([one.user_id for one in found.here], found.unnamed) == ([here.student.user], 1)
    # Half an hour later nobody is here any more.
    found = await here.room(now=NINE + timedelta(minutes=30))
    assert (found.here, found.unnamed) == ([], 0)
    await here.end()
    # A change of mind does not name what was hidden then.
    async with unit_of_work(other) as work:
        await presence.choose(work=work, me=other, shown=True)
    async with unit_of_work(here.teacher) as work:
        summary = await leading.read_session(work=work, me=here.teacher, session_id=here.session_id)
    assert isinstance(summary, Summary)
    assert ([one.user_id for one in summary.people], summary.unnamed) == ([here.student.user], 1)


async def test_the_end_lowers_hands_closes_polls_and_lets_nothing_in(world: World) -> None:
    here = await make_class(world)
    poll_id = await here.ask()
    await here.hand(True)
    await here.end()
    await here.end()
    for late in (here.hand(True), here.vote(poll_id, 0), here.ask(), here.view(ClassView.NAMES)):
        with pytest.raises(Conflict):
            await late
    async with unit_of_work(here.student) as work:
        now = await following.live_now(work=work, me=here.student, course_id=here.made.course_id)
    assert [one.session for one in now] == [None]
    async with unit_of_work(here.teacher) as work:
        _course, rows, total = await leading.history(
            work=work, me=here.teacher, course_id=here.made.course_id
        )
    assert (total, rows[0].people, rows[0].polls, rows[0].session.ended_at) == (
        1,
        1,
        1,
        NINE + timedelta(minutes=40),
    )


async def test_strangers_know_of_no_live_lesson(world: World) -> None:
    here = await make_class(world)
    stranger = await (await world.add_person("stranger", Role.STUDENT)).principal()
    colleague = await (await world.add_person("colleague", Role.TEACHER)).principal()
    poll_id = await here.ask()
    for me in (stranger, colleague, here.teacher):
        with pytest.raises(NotFound):
            await here.attend(me)
        with pytest.raises(NotFound):
            await here.hand(True, me)
        with pytest.raises(NotFound):
            await here.vote(poll_id, 0, me)
    for me in (stranger, colleague, here.student):
        with pytest.raises(NotFound):
            await here.room(me=me)
        for act in (leading.end, leading.lower_hand):
            with pytest.raises(NotFound):
                async with unit_of_work(me) as work:
                    await act(work=work, me=me, session_id=here.session_id)  # type: ignore[operator]
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await leading.start(
                    work=work, me=me, lesson_id=here.lesson_id, section_id=here.made.section_id
                )
    async with unit_of_work(stranger) as work:
        assert not await following.live_now(work=work, me=stranger, lesson_id=here.lesson_id)


async def test_the_cost_does_not_grow_with_the_class(world: World) -> None:
    here = await make_class(world)
    poll_id = await here.ask()
    await here.view(ClassView.NAMES)
    await here.attend()

    async def costs() -> tuple[int, int]:
        with count_statements() as room:
            await here.room()
        with count_statements() as seat:
            await here.attend()
        return len(room), len(seat)

    before = await costs()
    for number in range(3):
        mate = await here.classmate(f"mate{number}")
        await here.attend(mate)
        await here.hand(True, mate)
        await here.vote(poll_id, 0, mate)
    assert await costs() == before
    assert before[0] <= 5
    assert before[1] <= 7
