"""Work of groups: one draft, one hand-in, a grade for each member; and the groups themselves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment import handed_in
from eduplatform.domain.assessment.attempts import CannotStart
from eduplatform.domain.assessment.repository import ResponseRepository
from eduplatform.domain.courses import groups
from eduplatform.domain.grading import group_grades, marks
from eduplatform.domain.grading.marks import Marks
from eduplatform.domain.grading.models import Grade, GradeEvent
from eduplatform.domain.messaging.models import Notification
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.security.permissions import Role
from tests.factories.assignments import DUE, Handout, make_assignment, make_groups
from tests.factories.courses import make_course
from tests.factories.statements import count_statements
from tests.factories.world import Person, World, make_world

pytestmark = pytest.mark.anyio


async def _class(world: World, size: int = 4) -> list[Person]:
    return [await world.add_person(f"pupil{number}", Role.STUDENT) for number in range(size)]


async def _handout(world: World, people: list[Person], **draft: object) -> Handout:
    taught = await make_course(world, students=people)
    set_id, _groups = await make_groups(world, taught, people[:2], people[2:3])
    return await make_assignment(world, taught=taught, group_set_id=set_id, **draft)


async def _grades(world: World, handout: Handout) -> dict[object, Grade]:
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        found = await work.session.exec(
            select(Grade).where(col(Grade.assessment_id) == handout.assessment_id)
        )
        return {one.user_id: one for one in found.all()}


async def _score(world: World, handout: Handout, attempt_id: object, points: int) -> None:
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        (asked,) = await ResponseRepository(work).asked([attempt_id])  # type: ignore[list-item]
        attempt = await work.session.get_one(marks.Attempt, attempt_id)
        await marks.save_marks(
            work=work,
            me=me,
            attempt_id=attempt.id,
            version=attempt.version,
            marks=[Marks(response_id=asked.response.id, points=Decimal(points))],
        )


async def test_members_share_one_draft_and_see_the_same_receipt(world: World) -> None:
    people = await _class(world)
    handout = await _handout(world, people)
    one, two = await people[0].principal(), await people[1].principal()
    first, second = await handout.start(one), await handout.start(two)
    assert first.id == second.id
    await handout.save(one, first, text="We begin.")
    mine = await handout.save(two, first, text="We begin. We go on.", base=1, writer="tab-2")
    assert mine.acknowledged
    late = await handout.save(one, first, text="Overwritten?", base=1)
    assert not late.acknowledged
    assert late.conflicts[0].answer["text"] == "We begin. We go on."
    await handout.submit(two, first)
    receipts = [(await handout.view(who)).newest for who in (one, two)]
    assert receipts[0] is not None
    assert receipts[1] is not None
    assert receipts[0].id == receipts[1].id
    assert receipts[0].submitted_by == two.user
    async with unit_of_work(one) as work:
        told = (await work.session.exec(select(Notification.recipient_id))).all()
    assert told == [one.user]


async def test_everybody_in_the_group_gets_the_grade_and_one_can_get_less(world: World) -> None:
    people = await _class(world)
    handout = await _handout(world, people)
    one = await people[0].principal()
    attempt = await handout.hand_in(one)
    await _score(world, handout, attempt.id, 8)
    grades = await _grades(world, handout)
    assert {key: row.points for key, row in grades.items()} == {
        people[0].user_id: Decimal(8),
        people[1].user_id: Decimal(8),
    }
    teacher = await world.teacher.principal()
    async with unit_of_work(teacher) as work:
        await group_grades.adjust(
            work=work,
            me=teacher,
            attempt_id=attempt.id,
            user_id=people[1].user_id,  # type: ignore[arg-type]
            points=Decimal("-2.5"),
            reason="Was not there when it was written.",
        )
    await _score(world, handout, attempt.id, 9)
    grades = await _grades(world, handout)
    assert {key: row.points for key, row in grades.items()} == {
        people[0].user_id: Decimal(9),
        people[1].user_id: Decimal("6.5"),
    }
    async with unit_of_work(teacher) as work:
        reasons = (
            await work.session.exec(
                select(GradeEvent.reason).where(
                    col(GradeEvent.grade_id) == grades[people[1].user_id].id, col(GradeEvent.reason) != ""
                )
            )
        ).all()
    assert "Was not there when it was written." in reasons


async def test_grading_a_group_costs_the_same_for_every_size(world: World) -> None:
    costs = []
    for size in (2, 6):
        people = await _class(world, size)
        taught = await make_course(world, students=people)
        set_id, _made = await make_groups(world, taught, people)
        handout = await make_assignment(world, taught=taught, group_set_id=set_id)
        attempt = await handout.start(await people[0].principal())
        await handout.save(await people[0].principal(), attempt, text="Ours")
        with count_statements() as seen:
            await handout.submit(await people[0].principal(), attempt)
        costs.append(len(seen))
        world = await make_world()
    assert costs[0] == costs[1]


async def test_reading_an_assignment_costs_the_same_for_every_class(world: World) -> None:
    costs = []
    for size in (3, 9):
        people = await _class(world, size)
        handout = await _handout(world, people)
        me, teacher = await people[0].principal(), await world.teacher.principal()
        await handout.hand_in(me)
        with count_statements() as student:
            await handout.view(me)
        with count_statements() as seen:
            async with unit_of_work(teacher) as work:
                await handed_in.read_progress(work=work, me=teacher, assessment_id=handout.assessment_id)
        costs.append((len(student), len(seen)))
        world = await make_world()
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 8


async def test_strangers_to_a_group_know_nothing_of_its_attempt(world: World) -> None:
    people = await _class(world)
    handout = await _handout(world, people)
    attempt = await handout.hand_in(await people[0].principal())
    for who in (people[2], people[3]):
        stranger = await who.principal()
        with pytest.raises(NotFound):
            await handout.save(stranger, attempt, text="Mine now")
        with pytest.raises(NotFound):
            await handout.submit(stranger, attempt)
        with pytest.raises(NotFound):
            await handout.withdraw(stranger, attempt)
    with pytest.raises(CannotStart):
        await handout.start(await people[3].principal())


async def test_a_group_keeps_what_it_has_handed_in(world: World) -> None:
    people = await _class(world)
    taught = await make_course(world, students=people)
    set_id, (first, second) = await make_groups(world, taught, people[:2], people[2:])
    handout = await make_assignment(world, taught=taught, group_set_id=set_id)
    teacher = await world.teacher.principal()
    one, two = await people[0].principal(), await people[1].principal()
    attempt = await handout.start(one)
    await handout.save(one, attempt, text="Begun by the one who leaves")

    async def place(person: Person, group_id: object) -> None:
        async with unit_of_work(teacher) as work:
            await groups.place(
                work=work,
                me=teacher,
                set_id=set_id,
                user_id=person.user_id,  # type: ignore[arg-type]
                group_id=group_id,  # type: ignore[arg-type]
            )

    await place(people[0], second)
    view = await handout.view(two)
    assert view.running is not None
    assert (view.running.id, view.running.user_id) == (attempt.id, two.user)
    with pytest.raises(NotFound):
        await handout.save(one, attempt, text="Still mine?", base=1)
    with pytest.raises(Conflict):
        await place(people[1], None)
    await handout.submit(two, attempt)
    with pytest.raises(Conflict):
        await place(people[1], second)
    await place(people[0], first)
    assert (await handout.view(one)).newest is not None
    async with unit_of_work(teacher) as work:
        with pytest.raises(Conflict):
            await groups.delete_group(work=work, me=teacher, group_id=first)
    async with unit_of_work(teacher) as work:
        with pytest.raises(Conflict):
            await groups.delete_set(work=work, me=teacher, set_id=set_id)


async def test_taking_back_the_work_of_a_group_takes_it_back_for_all(world: World) -> None:
    people = await _class(world)
    handout = await _handout(world, people)
    attempt = await handout.hand_in(await people[0].principal())
    await handout.withdraw(await people[1].principal(), attempt)
    grades = await _grades(world, handout)
    assert {row.status for row in grades.values()} == {"none"}
    assert (await handout.view(await people[0].principal(), now=DUE - timedelta(hours=1))).running is not None


async def test_dividing_at_random_places_everybody_in_even_groups(world: World) -> None:
    people = await _class(world, 8)
    taught = await make_course(world, students=people)
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        made = await groups.create_set(work=work, me=me, course_id=taught.course_id, name="Lab")
        await groups.split(work=work, me=me, set_id=made.id, size=3, prefix="Lab")
        view = await groups.view_set(work=work, me=me, set_id=made.id)
    assert sorted(len(one.members) for one in view.groups) == [2, 3, 3]
    assert view.unplaced_total == 0
    async with unit_of_work(me) as work:
        with pytest.raises(Invalid):
            await groups.split(work=work, me=me, set_id=made.id, size=3, prefix="Lab")


async def test_a_pasted_list_places_all_or_nothing(world: World) -> None:
    people = await _class(world, 3)
    taught = await make_course(world, students=people)
    me = await world.teacher.principal()
    good = f"email,group\n{people[0].email},Red\n{people[1].email.upper()},Red\nPupil2 Test,Blue"
    bad = f"{people[0].email},Red\nnobody@nowhere.test,Red\n{people[0].email},Blue\nalone"
    async with unit_of_work(me) as work:
        made = await groups.create_set(work=work, me=me, course_id=taught.course_id, name="Colours")
        rows = await groups.place_pasted(work=work, me=me, set_id=made.id, text=bad)
        assert (await groups.view_set(work=work, me=me, set_id=made.id)).total == 0
    assert [bool(one.problem) for one in rows] == [False, True, True, True]
    async with unit_of_work(me) as work:
        assert len(await groups.place_pasted(work=work, me=me, set_id=made.id, text=good)) == 3
        view = await groups.view_set(work=work, me=me, set_id=made.id)
    assert {one.group.name: len(one.members) for one in view.groups} == {"Red": 2, "Blue": 1}


async def test_groups_are_the_business_of_the_courses_teachers(world: World) -> None:
    people = await _class(world, 2)
    taught = await make_course(world, students=people)
    set_id, (group_id,) = await make_groups(world, taught, people)
    outsider = await (await world.add_person("outsider", Role.TEACHER)).principal()
    student = await people[0].principal()
    foreign = await (await make_world()).teacher.principal()
    for who in (outsider, student, foreign):
        async with unit_of_work(who) as work:
            with pytest.raises(NotFound):
                await groups.view_set(work=work, me=who, set_id=set_id)
        async with unit_of_work(who) as work:
            with pytest.raises(NotFound):
                await groups.delete_group(work=work, me=who, group_id=group_id)
    teacher = await world.teacher.principal()
    stranger = await world.add_person("stranger", Role.STUDENT)
    async with unit_of_work(teacher) as work:
        with pytest.raises(NotFound):
            await groups.place(
                work=work,
                me=teacher,
                set_id=set_id,
                user_id=stranger.user_id,  # type: ignore[arg-type]
                group_id=group_id,
            )
