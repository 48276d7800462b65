"""Bringing people into a class from a file, moving them, and bringing them back."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlmodel import col, select

from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.accounts import service as accounts
from eduplatform.domain.accounts.invitations import read_lines
from eduplatform.domain.accounts.models import GuardianLink, User
from eduplatform.domain.courses import enrolment, roster_import, roster_plan, service, waiting
from eduplatform.domain.courses.models import Enrollment, WaitingEnrollment
from eduplatform.domain.courses.roster_file import read_roster
from eduplatform.domain.courses.roster_plan import Plan
from eduplatform.domain.messaging.models import Notification
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import PlatformActor
from eduplatform.state.roster import RosterState
from eduplatform.state.roster_import import RosterImportState
from tests.factories import files
from tests.factories.administration import mails_to
from tests.factories.assessment import NOW
from tests.factories.courses import Taught, enrol, make_course
from tests.factories.grading import make_desk
from tests.factories.statements import count_statements
from tests.factories.world import PASSWORD, Person, World
from tests.harness import Tab

pytestmark = pytest.mark.anyio


@dataclass
class Class:
    """A course with two classes."""

    world: World
    made: Taught
    second: UUID

    async def plan(self, person: Person, text: str | bytes, name: str = "people.csv") -> tuple[Plan, UUID]:
        content = text.encode() if isinstance(text, str) else text
        file_id = await files.put(person, content, name)
        me = await person.principal()
        async with unit_of_work(me) as work:
            found = await roster_plan.plan(work=work, me=me, section_id=self.made.section_id, file_id=file_id)
        return found, file_id

    async def bring(self, person: Person, text: str) -> Plan:
        found, file_id = await self.plan(person, text)
        me = await person.principal()
        async with unit_of_work(me) as work:
            return await roster_import.apply(
                work=work,
                me=me,
                section_id=self.made.section_id,
                file_id=file_id,
                fingerprint=found.fingerprint,
            )

    async def enrollments(self) -> dict[str, tuple[str, str, str]]:
        """Section, role and status by address."""
        async with unit_of_work(PlatformActor(self.world.tenant_id)) as work:
            rows = await work.session.exec(
                select(User, Enrollment).join(Enrollment, col(Enrollment.user_id) == col(User.id))
            )
            names = {self.made.section_id: "9A", self.second: "9B"}
            return {user.email: (names[one.section_id], one.role, one.status) for user, one in rows.all()}

    async def rows(self, model: Any) -> list[Any]:
        async with unit_of_work(PlatformActor(self.world.tenant_id)) as work:
            return list((await work.session.exec(select(model))).all())


@pytest.fixture
async def school(world: World) -> Class:
    made = await make_course(world, students=[])
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        second = await service.create_section(work=work, me=me, course_id=made.course_id, name="9B")
    return Class(world, made, second.id)


async def accept(email: str) -> None:
    token = (await mails_to(email))[-1].text.split("/invitation/")[1].split()[0]
    await accounts.accept_invitation(token=token, given_name="New", family_name="Person", password=PASSWORD)


def outcomes(plan: Plan) -> dict[str, str]:
    return {one.email: one.outcome for one in plan.rows}


async def test_three_bad_rows_of_five_hundred_change_nothing_and_are_named(school: Class) -> None:
    lines = ["email;first name;last name;role"] + [f"p{n}@new.example;Pat;No {n};student" for n in range(500)]
    lines[12] = "not an address;Ana;Ruiz;student"
    lines[250] = "p3@new.example;Twice;Here;student"
    lines[500] = "p499@new.example;Odd;Role;wizard"
    found, file_id = await school.plan(school.world.teacher, "\n".join(lines))
    bad = [one for one in found.rows if one.outcome == "bad"]
    assert [(one.number, [problem.column for problem in one.problems]) for one in bad] == [
        (13, ["email"]),
        (251, ["email"]),
        (501, ["role"]),
    ]
    assert bad[1].problems[0].message == ("This address is in row {row} already.", {"row": 5})
    assert found.counts == {"bad": 3, "invite": 497}
    assert await school.rows(WaitingEnrollment) == []
    async with Tab(
        await school.world.teacher.sign_in(),
        path=f"/teach/courses/{school.made.course_id}/people/import?section={school.made.section_id}",
        route="/teach/courses/[course_id]/people/import",
    ) as tab:
        await tab.fire(RosterImportState.load)
        await tab.fire(RosterImportState.choose_section(str(school.made.section_id)))
        await tab.fire(RosterImportState.uploaded([str(file_id)]))
        state = await tab.state(RosterImportState)
        assert (state.step, state.bad, state.usable, len(state.rows), state.pages) == (1, 3, 497, 25, 20)
        await tab.fire(RosterImportState.show("bad"))
        state = await tab.state(RosterImportState)
        assert [(one["number"], one["problems"]) for one in state.rows] == [
            (13, ["Email: Please enter an e-mail address."]),
            (251, ["Email: This address is in row 5 already."]),
            (501, ["Role: “wizard” is not a role. Use one of: student, teacher, guardian, admin."]),
        ]
        assert await school.rows(WaitingEnrollment) == []
        await tab.fire(RosterImportState.confirm())
        state = await tab.state(RosterImportState)
        assert state.step == 2
        assert "497" in state.summary
        assert "3 rows were left out" in state.summary
    assert len(await school.rows(WaitingEnrollment)) == 497


async def test_members_join_and_strangers_are_invited_and_join_when_they_accept(school: Class) -> None:
    world = school.world
    await world.add_person("ben", Role.STUDENT)
    email = f"new@{world.slug}.test"
    text = f"E-Mail,First Name\n{world.student.email.upper()},Sam\n{world.ben.email},Ben\n{email},Nia\n"
    done = await school.bring(world.teacher, text)
    assert outcomes(done) == {world.student.email: "add", world.ben.email: "add", email: "invite"}
    assert (await school.enrollments())[world.ben.email] == ("9A", "student", "active")
    told = {
        one.recipient_id: one.params["section"]
        for one in await school.rows(Notification)
        if one.kind == "roster"
    }
    assert told == {world.student.user_id: "9A", world.ben.user_id: "9A"}
    again, _ = await school.plan(world.teacher, text)
    assert set(outcomes(again).values()) == {"same"}
    await accept(email)
    assert (await school.enrollments())[email] == ("9A", "student", "active")
    assert await school.rows(WaitingEnrollment) == []
    with pytest.raises(Invalid):
        await school.bring(world.teacher, text)


async def test_a_former_student_comes_back_and_one_of_another_class_must_be_moved(school: Class) -> None:
    world = school.world
    await world.add_person("ben", Role.STUDENT)
    await enrol(world, school.made, world.student)
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        await enrolment.enrol_people(work=work, section_id=school.second, user_ids=[world.ben.user_id])
        _, rows, _ = await enrolment.roster(
            work=work, me=me, course_id=school.made.course_id, search=world.student.email
        )
        await enrolment.remove(work=work, me=me, enrollment_id=rows[0].enrollment_id)
    text = f"email\n{world.student.email}\n{world.ben.email}\n{world.guardian.email}"
    found = await school.bring(world.teacher, text)
    assert outcomes(found) == {
        world.student.email: "return",
        world.ben.email: "bad",
        world.guardian.email: "bad",
    }
    assert "9B" in str(found.rows[1].problems[0].message)
    assert (await school.enrollments())[world.student.email] == ("9A", "student", "active")
    assert (await school.enrollments())[world.ben.email] == ("9B", "student", "active")


@pytest.mark.parametrize(("who", "status"), [("admin", "verified"), ("teacher", "pending")])
async def test_guardians_are_linked_when_both_are_there(school: Class, who: str, status: str) -> None:
    """What a teacher says about families an administrator verifies; until then it opens nothing."""
    world = school.world
    child, parent = f"child@{world.slug}.test", f"parent@{world.slug}.test"
    text = f"email,guardian\n{world.student.email},{world.guardian.email}\n{child},{parent}\n{world.teacher.email},x"
    done = await school.bring(world.people[who], text)
    assert outcomes(done) == {world.student.email: "add", child: "invite", world.teacher.email: "bad"}
    links = await school.rows(GuardianLink)
    assert [(one.student_id, one.guardian_id, one.status) for one in links] == [
        (world.student.user_id, world.guardian.user_id, status)
    ]
    await accept(parent)
    assert len(await school.rows(GuardianLink)) == 1
    await accept(child)
    links = await school.rows(GuardianLink)
    assert [one.status for one in links] == [status, status]
    again, _ = await school.plan(world.people[who], text)
    assert outcomes(again)[child] == outcomes(again)[world.student.email] == "same"


async def test_only_administrators_invite_teachers_and_only_their_own_people_import(
    school: Class, new_world
) -> None:
    world, other = school.world, await new_world()
    text = "email,role\nnew.teacher@school.example,teacher\n"
    assert outcomes((await school.plan(world.teacher, text))[0]) == {"new.teacher@school.example": "bad"}
    assert outcomes((await school.plan(world.admin, text))[0]) == {"new.teacher@school.example": "invite"}
    await world.add_person("colleague", Role.TEACHER)
    file_id = await files.put(world.teacher, text.encode(), "a.csv")
    for person in (world.colleague, other.admin, other.teacher):
        own = await files.put(person, text.encode(), "a.csv")
        me = await person.principal()
        for one in (own, file_id):
            with pytest.raises(NotFound):
                async with unit_of_work(me) as work:
                    await roster_plan.plan(work=work, me=me, section_id=school.made.section_id, file_id=one)
    # An administrator may import into every class, yet not read the file that a teacher uploaded.
    me = await world.admin.principal()
    with pytest.raises(NotFound):
        async with unit_of_work(me) as work:
            await roster_plan.plan(work=work, me=me, section_id=school.made.section_id, file_id=file_id)


async def test_what_was_not_seen_is_not_done(school: Class) -> None:
    world = school.world
    found, file_id = await school.plan(world.teacher, f"email\n{world.student.email}")
    await enrol(world, school.made, world.student)
    me = await world.teacher.principal()
    with pytest.raises(Conflict):
        async with unit_of_work(me) as work:
            await roster_import.apply(
                work=work,
                me=me,
                section_id=school.made.section_id,
                file_id=file_id,
                fingerprint=found.fingerprint,
            )


async def test_the_cost_does_not_grow_with_the_rows(school: Class) -> None:
    costs: list[int] = []
    for many in (3, 300):
        members = [await school.world.add_person(f"m{many}-{n}", Role.STUDENT) for n in range(3)]
        lines = ["email,guardian"] + [f"s{many}-{n}@new.example,g{many}-{n}@new.example" for n in range(many)]
        lines += [f"{one.email}," for one in members]
        with count_statements() as seen:
            await school.bring(school.world.admin, "\n".join(lines))
        costs.append(len([one for one in seen if "INSERT" not in one]))
    assert costs[0] == costs[1]


async def test_a_spreadsheet_and_a_reader_of_spanish(school: Class) -> None:
    me = await school.world.teacher.principal()
    book = Workbook()
    book.active.append(["Email", "First name", None, "Role"])
    book.active.append([school.world.student.email, "Sam", "ignored", "Student"])
    target = io.BytesIO()
    book.save(target)
    found, _ = await school.plan(school.world.teacher, target.getvalue(), "people.xlsx")
    assert outcomes(found) == {school.world.student.email: "add"}
    assert found.rows[0].number == 2
    assert me.locale == "en"
    with pytest.raises(Invalid):
        await school.plan(school.world.teacher, files.PDF, "people.pdf")


def test_role_words_of_the_readers_language_are_understood() -> None:
    people, problems = read_lines(
        "a@b.test,Ana,Ruiz,docente\nc@d.test,Leo,Paz,alumna+student\ne@f.test,X,Y,mago", roles=[], locale="es"
    )
    assert [person.roles for _, person in people] == [(Role.TEACHER,), (Role.STUDENT,)]
    assert problems[0].message[1]["words"].split(", ")[0] == "estudiante"


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read_or_refused(content: bytes, spreadsheet: bool) -> None:
    try:
        lines = read_roster(content, spreadsheet=spreadsheet, locale="en")
    except Invalid:
        return
    assert lines
    assert len({one.number for one in lines}) == len(lines)


@given(
    st.lists(st.text(alphabet="abcä '-", min_size=1, max_size=12), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
)
def test_names_arrive_however_the_file_was_written(names: list[str], delimiter: str, encoding: str) -> None:
    rows = [delimiter.join(["Last_Name", "E-Mail"])]
    rows += [delimiter.join([f'"{name}"', f"p{n}@x.test"]) for n, name in enumerate(names)]
    lines = read_roster("\r\n".join(rows).encode(encoding), spreadsheet=False, locale="en")
    assert [one.values["family_name"] for one in lines] == [" ".join(name.split()) for name in names]
    assert [one.number for one in lines] == list(range(2, len(names) + 2))


@asynccontextmanager
async def people_page(school: Class) -> AsyncIterator[Tab]:
    async with Tab(
        await school.world.teacher.sign_in(),
        path=f"/teach/courses/{school.made.course_id}/people",
        route="/teach/courses/[course_id]/people",
    ) as tab:
        await tab.fire(RosterState.load)
        yield tab


async def test_a_student_is_moved_taken_off_and_brought_back(school: Class) -> None:
    world = school.world
    await enrol(world, school.made, world.student)
    async with people_page(school) as tab:

        async def row() -> Any:
            return next(one for one in (await tab.state(RosterState)).rows if not one["teacher"])

        await tab.fire(RosterState.ask_move((await row())["id"]))
        assert [one["value"] for one in (await tab.state(RosterState)).targets] == [str(school.second)]
        await tab.fire(RosterState.move({"section": str(school.second), "reason": "because"}))
        assert "reason" in (await tab.state(RosterState)).errors
        await tab.fire(RosterState.move({"section": str(school.second), "reason": "timetable"}))
        assert (await row())["section"] == "9B"
        await tab.fire(RosterState.ask_move((await row())["id"]))
        await tab.fire(RosterState.move({"section": str(school.made.section_id), "reason": "mistake"}))
        assert (await row())["section"] == "9A"
        await tab.fire(RosterState.ask_remove((await row())["id"]))
        await tab.fire(RosterState.remove())
        await tab.fire(RosterState.show_removed(True))
        await tab.fire(RosterState.restore((await row())["id"]))
        assert (await tab.state(RosterState)).rows == []
        await tab.fire(RosterState.show_removed(False))
        assert (await row())["section"] == "9A"
    assert (await school.enrollments())[world.student.email] == ("9A", "student", "active")


async def test_moving_stays_within_the_course_and_its_teachers(school: Class, new_world) -> None:
    world, other = school.world, await new_world()
    await enrol(world, school.made, world.student)
    elsewhere = await make_course(world, students=[], title="Physics")
    theirs = await make_course(other, students=[])
    await world.add_person("colleague", Role.TEACHER)
    me = await world.teacher.principal()
    async with unit_of_work(me) as work:
        _, rows, _ = await enrolment.roster(
            work=work, me=me, course_id=school.made.course_id, search=world.student.email
        )
    for person, target, error in (
        (world.teacher, elsewhere.section_id, Invalid),
        (world.teacher, school.made.section_id, Invalid),
        (world.teacher, theirs.section_id, NotFound),
        (world.colleague, school.second, NotFound),
        (other.teacher, school.second, NotFound),
    ):
        me = await person.principal()
        with pytest.raises(error):
            async with unit_of_work(me) as work:
                await enrolment.transfer(
                    work=work, me=me, enrollment_id=rows[0].enrollment_id, section_id=target, reason="other"
                )


async def test_a_waiting_place_can_be_withdrawn_by_the_teacher_only(school: Class) -> None:
    world = school.world
    email = f"late@{world.slug}.test"
    await school.bring(world.teacher, f"email\n{email}")
    place = (await school.rows(WaitingEnrollment))[0]
    await world.add_person("colleague", Role.TEACHER)
    me = await world.colleague.principal()
    with pytest.raises(NotFound):
        async with unit_of_work(me) as work:
            await waiting.withdraw(work=work, me=me, waiting_id=place.id)
    async with people_page(school) as tab:
        assert [one["email"] for one in (await tab.state(RosterState)).waiting] == [email]
        await tab.fire(RosterState.withdraw(str(place.id)))
        assert (await tab.state(RosterState)).waiting == []
    await accept(email)
    assert email not in await school.enrollments()


async def test_attempts_and_grades_come_along_when_a_student_is_moved(world: World) -> None:
    desk = await make_desk(world, "true_false", rubric=False)
    attempt = await desk.hand_in(desk.quiz.student, {"true_false": {"answer": True}})
    before = await desk.grade(desk.quiz.student)
    async with unit_of_work(desk.teacher) as work:
        course_id = desk.quiz.course_id
        second = await service.create_section(
            work=work, me=desk.teacher, course_id=course_id, name="Moved to"
        )
        _, rows, _ = await enrolment.roster(
            work=work, me=desk.teacher, course_id=course_id, search=desk.quiz.student.email
        )
        await enrolment.transfer(
            work=work,
            me=desk.teacher,
            enrollment_id=rows[0].enrollment_id,
            section_id=second.id,
            reason="level",
        )
    after = await desk.grade(desk.quiz.student)
    assert before is not None
    assert after is not None
    assert (after.id, after.points, after.status) == (before.id, before.points, before.status)
    again = await desk.hand_in(desk.quiz.student, now=NOW + timedelta(minutes=5))
    assert (again.number, (await desk.reload(attempt.id)).number) == (2, 1)
