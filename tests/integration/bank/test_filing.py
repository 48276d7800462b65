"""Banks of courses and one's own: whose they are, where questions are kept, how they are found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest

from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.assessment import bank, bank_filing, bank_history, service
from eduplatform.domain.assessment.bank_repository import QuestionFilter, QuestionObjectiveRepository
from eduplatform.domain.courses import objectives
from eduplatform.domain.courses.models import Enrollment, EnrollmentRole, Section
from eduplatform.errors import Conflict, EduError, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from tests.factories.assessment import Quiz, drafts, make_course, make_quiz
from tests.factories.statements import count_statements
from tests.factories.world import World

pytestmark = pytest.mark.anyio


async def _colleague(world: World, quiz: Quiz) -> Principal:
    """Somebody who teaches another section of the quiz's course."""
    other = await (await world.add_person("colleague", Role.TEACHER)).principal()
    async with unit_of_work(quiz.teacher) as work:
        section = await work.add(Section(course_id=quiz.course_id, name="9B", join_code=uuid4().hex[:8]))
        await work.add(Enrollment(section_id=section.id, user_id=other.user, role=EnrollmentRole.TEACHER))
    return other


async def _own_question(me: Principal, kind: str = "true_false") -> tuple[UUID, UUID]:
    """A question in a bank of one's own: the bank's and the question's id."""
    async with unit_of_work(me) as work:
        shelf = await bank_filing.read_shelf(work=work, me=me, course_id=None)
        bank_id = shelf.banks[0].bank.id
        made = await bank.create_question(work=work, me=me, bank_id=bank_id, draft=drafts()[kind])
    return bank_id, made.id


async def _course_bank(quiz: Quiz) -> UUID:
    async with unit_of_work(quiz.teacher) as work:
        return (await bank.ensure_bank(work=work, me=quiz.teacher, course_id=quiz.course_id)).id


async def _found(me: Principal, **wanted: object) -> list[UUID]:
    async with unit_of_work(me) as work:
        rows, total = await bank_filing.find_questions(
            work=work,
            me=me,
            wanted=QuestionFilter(**wanted),  # type: ignore[arg-type]
        )
    assert total == len(rows)
    return [row.question.id for row in rows]


