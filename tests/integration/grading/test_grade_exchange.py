"""Grades in files: an export reads back as no change, and an import shows everything before it does anything."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from eduplatform.api import gradebook, problems
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.assessment.messages import Message
from eduplatform.domain.grading import categories, entry, exchange, imports, sheets
from eduplatform.domain.grading.categories import ManualDraft
from eduplatform.domain.grading.course_models import GradeImport
from eduplatform.domain.grading.entered import parse_entry
from eduplatform.domain.grading.entry import CellEntry, EntryOutcome
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from tests.factories.assessment import NOW
from tests.factories.grading import Desk, make_desk
from tests.factories.statements import count_statements
from tests.factories.world import Person, World

pytestmark = pytest.mark.anyio


async def _book(world: World) -> tuple[Desk, UUID, dict[str, Principal]]:
    """A quiz, a column by hand whose title begins like a formula, and three students with every kind of grade."""
    desk = await make_desk(world, "true_false")
    people = {"student": desk.quiz.student}
    for name in ("anna", "bert"):
        people[name] = await desk.add_student(name)
    await desk.hand_in(people["anna"], {"true_false": {"answer": True}}, now=NOW)
    async with unit_of_work(desk.teacher) as work:
        column = await categories.save_manual(
            work=work,
            me=desk.teacher,
            course_id=desk.quiz.course_id,
            draft=ManualDraft(title="=cmd|' /C calc'!A0", points=Decimal(20)),
        )
    for name, text in (("anna", "12.5"), ("bert", "EX"), ("student", "MI")):
        await _enter(desk, people[name], column.id, text)
    return desk, column.id, people


async def _enter(desk: Desk, student: Principal, column: UUID, text: str, version: int = 0) -> None:
    async with unit_of_work(desk.teacher) as work:
        found = await entry.enter_one(
            work=work,
            me=desk.teacher,
            entry=CellEntry(
                user_id=student.user, assessment_id=column, value=parse_entry(text), version=version
            ),
        )
        assert found.outcome is EntryOutcome.SAVED


async def _rows(desk: Desk) -> list[list[str | Decimal]]:
    async with unit_of_work(desk.teacher) as work:
        rules, rows = await exchange.read_book(work=work, me=desk.teacher, course_id=desk.quiz.course_id)
    return list(exchange.book_rows(rules, rows))


async def _compare(desk: Desk, table: sheets.Table) -> GradeImport:
    async with unit_of_work(desk.teacher) as work:
        return await exchange.compare(
            work=work, me=desk.teacher, course_id=desk.quiz.course_id, name="grades.csv", table=table
        )


def _problems(row: GradeImport) -> list[str]:
    return [Message.from_json(one).render("en") for one in row.problems]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_an_export_reads_back_as_no_change(world: World, ending: str) -> None:
    desk, _column, _people = await _book(world)
    rows = await _rows(desk)
    content = b"".join(sheets.write_csv(rows)) if ending == "csv" else sheets.write_xlsx(rows, title="x")
    found = await _compare(desk, sheets.read_table(content))
    assert (found.rows, found.changes, found.problems) == (3, [], [])
    assert found.same == 4


async def test_every_difference_is_shown_and_nothing_changes_before_the_yes(world: World) -> None:
    desk, _column, people = await _book(world)
    table = sheets.read_table(b"".join(sheets.write_csv(await _rows(desk))))
    by_name = {row[1].split()[0]: row for row in table[1:]}
    by_name["Anna"][4] = "99 bananas"
    by_name["Bert"][4] = "80%"
    by_name["Student"][3] = "0.5"
    table[0].append("Homework nobody gave")
    table.append(["", "Somebody Else", "", "1", "1"])
    table.append(by_name["Anna"][:])
    with count_statements() as seen:
        found = await _compare(desk, table)
    assert len(seen) <= 8
    async with unit_of_work(desk.teacher) as work:
        shown = await imports.preview(work=work, me=desk.teacher, import_id=found.id)
    assert {(one.student.split()[0], one.before, one.after) for one in shown.changes} == {
        ("Bert", "EX", "16"),
        ("Student", "", "0.5"),
    }
    assert _problems(found) == [
        "Column H: there is no “Homework nobody gave” in this course",
        "Row 5: no student “Somebody Else” in this course",
        "Row 6: this student is there twice",
        "Row 2, column E: “99 bananas” is no grade",
    ]
    assert (await desk.grade(people["student"])) is None, "nothing changed yet"
    async with unit_of_work(desk.teacher) as work:
        with count_statements() as seen:
            done = await imports.apply(work=work, me=desk.teacher, import_id=found.id)
    assert (done.changed, done.conflicts) == (2, [])
    values = {str(row[1]).split()[0]: row[4] for row in await _rows(desk)}
    assert values == {"Student": "MI", "Anna": Decimal("12.5"), "Bert": 16}
    grade = await desk.grade(people["student"])
    assert grade is not None
    assert grade.points == Decimal("0.5")
    events = await desk.events(people["student"])
    assert [(one.kind, one.reason) for one in events] == [("entered", "grades.csv")]
    with pytest.raises(Conflict):
        async with unit_of_work(desk.teacher) as work:
            await imports.apply(work=work, me=desk.teacher, import_id=found.id)


async def test_what_changed_meanwhile_is_left_alone_and_named(world: World) -> None:
    desk, column, people = await _book(world)
    table = sheets.read_table(b"".join(sheets.write_csv(await _rows(desk))))
    for row in table[1:]:
        row[4] = "1"
    found = await _compare(desk, table)
    await _enter(desk, people["anna"], column, "19", version=2)
    async with unit_of_work(desk.teacher) as work:
        done = await imports.apply(work=work, me=desk.teacher, import_id=found.id)
    assert (done.changed, done.conflicts) == (2, [(people["anna"].user, column)])
    values = {str(row[1]).split()[0]: row[4] for row in await _rows(desk)}
    assert values == {"Student": 1, "Anna": 19, "Bert": 1}


async def test_three_bad_rows_of_five_hundred_change_nothing(world: World) -> None:
    desk, _column, people = await _book(world)
    head = (await _rows(desk))[0]
    good = [[str(people["bert"].user), "", "", "1"]]
    bad = [[f"nobody-{number}", f"Nobody {number}", "", "1"] for number in range(3)]
    table = [[str(one) for one in head[:4]], *good, *bad, *([["", "", "", ""]] * 496)]
    found = await _compare(desk, table)
    assert [text.split(":")[0] for text in _problems(found)] == ["Row 3", "Row 4", "Row 5"]
    assert len(found.changes) == 1
    assert await desk.grade(people["bert"]) is None


async def test_a_file_without_students_or_columns_is_refused(world: World) -> None:
    desk, _column, _people = await _book(world)
    for table in ([["Name of pet", "Quick"], ["Rex", "1"]], [["Student", "Nothing known"], ["A", "1"]], [[]]):
        with pytest.raises(Invalid):
            await _compare(desk, table)


async def test_nobody_else_sees_or_applies_an_import(world: World) -> None:
    desk, _column, _people = await _book(world)
    table = sheets.read_table(b"".join(sheets.write_csv(await _rows(desk))))
    found = await _compare(desk, table)
    colleague = await desk.add_teacher("colleague")
    stranger = await (await world.add_person("stranger", Role.TEACHER)).principal()
    for me in (colleague, stranger):
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await imports.preview(work=work, me=me, import_id=found.id)
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await imports.apply(work=work, me=me, import_id=found.id)
    with pytest.raises(NotFound):
        async with unit_of_work(stranger) as work:
            await exchange.compare(
                work=work, me=stranger, course_id=desk.quiz.course_id, name="x", table=table
            )


async def _get(person: Person | None, path: str) -> httpx.Response:
    cookie = await person.sign_in() if person is not None else ""
    api = FastAPI()
    problems.install(api)
    api.include_router(gradebook.router)
    transport = httpx.ASGITransport(app=api, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get(path, headers={"cookie": cookie} if cookie else {})


async def test_only_teachers_of_the_course_export_it(world: World) -> None:
    desk, _column, _people = await _book(world)
    stranger = await world.add_person("stranger", Role.TEACHER)
    base = f"/api/courses/{desk.quiz.course_id}/gradebook"
    for person, status in ((None, 401), (world.student, 403), (stranger, 404), (world.teacher, 200)):
        for ending in ("csv", "xlsx"):
            answer = await _get(person, f"{base}/grades.{ending}")
            assert answer.status_code == status
    answer = await _get(world.teacher, f"{base}/grades.csv")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "'=cmd|" in answer.text
    assert (await _get(world.teacher, "/api/courses/nonsense/gradebook/grades.csv")).status_code == 404
