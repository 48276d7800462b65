"""Writing questions and building assessments: what is refused, what is kept, and for whom it exists at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from eduplatform.db.unit_of_work import Work, unit_of_work
from eduplatform.domain.assessment import attempts, bank, results, service
from eduplatform.domain.assessment.schemas import AssessmentDraft, QuestionDraft
from eduplatform.errors import Conflict, EduError, Invalid, NotFound
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal
from tests.factories.assessment import NOW, Quiz, drafts, later, make_quiz, make_rubric
from tests.factories.statements import count_statements
from tests.factories.world import World

pytestmark = pytest.mark.anyio


async def _save_question(quiz: Quiz, kind: str, draft: QuestionDraft, *, version: int = 1) -> None:
    async with unit_of_work(quiz.teacher) as work:
        await bank.save_question(
            work=work, me=quiz.teacher, question_id=quiz.questions[kind], draft=draft, version=version
        )


async def _save(quiz: Quiz, draft: AssessmentDraft, *, version: int) -> None:
    async with unit_of_work(quiz.teacher) as work:
        await service.save_assessment(
            work=work, me=quiz.teacher, assessment_id=quiz.assessment_id, draft=draft, version=version
        )


async def _version(quiz: Quiz) -> int:
    async with unit_of_work(quiz.teacher) as work:
        built = await service.built_assessment(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id)
        return built.assessment.version


@pytest.mark.parametrize(
    ("kind", "parts", "field"),
    [
        ("single_choice", {"options": [{"text": "a", "correct": True}]}, "options"),
        ("single_choice", {"options": [{"text": "a"}, {"text": "b"}]}, "options"),
        ("multiple_choice", {"options": [{"text": "a"}, {"text": "b"}]}, "options"),
        ("multiple_choice", {"options": [{"text": "a", "correct": True}, {"text": "a"}]}, "options.1.text"),
        ("true_false", {}, "answer"),
        ("numeric", {"value": "many"}, "value"),
        ("numeric", {"value": "1", "tolerance": "-1"}, "tolerance"),
        ("numeric", {"value": "1", "unit_rule": "required"}, "unit"),
        (
            "numeric",
            {
                "value": "1",
                "unit_rule": "optional",
                "unit": "m",
                "other_units": [{"unit": "km", "factor": "0"}],
            },
            "other_units.0.factor",
        ),
        ("short_text", {"accepted": " \n\u200b"}, "accepted"),
        ("essay", {"min_words": "9", "max_words": "3"}, "max_words"),
    ],
)
async def test_incomplete_question_says_which_field(kind: str, parts: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        bank.check_draft(QuestionDraft(type=kind, stem="Well?", parts=parts))
    assert field in refused.value.fields


async def test_every_wrong_field_is_named_at_once() -> None:
    draft = QuestionDraft(type="true_false", stem=" \u200b", points=Decimal("NaN"), feedback="x" * 10_001)
    with pytest.raises(Invalid) as refused:
        bank.check_draft(draft)
    assert set(refused.value.fields) == {"stem", "points", "feedback", "answer"}


@pytest.mark.parametrize("points", ["-1", "1000.01", "1.005", "Infinity"])
async def test_impossible_points_are_refused(points: str) -> None:
    with pytest.raises(Invalid):
        bank.checked_points(Decimal(points))


async def test_scripts_in_a_stem_never_become_markup() -> None:
    _kind, wording = bank.check_draft(
        replace(drafts()["essay"], stem="<script>alert(1)</script> [x](javascript:alert(1))\x00")
    )
    assert "<script" not in wording.stem_html
    assert 'href="javascript:' not in wording.stem_html
    assert "\x00" not in wording.stem


async def test_stored_question_comes_back_into_its_form_unchanged() -> None:
    for draft in drafts().values():
        kind, first = bank.check_draft(draft)
        stored = bank.QuestionVersion(
            type=kind.key,
            stem=first.stem,
            stem_html="",
            number=1,
            question_id=uuid4(),
            body=first.body,
            answer_key=first.answer_key,
        )
        _kind, second = bank.check_draft(replace(draft, parts=bank.authoring_form(stored)))
        assert (second.body, second.answer_key) == (first.body, first.answer_key)


async def test_attempt_keeps_the_wording_it_saw(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await quiz.start()
    await quiz.save(attempt, "short_text", {"text": "keysecret-alpha"})
    changed = replace(drafts()["short_text"], stem="Quite another question.", parts={"accepted": "other"})
    await _save_question(quiz, "short_text", changed)
    async with unit_of_work(quiz.student) as work:
        found = await attempts.sitting(work=work, me=quiz.student, attempt_id=attempt.id, now=NOW)
    assert "Name it." in found.questions[0].wording.stem_html
    assert (await quiz.submit(attempt)).points == Decimal(1)


async def test_drafts_follow_to_the_new_version_and_published_ones_do_not(world: World) -> None:
    published = await make_quiz(world, "true_false")
    async with unit_of_work(published.teacher) as work:
        draft = await service.create_assessment(
            work=work, me=published.teacher, course_id=published.course_id, draft=AssessmentDraft(title="D")
        )
        await service.add_questions(
            work=work,
            me=published.teacher,
            assessment_id=draft.id,
            question_ids=list(published.questions.values()),
        )
    await _save_question(published, "true_false", replace(drafts()["true_false"], stem="New words."))
    stems = []
    async with unit_of_work(published.teacher) as work:
        for one in (published.assessment_id, draft.id):
            built = await service.built_assessment(work=work, me=published.teacher, assessment_id=one)
            stems.append((built.items[0].version.stem, built.items[0].newest))
    assert stems == [("Cells respire.", 2), ("New words.", 2)]


async def test_two_authors_of_one_question_do_not_overwrite_each_other(world: World) -> None:
    quiz = await make_quiz(world, "essay", published=False)
    await _save_question(quiz, "essay", replace(drafts()["essay"], stem="Hers."))
    with pytest.raises(Conflict):
        await _save_question(quiz, "essay", replace(drafts()["essay"], stem="His."))


async def test_type_of_a_question_stays(world: World) -> None:
    quiz = await make_quiz(world, "essay")
    with pytest.raises(Invalid) as refused:
        await _save_question(quiz, "essay", drafts()["true_false"])
    assert "type" in refused.value.fields


async def test_bank_is_searched_literally_filtered_and_paged(world: World) -> None:
    quiz = await make_quiz(world, published=False)

    async def find(**conditions: object) -> list[str]:
        async with unit_of_work(quiz.teacher) as work:
            _course, rows, total = await bank.list_questions(
                work=work, me=quiz.teacher, course_id=quiz.course_id, **conditions
            )  # type: ignore[arg-type]
        assert total >= len(rows)
        return [row.version.type for row in rows]

    assert await find(search="PLANT") == ["multiple_choice"]
    assert await find(search="%") == []
    assert await find(search="' or true --") == []
    assert await find(type="essay") == ["essay"]
    assert len(await find(size=4)) == 4
    assert len(await find(size=4, page=3)) == len(drafts()) - 8
    assert await find(excluded=quiz.assessment_id) == []


async def test_uses_are_counted_at_constant_cost(world: World) -> None:
    quiz = await make_quiz(world)
    with count_statements() as seen:
        async with unit_of_work(quiz.teacher) as work:
            _course, rows, _total = await bank.list_questions(
                work=work, me=quiz.teacher, course_id=quiz.course_id
            )
    assert {row.uses for row in rows} == {1}
    assert len(seen) <= 4


async def test_publishing_says_everything_that_is_missing(world: World) -> None:
    draft = AssessmentDraft(title="Q", opens_at=later(days=2), due_at=later(days=1), closes_at=later(hours=1))
    quiz = await make_quiz(world, "essay", draft=draft, published=False)
    async with unit_of_work(quiz.teacher) as work:
        await service.set_item(
            work=work, me=quiz.teacher, item_id=quiz.items["essay"], points=Decimal(0), rubric_id=None
        )
    with pytest.raises(Invalid) as refused:
        async with unit_of_work(quiz.teacher) as work:
            await service.publish(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id, now=NOW)
    assert set(refused.value.fields) == {"due_at", "closes_at", "points"}
    async with unit_of_work(quiz.teacher) as work:
        await service.remove_item(work=work, me=quiz.teacher, item_id=quiz.items["essay"])
        with pytest.raises(Invalid) as refused:
            await service.publish(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id, now=NOW)
    assert "questions" in refused.value.fields


async def test_published_assessment_changes_only_where_it_is_safe(world: World) -> None:
    before = AssessmentDraft(title="Q", time_limit_minutes=30, attempts_allowed=2)
    quiz = await make_quiz(world, "essay", draft=before)
    version = await _version(quiz)
    unsafe = (
        ("kind", "exam"),
        ("time_limit_minutes", 10),
        ("scoring", "last"),
        ("late_percent_per_day", 50),
        ("shuffle", True),
        ("attempts_allowed", 1),
    )
    for name, value in unsafe:
        with pytest.raises(Invalid) as refused:
            await _save(quiz, replace(before, **{name: value}), version=version)
        assert set(refused.value.fields) == {name}
    await _save(
        quiz,
        replace(before, title="R", instructions="Read.", due_at=later(days=2), attempts_allowed=3),
        version=version,
    )
    with pytest.raises(Conflict):
        await _save(quiz, replace(before, title="S", attempts_allowed=3), version=version)


@pytest.mark.parametrize("act", ["add", "move", "remove", "points"])
async def test_questions_of_a_published_assessment_stay(world: World, act: str) -> None:
    quiz = await make_quiz(world, "essay")
    me, item = quiz.teacher, quiz.items["essay"]

    async def run(work: Work) -> None:
        if act == "add":
            await service.add_questions(work=work, me=me, assessment_id=quiz.assessment_id, question_ids=[])
        elif act == "move":
            await service.move_item(work=work, me=me, item_id=item, direction="up")
        elif act == "remove":
            await service.remove_item(work=work, me=me, item_id=item)
        else:
            await service.set_item(work=work, me=me, item_id=item, points=Decimal(1), rubric_id=None)

    with pytest.raises(Conflict):
        async with unit_of_work(me) as work:
            await run(work)


async def test_withdrawing_is_possible_until_somebody_begins(world: World) -> None:
    quiz = await make_quiz(world, "essay")

    async def withdraw() -> None:
        async with unit_of_work(quiz.teacher) as work:
            await service.unpublish(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id)

    await withdraw()
    with pytest.raises(NotFound):
        await quiz.start()
    async with unit_of_work(quiz.teacher) as work:
        await service.publish(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id, now=NOW)
    await quiz.start()
    with pytest.raises(Conflict):
        await withdraw()


async def test_withdrawing_while_somebody_begins_never_leaves_a_begun_draft(world: World) -> None:
    for _ in range(5):
        quiz = await make_quiz(world, "essay")

        async def withdraw(quiz: Quiz = quiz) -> bool:
            try:
                async with unit_of_work(quiz.teacher) as work:
                    await service.unpublish(work=work, me=quiz.teacher, assessment_id=quiz.assessment_id)
            except Conflict:
                return False
            return True

        async def begin(quiz: Quiz = quiz) -> bool:
            try:
                await quiz.start()
            except NotFound:
                return False
            return True

        withdrawn, begun = await asyncio.gather(withdraw(), begin())
        assert withdrawn != begun


async def test_order_and_points_of_the_questions(world: World) -> None:
    quiz = await make_quiz(world, "essay", "true_false", "numeric", published=False)
    me = quiz.teacher
    async with unit_of_work(me) as work:
        await service.move_item(work=work, me=me, item_id=quiz.items["numeric"], direction="up")
        await service.move_item(work=work, me=me, item_id=quiz.items["essay"], direction="up")
        await service.set_item(
            work=work, me=me, item_id=quiz.items["true_false"], points=Decimal("2.5"), rubric_id=None
        )
        await service.add_questions(
            work=work, me=me, assessment_id=quiz.assessment_id, question_ids=[quiz.questions["essay"]]
        )
        built = await service.built_assessment(work=work, me=me, assessment_id=quiz.assessment_id)
    assert [row.version.type for row in built.items] == ["essay", "numeric", "true_false"]
    assert built.assessment.points == Decimal("10.5")


async def test_rubric_must_be_of_the_course_and_for_an_essay(world: World) -> None:
    quiz, other = [await make_quiz(world, "essay", "true_false", published=False) for _ in range(2)]
    own, foreign = await make_rubric(quiz), await make_rubric(other)

    async def give(kind: str, rubric_id: object) -> None:
        async with unit_of_work(quiz.teacher) as work:
            await service.set_item(
                work=work, me=quiz.teacher, item_id=quiz.items[kind], points=Decimal(1), rubric_id=rubric_id
            )  # type: ignore[arg-type]

    await give("essay", own.id)
    for kind, rubric_id in (("essay", foreign.id), ("essay", uuid4()), ("true_false", own.id)):
        with pytest.raises(Invalid):
            await give(kind, rubric_id)


async def test_later_closing_reaches_running_attempts_and_earlier_closing_does_not(world: World) -> None:
    draft = AssessmentDraft(title="Q", closes_at=later(hours=1))
    quiz = await make_quiz(world, "essay", draft=draft)
    attempt = await quiz.start()
    deadlines = []
    for hours in (2, 0.5):
        await _save(quiz, replace(draft, closes_at=later(hours=hours)), version=await _version(quiz))
        async with unit_of_work(quiz.student) as work:
            found = await attempts.sitting(work=work, me=quiz.student, attempt_id=attempt.id, now=NOW)
            deadlines.append(found.attempt.deadline_at)
    assert deadlines == [later(hours=2), later(hours=2)]


Call = Callable[[Work, Principal, Quiz], Awaitable[object]]

CALLS: dict[str, Call] = {
    "bank": lambda work, me, quiz: bank.list_questions(work=work, me=me, course_id=quiz.course_id),
    "question": lambda work, me, quiz: bank.edited_question(
        work=work, me=me, question_id=quiz.questions["essay"]
    ),
    "write": lambda work, me, quiz: bank.create_question(
        work=work, me=me, course_id=quiz.course_id, draft=drafts()["essay"]
    ),
    "rewrite": lambda work, me, quiz: bank.save_question(
        work=work, me=me, question_id=quiz.questions["essay"], draft=drafts()["essay"], version=1
    ),
    "archive": lambda work, me, quiz: bank.delete_question(
        work=work, me=me, question_id=quiz.questions["essay"]
    ),
    "list": lambda work, me, quiz: service.list_assessments(work=work, me=me, course_id=quiz.course_id),
    "build": lambda work, me, quiz: service.built_assessment(
        work=work, me=me, assessment_id=quiz.assessment_id
    ),
    "create": lambda work, me, quiz: service.create_assessment(
        work=work, me=me, course_id=quiz.course_id, draft=AssessmentDraft(title="x")
    ),
    "save": lambda work, me, quiz: service.save_assessment(
        work=work, me=me, assessment_id=quiz.assessment_id, draft=AssessmentDraft(title="x"), version=1
    ),
    "add": lambda work, me, quiz: service.add_questions(
        work=work, me=me, assessment_id=quiz.assessment_id, question_ids=[]
    ),
    "move": lambda work, me, quiz: service.move_item(
        work=work, me=me, item_id=quiz.items["essay"], direction="up"
    ),
    "remove": lambda work, me, quiz: service.remove_item(work=work, me=me, item_id=quiz.items["essay"]),
    "set": lambda work, me, quiz: service.set_item(
        work=work, me=me, item_id=quiz.items["essay"], points=Decimal(1), rubric_id=None
    ),
    "publish": lambda work, me, quiz: service.publish(work=work, me=me, assessment_id=quiz.assessment_id),
    "withdraw": lambda work, me, quiz: service.unpublish(work=work, me=me, assessment_id=quiz.assessment_id),
}


async def test_nobody_else_knows_of_a_teachers_questions_and_assessments(
    world: World, new_world: Callable[[], Awaitable[World]]
) -> None:
    quiz = await make_quiz(world, "essay", published=False)
    colleague = await (await world.add_person("colleague", Role.TEACHER)).principal()
    stranger = await (await new_world()).teacher.principal()
    for me in (colleague, stranger, quiz.student):
        for name, call in CALLS.items():
            with pytest.raises(EduError) as refused:
                async with unit_of_work(me) as work:
                    await call(work, me, quiz)
            assert isinstance(refused.value, NotFound), name


async def test_question_of_another_course_cannot_be_added(world: World) -> None:
    quiz, other = [await make_quiz(world, "essay", published=False) for _ in range(2)]
    with pytest.raises(NotFound):
        async with unit_of_work(quiz.teacher) as work:
            await service.add_questions(
                work=work,
                me=quiz.teacher,
                assessment_id=quiz.assessment_id,
                question_ids=[other.questions["essay"]],
            )


async def test_result_hides_what_a_teacher_has_not_released_and_the_key_until_the_end(world: World) -> None:
    quiz = await make_quiz(
        world, "short_text", "essay", draft=AssessmentDraft(title="Q", closes_at=later(hours=1))
    )
    attempt = await quiz.start()
    await quiz.save(attempt, "short_text", {"text": "wrong"})
    await quiz.save(attempt, "essay", {"text": "One two three four five."})
    await quiz.submit(attempt, now=later(minutes=5))

    async def read(**after: float) -> results.AttemptResult:
        async with unit_of_work(quiz.student) as work:
            return await results.result(work=work, me=quiz.student, attempt_id=attempt.id, now=later(**after))

    async with unit_of_work(quiz.teacher) as work:
        essay = (await quiz.responses(attempt))["essay"]
        row = await work.session.get(type(essay), essay.id)
        assert row is not None
        row.points, row.comment, row.graded_by = Decimal(4), "Not for your eyes yet", quiz.teacher.user
    early, late = await read(minutes=6), await read(hours=2)
    short, essay_result = early.questions
    assert (short.outcome, short.points, short.solution) == ("incorrect", Decimal(0), ())
    assert (essay_result.points, essay_result.comment) == (None, "")
    assert early.points is None
    assert [word.render("en") for word in late.questions[0].solution] == ["keysecret-alpha", "keysecret-beta"]
    assert late.questions[1].points is None


async def test_running_attempt_shows_no_result(world: World) -> None:
    quiz = await make_quiz(world, "short_text")
    attempt = await quiz.start()
    async with unit_of_work(quiz.student) as work:
        found = await results.result(
            work=work, me=quiz.student, attempt_id=attempt.id, now=NOW + timedelta(minutes=1)
        )
    assert found.questions == []