async def test_teachers_of_a_course_share_its_banks(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    colleague = await _colleague(world, quiz)
    assert await _found(colleague, course_id=quiz.course_id) == [quiz.questions["essay"]]
    async with unit_of_work(colleague) as work:
        await bank.save_question(
            work=work,
            me=colleague,
            question_id=quiz.questions["essay"],
            draft=drafts()["essay"],
            version=1,
        )


async def test_a_bank_of_ones_own_exists_for_nobody_else(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    colleague = await _colleague(world, quiz)
    bank_id, question_id = await _own_question(quiz.teacher)
    assert await _found(quiz.teacher, bank_id=bank_id) == [question_id]
    assert await _found(colleague, course_id=quiz.course_id, bank_id=bank_id) == []

    calls: dict[str, Callable[[Work], Awaitable[object]]] = {
        "read": lambda work: bank.edited_question(work=work, me=colleague, question_id=question_id),
        "try": lambda work: bank.stored_preview(work=work, me=colleague, question_id=question_id),
        "past": lambda work: bank_history.read_history(work=work, me=colleague, question_id=question_id),
        "move": lambda work: bank_filing.move_questions(
            work=work, me=colleague, question_ids=[question_id], bank_id=bank_id
        ),
        "copy": lambda work: bank_filing.copy_questions(
            work=work, me=colleague, question_ids=[question_id], bank_id=bank_id
        ),
        "tag": lambda work: bank_filing.tag_questions(
            work=work, me=colleague, question_ids=[question_id], add=["mine"]
        ),
        "rename": lambda work: bank_filing.rename_bank(work=work, me=colleague, bank_id=bank_id, name="x"),
        "folder": lambda work: bank_filing.create_folder(work=work, me=colleague, bank_id=bank_id, name="x"),
        "write": lambda work: bank.create_question(
            work=work, me=colleague, bank_id=bank_id, draft=drafts()["essay"]
        ),
        "ask": lambda work: service.add_questions(
            work=work, me=colleague, assessment_id=quiz.assessment_id, question_ids=[question_id]
        ),
    }
    async with unit_of_work(quiz.teacher) as work:
        await service.unpublish(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id)
    for name, call in calls.items():
        with pytest.raises(EduError) as refused:
            async with unit_of_work(colleague) as work:
                await call(work)
        assert isinstance(refused.value, NotFound), name


async def test_ones_own_questions_are_asked_in_any_course_that_one_teaches(world: World) -> None:
    for _ in range(2):
        quiz = await make_quiz(world, "essay", published=False)
        _bank, question_id = await _own_question(quiz.teacher)
        async with unit_of_work(quiz.teacher) as work:
            _course, rows, _total = await bank.list_questions(
                work=work, me=quiz.teacher, course_id=quiz.course_id, excluded=quiz.assessment_id
            )
            assert question_id in [row.question.id for row in rows]
            await service.add_questions(
                work=work, me=quiz.teacher, assessment_id=quiz.assessment_id, question_ids=[question_id]
            )


async def test_students_and_other_organisations_know_of_no_bank(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    quiz = await make_quiz(world, "essay")
    bank_id = await _course_bank(quiz)
    stranger = await (await new_world()).teacher.principal()
    for me in (quiz.student, stranger):
        for course_id in (quiz.course_id, None):
            with pytest.raises(NotFound):
                async with unit_of_work(me) as work:
                    shelf = await bank_filing.read_shelf(work=work, me=me, course_id=course_id)
                    if shelf.banks[0].bank.owner_id == me.user:
                        raise NotFound
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await bank_filing.move_questions(
                    work=work, me=me, question_ids=[quiz.questions["essay"]], bank_id=bank_id
                )


async def test_words_type_tag_folder_objective_and_use_narrow_the_list(world: World) -> None:
    quiz = await make_quiz(world, "single_choice", "numeric", "essay")
    me, ids = quiz.teacher, quiz.questions
    bank_id = await _course_bank(quiz)
    async with unit_of_work(me) as work:
        folder = await bank_filing.create_folder(work=work, me=me, bank_id=bank_id, name="Cells")
        aim = await objectives.add_objective(
            work=work, me=me, course_id=quiz.course_id, code="1.1", statement="Names the parts."
        )
        unused = await bank.create_question(
            work=work, me=me, bank_id=bank_id, folder_id=folder.id, draft=drafts()["true_false"]
        )
    async with unit_of_work(me) as work:
        await bank_filing.tag_questions(
            work=work, me=me, question_ids=[ids["essay"], ids["numeric"]], add=["#Exam ", "exam", "long"]
        )
        await bank_filing.set_objectives(
            work=work, me=me, question_ids=[ids["essay"]], objective_ids=[aim.id]
        )
    course = quiz.course_id
    assert await _found(me, course_id=course, search="RELEASED where") == [ids["single_choice"]]
    assert await _found(me, course_id=course, search="ribosome") == [ids["single_choice"]]
    assert await _found(me, course_id=course, search="keysecret") == []
    assert await _found(me, course_id=course, search="100%") == []
    assert await _found(me, course_id=course, type="numeric") == [ids["numeric"]]
    assert set(await _found(me, course_id=course, tag="exam")) == {ids["essay"], ids["numeric"]}
    assert await _found(me, course_id=course, folder_id=folder.id) == [unused.id]
    assert await _found(me, course_id=course, objective_id=aim.id) == [ids["essay"]]
    assert await _found(me, course_id=course, unused=True) == [unused.id]
    assert await _found(me, course_id=course, tag="exam", type="essay", search="explain") == [ids["essay"]]


async def test_the_shelf_and_the_list_cost_the_same_however_much_is_there(world: World) -> None:
    quiz = await make_quiz(world)
    bank_id, me = await _course_bank(quiz), quiz.teacher

    async def cost() -> int:
        with count_statements() as seen:
            async with unit_of_work(me) as work:
                await bank_filing.read_shelf(work=work, me=me, course_id=quiz.course_id)
                await bank_filing.find_questions(
                    work=work, me=me, wanted=QuestionFilter(course_id=quiz.course_id)
                )
        return len(seen)

    before = await cost()
    async with unit_of_work(me) as work:
        for number in range(5):
            await bank_filing.create_folder(work=work, me=me, bank_id=bank_id, name=f"Folder {number}")
        await bank_filing.copy_questions(
            work=work, me=me, question_ids=list(quiz.questions.values()), bank_id=bank_id
        )
    assert (await cost()) == before <= 8


async def test_filing_many_questions_costs_as_much_as_filing_two(world: World) -> None:
    quiz = await make_quiz(world)
    bank_id, me = await _course_bank(quiz), quiz.teacher
    ids = list(quiz.questions.values())

    async def costs(chosen: list[UUID]) -> list[int]:
        counted = []
        for act in ("move", "copy", "tag"):
            with count_statements() as seen:
                async with unit_of_work(me) as work:
                    if act == "tag":
                        await bank_filing.tag_questions(
                            work=work, me=me, question_ids=chosen, add=[uuid4().hex]
                        )
                    else:
                        call = bank_filing.move_questions if act == "move" else bank_filing.copy_questions
                        await call(work=work, me=me, question_ids=chosen, bank_id=bank_id)
            counted.append(len(seen))
        return counted

    few, many = await costs(ids[:2]), await costs(ids)
    assert few == many
    assert max(many) <= 8


async def test_moving_keeps_assessments_and_leaves_the_objectives_of_another_course(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    me, question = quiz.teacher, quiz.questions["essay"]
    async with unit_of_work(me) as work:
        aim = await objectives.add_objective(
            work=work, me=me, course_id=quiz.course_id, code="1", statement="Explains."
        )
        await bank_filing.set_objectives(work=work, me=me, question_ids=[question], objective_ids=[aim.id])
        second = await bank_filing.create_bank(work=work, me=me, course_id=quiz.course_id, name="Exams")
        await bank_filing.move_questions(work=work, me=me, question_ids=[question], bank_id=second.id)
        assert question in await QuestionObjectiveRepository(work).of_questions([question])
    own, _other = await _own_question(me)
    async with unit_of_work(me) as work:
        await bank_filing.move_questions(work=work, me=me, question_ids=[question], bank_id=own)
        assert await QuestionObjectiveRepository(work).of_questions([question]) == {}
        built = await service.built_assessment(work=work, me=me, assessment_id=quiz.assessment_id)
    assert [row.item.question_id for row in built.items] == [question]


async def test_objectives_are_those_of_the_questions_course(world: World) -> None:
    quiz, other = await make_quiz(world, "essay"), await make_quiz(world, "essay")
    me = quiz.teacher
    _bank, own = await _own_question(me)
    async with unit_of_work(me) as work:
        aim = await objectives.add_objective(
            work=work, me=me, course_id=other.course_id, code="1", statement="Explains."
        )
    for question in (quiz.questions["essay"], own):
        with pytest.raises(Invalid):
            async with unit_of_work(me) as work:
                await bank_filing.set_objectives(
                    work=work, me=me, question_ids=[question], objective_ids=[aim.id]
                )


async def test_a_copy_is_a_question_of_its_own(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    me, bank_id = quiz.teacher, await _course_bank(quiz)
    async with unit_of_work(me) as work:
        await bank_filing.copy_questions(
            work=work, me=me, question_ids=[quiz.questions["essay"]], bank_id=bank_id
        )
    (copy,) = set(await _found(me, course_id=quiz.course_id)) - {quiz.questions["essay"]}
    async with unit_of_work(me) as work:
        await bank.delete_question(work=work, me=me, question_id=quiz.questions["essay"])
        found = await bank.edited_question(work=work, me=me, question_id=copy)
    assert (found.version.stem, found.version.answer_key["notes"]) == ("Explain.", "keysecret-notes")


async def test_a_folder_gives_what_it_holds_to_the_one_around_it(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    me, bank_id = quiz.teacher, await _course_bank(quiz)
    async with unit_of_work(me) as work:
        outer = await bank_filing.create_folder(work=work, me=me, bank_id=bank_id, name="Year 9")
        inner = await bank_filing.create_folder(
            work=work, me=me, bank_id=bank_id, name="Cells", parent_id=outer.id
        )
        deep = await bank_filing.create_folder(
            work=work, me=me, bank_id=bank_id, name="Plants", parent_id=inner.id
        )
        await bank_filing.move_questions(
            work=work,
            me=me,
            question_ids=[quiz.questions["essay"]],
            bank_id=bank_id,
            folder_id=inner.id,
        )
    async with unit_of_work(me) as work:
        await bank_filing.delete_folder(work=work, me=me, folder_id=inner.id)
        shelf = await bank_filing.read_shelf(work=work, me=me, course_id=quiz.course_id)
    assert {(line.folder.name, line.folder.parent_id, line.questions) for line in shelf.folders} == {
        ("Year 9", None, 1),
        ("Plants", outer.id, 0),
    }
    assert deep.id in {line.folder.id for line in shelf.folders}


async def test_folders_have_one_name_each_and_are_four_deep_at_most(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    me, bank_id = quiz.teacher, await _course_bank(quiz)
    parent: UUID | None = None
    for depth in range(5):
        try:
            async with unit_of_work(me) as work:
                made = await bank_filing.create_folder(
                    work=work, me=me, bank_id=bank_id, name="Same", parent_id=parent
                )
        except Invalid:
            assert depth == 4
            break
        parent = made.id
    else:
        pytest.fail("a fifth folder fitted in")
    with pytest.raises(Invalid):
        async with unit_of_work(me) as work:
            await bank_filing.create_folder(work=work, me=me, bank_id=bank_id, name="SAME")


async def test_a_bank_goes_only_without_questions_and_not_as_the_last(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    me, first = quiz.teacher, await _course_bank(quiz)
    async with unit_of_work(me) as work:
        second = await bank_filing.create_bank(work=work, me=me, course_id=quiz.course_id, name="Exams")
    with pytest.raises(Conflict):
        async with unit_of_work(me) as work:
            await bank_filing.delete_bank(work=work, me=me, bank_id=first)
    async with unit_of_work(me) as work:
        await bank_filing.archive_questions(work=work, me=me, question_ids=[quiz.questions["essay"]])
    async with unit_of_work(me) as work:
        await bank_filing.delete_bank(work=work, me=me, bank_id=first)
        built = await service.built_assessment(work=work, me=me, assessment_id=quiz.assessment_id)
    assert len(built.items) == 1
    with pytest.raises(Conflict):
        async with unit_of_work(me) as work:
            await bank_filing.delete_bank(work=work, me=me, bank_id=second.id)


@pytest.mark.parametrize(
    ("tags", "fits"), [(["x" * 41], False), ([f"t{n}" for n in range(13)], False), (["", " # "], True)]
)
async def test_tags_are_few_and_short(world: World, tags: list[str], fits: bool) -> None:
    quiz = await make_quiz(world, "essay")

    async def tag() -> None:
        async with unit_of_work(quiz.teacher) as work:
            await bank_filing.tag_questions(
                work=work, me=quiz.teacher, question_ids=[quiz.questions["essay"]], add=tags
            )

    if fits:
        await tag()
        return
    with pytest.raises(Invalid):
        await tag()


async def test_objectives_keep_their_order_and_their_codes_apart(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    me = quiz.teacher
    course_id, _section = await make_course(world, teacher=me, student=quiz.student)
    async with unit_of_work(me) as work:
        made = [
            await objectives.add_objective(
                work=work, me=me, course_id=course_id, code=code, statement=f"Can do {code}"
            )
            for code in ("1", "2", "3")
        ]
        await objectives.move_objective(work=work, me=me, objective_id=made[2].id, direction="up")
        await objectives.delete_objective(work=work, me=me, objective_id=made[0].id)
    async with unit_of_work(me) as work:
        found = await objectives.list_objectives(work=work, course_id=course_id)
        assert [one.code for one in found] == ["3", "2"]
        for code, statement in (("2", "Again"), ("", "No code"), ("4", " "), ("x" * 21, "Long")):
            with pytest.raises(Invalid):
                await objectives.add_objective(
                    work=work, me=me, course_id=course_id, code=code, statement=statement
                )
    for me in (quiz.student, await (await world.add_person("other", Role.TEACHER)).principal()):
        with pytest.raises(NotFound):
            async with unit_of_work(me) as work:
                await objectives.delete_objective(work=work, me=me, objective_id=made[1].id)


async def test_a_folder_moves_with_what_it_holds_and_never_into_itself(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    me, bank_id = quiz.teacher, await _course_bank(quiz)
    made: dict[str, UUID] = {}
    async with unit_of_work(me) as work:
        for name, around in (("A", ""), ("B", "A"), ("C", "B"), ("X", ""), ("Y", "X"), ("B", "X")):
            parent_id = made.get(around)
            folder = await bank_filing.create_folder(
                work=work, me=me, bank_id=bank_id, name=name, parent_id=parent_id
            )
            made[around + name if name in made else name] = folder.id

    async def move(name: str, into: UUID | None) -> None:
        async with unit_of_work(me) as work:
            await bank_filing.move_folder(work=work, me=me, folder_id=made[name], parent_id=into)

    # Into itself, into what it holds, too deep, and beside a folder of the same name.
    for name, into in (("A", "A"), ("A", "C"), ("A", "Y"), ("B", "X")):
        with pytest.raises(Invalid) as refused:
            await move(name, made[into])
        assert list(refused.value.fields) == ["parent"]
    with pytest.raises(NotFound):
        await move("A", uuid4())
    await move("C", made["Y"])
    await move("X", made["A"])
    async with unit_of_work(me) as work:
        shelf = await bank_filing.read_shelf(work=work, me=me, course_id=quiz.course_id)
    found = {line.folder.id: line.folder.parent_id for line in shelf.folders}
    assert (found[made["C"]], found[made["X"]], found[made["A"]]) == (made["Y"], made["A"], None)
    await move("X", None)
