"""A student asks: what comes back, from rules and from a model, and what never does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import col

from eduplatform.agents.ladder import Move
from eduplatform.db.base import utc_now
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.ai import service as ai
from eduplatform.domain.ai.models import AiCall, AiMode
from eduplatform.domain.ai.repository import CallRepository
from eduplatform.domain.assessment.models import Attempt
from eduplatform.domain.tutoring import cases, service, turns
from eduplatform.domain.tutoring.repository import MessageRepository
from eduplatform.errors import Forbidden, NotFound
from eduplatform.integrations.llm import gateway
from eduplatform.integrations.llm.breaker import Breaker
from eduplatform.security.permissions import Role
from tests.factories.courses import make_lesson
from tests.factories.providers import ScriptedProvider, Turn
from tests.factories.statements import count_statements
from tests.factories.tutoring import Tutored, ask, make_tutored, use_model
from tests.factories.world import World

pytestmark = pytest.mark.anyio

QUESTION = "Why does the Calvin cycle slow down on hot days?"


@pytest.fixture(autouse=True)
def _fresh_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "BREAKER", Breaker())


@pytest.fixture
def server() -> Iterator[ScriptedProvider]:
    with ScriptedProvider() as one:
        yield one


@pytest.fixture
async def tutored(world: World) -> Tutored:
    return await make_tutored(world)


async def test_without_a_model_the_ladder_is_climbed_from_the_text(tutored: Tutored) -> None:
    moves = [await ask(tutored, QUESTION)]
    moves += [await ask(tutored, "I still don't see it") for _ in range(3)]
    assert [one.reply.out.move for one in moves] == [Move.ASK, Move.POINT, Move.STEP, Move.EXAMPLE]
    assert [one.reply.out.hints for one in moves] == [1, 2, 3, 4]
    for one in moves:
        assert one.reply.out.provenance.engine == "rules"
        assert one.text.count("?") == 1
        assert one.reply.out.citations[0].lesson_id == str(tutored.lesson_id)
    assert "denature" in moves[1].text


async def test_citations_are_verbatim(tutored: Tutored) -> None:
    answer = await ask(tutored, QUESTION)
    from tests.factories.tutoring import LESSON

    flat = " ".join(LESSON.split())
    assert all(" ".join(one.quote.split()) in flat for one in answer.reply.out.citations)


async def test_what_the_course_does_not_say_is_not_known(tutored: Tutored) -> None:
    answer = await ask(tutored, "Who won the football world cup in 1998?")
    assert answer.reply.out.move is Move.UNKNOWN
    assert "don't know" in answer.text


async def test_a_model_speaks_and_its_words_are_kept_with_where_they_came_from(
    tutored: Tutored, server: ScriptedProvider
) -> None:
    await use_model(tutored.world, server)
    server.script = [Turn("Read [1] again. What happens to the enzymes when it gets hot?")]
    answer = await ask(tutored, QUESTION)
    assert answer.text == "Read [1] again. What happens to the enzymes when it gets hot?"
    assert answer.reply.model == "compatible:scripted"
    assert answer.reply.out.provenance.prompt == "tutor.v1"
    assert answer.shown[-1] == answer.text
    me = await tutored.world.admin.principal()
    async with unit_of_work(me) as work:
        usage = await ai.read_usage(work=work, me=me)
    call = usage.rows[0].call
    assert (call.state, call.prompt, call.model) == ("settled", "tutor.v1", "scripted")
    assert call.cost_micros == -(-(call.tokens_in + 2 * call.tokens_out) // 1)
    assert usage.today_micros == call.cost_micros, "nothing is held any more"


async def test_names_addresses_and_numbers_do_not_leave(tutored: Tutored, server: ScriptedProvider) -> None:
    await tutored.world.add_person("friend", Role.STUDENT, given="Marisol", family="Quintero")
    from tests.factories.courses import enrol

    await enrol(tutored.world, tutored.course, tutored.world.friend)
    await use_model(tutored.world, server)
    server.script = [Turn("What did [person 1] say about the Calvin cycle?")]
    answer = await ask(
        tutored,
        "Why does the Calvin cycle slow down on hot days, as Marisol says? kid@home.example +49 170 1234567 id 20231234567",
    )
    sent = server.seen[0].text
    for private in ("Marisol", "kid@home.example", "1234567", "20231234567", "Student Test"):
        assert private not in sent
    assert "Marisol" in answer.text, "the answer speaks of people by name again"


async def test_when_the_model_fails_the_rules_answer_and_say_so(
    tutored: Tutored, server: ScriptedProvider
) -> None:
    await use_model(tutored.world, server)
    server.script = [Turn(status=500)]
    answer = await ask(tutored, QUESTION)
    assert answer.reply.out.provenance.engine == "rules"
    assert "did not answer" in answer.reply.out.provenance.note
    async with unit_of_work(await tutored.world.admin.principal()) as work:
        call = await CallRepository(work).first(col(AiCall.state) == "failed")
    assert call is not None
    assert (call.error, call.cost_micros) == ("http_500", 0)


async def test_a_draft_that_breaks_a_rule_is_written_anew_once_and_then_replaced(
    tutored: Tutored, server: ScriptedProvider
) -> None:
    await use_model(tutored.world, server)
    bad = "See https://evil.example/x for help."
    server.script = [Turn(bad), Turn("Read [1]. What do enzymes do when it is hot?")]
    rewritten = await ask(tutored, QUESTION)
    assert rewritten.text == "Read [1]. What do enzymes do when it is hot?"
    assert "evil.example" not in rewritten.seen
    server.script = [Turn(bad), Turn(bad)]
    replaced = await ask(tutored, "and then?")
    assert replaced.reply.out.provenance.engine == "rules"
    assert "did not pass" in replaced.reply.out.provenance.note
    assert "evil.example" not in replaced.seen


async def test_other_peoples_and_locked_lessons_are_not_spoken_from(tutored: Tutored) -> None:
    await make_lesson(
        tutored.world,
        tutored.course,
        title="Draft",
        body="The secret of the zebrafish is its stripes.",
        published=False,
    )
    answer = await ask(tutored, "What is the secret of the zebrafish?")
    assert answer.reply.out.move is Move.UNKNOWN
    stranger = await tutored.world.add_person("stranger", Role.STUDENT)
    with pytest.raises((NotFound, Forbidden)):
        await ask(tutored, QUESTION, me=await stranger.principal())


async def test_no_tutor_during_a_quiz(tutored: Tutored) -> None:
    from eduplatform.domain.assessment.models import Assessment

    me = await tutored.world.student.principal()
    async with unit_of_work(await tutored.world.teacher.principal()) as work:
        quiz = await work.add(Assessment(course_id=tutored.course.course_id, title="Cells quiz", kind="quiz"))
        attempt = await work.add(
            Attempt(
                assessment_id=quiz.id,
                user_id=me.user,
                number=1,
                seed=1,
                started_at=utc_now(),
                deadline_at=utc_now() + timedelta(minutes=20),
            )
        )
    with pytest.raises(Forbidden) as refused:
        await ask(tutored, QUESTION)
    assert refused.value.params["title"] == "Cells quiz"
    async with unit_of_work(me) as work:
        panel = await service.open_panel(work=work, me=me, lesson_id=tutored.lesson_id)
        assert panel.closed is not None
        row = await work.session.get(Attempt, attempt.id)
        assert row is not None
        row.state = "submitted"
    assert (await ask(tutored, QUESTION)).text


async def test_the_teacher_switches_off_locks_topics_and_keeps_it_to_hints(tutored: Tutored) -> None:
    me = await tutored.world.teacher.principal()

    async def save(version: int, *, enabled: bool = True, hints_only: bool = False, topics: str = "") -> None:
        async with unit_of_work(me) as work:
            await service.save_setting(
                work=work,
                me=me,
                course_id=tutored.course.course_id,
                version=version,
                enabled=enabled,
                hints_only=hints_only,
                transcripts=True,
                locked_topics=topics,
            )

    await save(0, hints_only=True, topics="greenhouse")
    for _ in range(4):
        last = await ask(tutored, QUESTION)
    assert last.reply.out.move is Move.POINT
    locked = await ask(tutored, "What limits plants in a greenhouse?")
    assert locked.reply.out.move is Move.REFUSE
    await save(1, enabled=False)
    with pytest.raises(Forbidden):
        await ask(tutored, QUESTION)


async def test_words_of_danger_reach_the_named_adults(tutored: Tutored) -> None:
    admin, teacher = await tutored.world.admin.principal(), await tutored.world.teacher.principal()
    async with unit_of_work(admin) as work:
        await ai.save_adults(work=work, me=admin, user_ids=[teacher.user])
    answer = await ask(tutored, "i dont get this and honestly i want to die")
    assert answer.reply.out.move is Move.ESCALATE
    async with unit_of_work(teacher) as work:
        found, total = await cases.list_cases(work=work, me=teacher)
        assert (total, found[0][0].category, found[0][1]) == (1, "self_harm", "Student")
        await cases.close(work=work, me=teacher, case_id=found[0][0].id, note="Talked with the family.")
    async with unit_of_work(admin) as work:
        with pytest.raises(NotFound):
            await cases.list_cases(work=work, me=admin)


async def test_without_named_adults_the_administrators_are_told(tutored: Tutored) -> None:
    await ask(tutored, "my uncle hits me")
    admin = await tutored.world.admin.principal()
    async with unit_of_work(admin) as work:
        found, _ = await cases.list_cases(work=work, me=admin)
    assert found[0][0].category == "abuse"


async def test_a_turn_costs_at_most_eight_statements(tutored: Tutored, server: ScriptedProvider) -> None:
    with count_statements() as first:
        await ask(tutored, QUESTION)
    assert len(first) <= 8, first
    await use_model(tutored.world, server)
    with count_statements() as seen:
        await ask(tutored, "go on")
    assert len(seen) <= 8, seen


async def test_the_switch_stops_models_and_everything(tutored: Tutored, server: ScriptedProvider) -> None:
    await use_model(tutored.world, server)
    admin = await tutored.world.admin.principal()

    async def turn(mode: AiMode) -> None:
        async with unit_of_work(admin) as work:
            await ai.set_mode(work=work, me=admin, mode=mode)

    await turn(AiMode.RULES)
    assert (await ask(tutored, QUESTION)).reply.out.provenance.engine == "rules"
    assert server.seen == []
    await turn(AiMode.OFF)
    with pytest.raises(Forbidden):
        await ask(tutored, QUESTION)


async def test_the_switch_ends_an_answer_that_is_being_written(
    tutored: Tutored, server: ScriptedProvider
) -> None:
    await use_model(tutored.world, server)
    server.script = [Turn("Think about the enzymes and what they do. " * 6, drip=0.25, size=8)]
    me, admin = await tutored.world.student.principal(), await tutored.world.admin.principal()
    async with unit_of_work(me) as work:
        prepared = await turns.prepare(work=work, me=me, lesson_id=tutored.lesson_id, text=QUESTION)
    began, turned = utc_now(), False
    async for one in turns.answer(me=me, turn=prepared):
        if not turned:
            async with unit_of_work(admin) as work:
                await ai.set_mode(work=work, me=admin, mode=AiMode.RULES)
            turned = True
        if isinstance(one, turns.Reply):
            assert one.out.provenance.engine == "rules"
            assert "switched off" in one.out.provenance.note
    assert utc_now() - began < timedelta(seconds=5)


async def test_conversations_belong_to_the_student_and_can_be_forgotten(tutored: Tutored) -> None:
    me = await tutored.world.student.principal()
    await ask(tutored, QUESTION)
    async with unit_of_work(me) as work:
        panel = await service.open_panel(work=work, me=me, lesson_id=tutored.lesson_id)
    assert [one.speaker for one in panel.messages] == ["student", "tutor"]
    async with unit_of_work(me) as work:
        await service.forget(work=work, me=me, lesson_id=tutored.lesson_id)
        assert await MessageRepository(work).count() == 0


async def test_teachers_read_transcripts_only_where_students_are_told(tutored: Tutored) -> None:
    teacher = await tutored.world.teacher.principal()
    await ask(tutored, QUESTION)
    async with unit_of_work(teacher) as work:
        found = await service.read_course(work=work, me=teacher, course_id=tutored.course.course_id)
        student, messages = await service.read_transcript(
            work=work, me=teacher, conversation_id=found.conversations[0][0]
        )
    assert (student.given_name, len(messages)) == ("Student", 2)
    async with unit_of_work(teacher) as work:
        await service.save_setting(
            work=work,
            me=teacher,
            course_id=tutored.course.course_id,
            version=0,
            enabled=True,
            hints_only=False,
            transcripts=False,
            locked_topics="",
        )
    async with unit_of_work(teacher) as work:
        with pytest.raises(NotFound):
            await service.read_transcript(work=work, me=teacher, conversation_id=found.conversations[0][0])
        assert (
            await service.read_course(work=work, me=teacher, course_id=tutored.course.course_id)
        ).conversations == []


async def test_a_question_goes_to_the_teacher_and_the_answer_comes_back(tutored: Tutored) -> None:
    me, teacher = await tutored.world.student.principal(), await tutored.world.teacher.principal()
    async with unit_of_work(me) as work:
        with count_statements() as seen:
            handed = await service.hand_over(
                work=work, me=me, lesson_id=tutored.lesson_id, question="Why gas?"
            )
        assert len(seen) <= 8, seen
    with pytest.raises(NotFound):
        async with unit_of_work(me) as work:
            await service.answer_handover(work=work, me=me, handover_id=handed.id, answer="Because")
    async with unit_of_work(teacher) as work:
        await service.answer_handover(
            work=work, me=teacher, handover_id=handed.id, answer="Burning makes carbon dioxide."
        )
    async with unit_of_work(me) as work:
        panel = await service.open_panel(work=work, me=me, lesson_id=tutored.lesson_id)
    assert panel.messages[-1].speaker == "teacher"
    with pytest.raises(NotFound):
        async with unit_of_work(teacher) as work:
            await service.answer_handover(work=work, me=teacher, handover_id=uuid4(), answer="x")
