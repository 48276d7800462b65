"""What two students asked the tutor about enzymes, and a question that one of them handed to the teacher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from eduplatform.db.unit_of_work import Work
from eduplatform.demo.seed import SeededCourse
from eduplatform.domain.accounts.models import User
from eduplatform.domain.courses.models import Lesson, LessonVersion
from eduplatform.domain.tutoring.models import (
    Speaker,
    TutorConversation,
    TutorHandover,
    TutorMessage,
    TutorSetting,
)

COURSE: Final = "biology-9"
LESSON: Final = "Enzymes: fast enough for life"
KEPT: Final = timedelta(days=180)
RULES: Final[Mapping[str, Any]] = {"engine": "rules", "model": "", "prompt": "", "note": ""}

HEAT: Final = "Why does saliva stop working when it gets hot?"
HEAT_QUOTE: Final = "The enzyme is denatured."
HEAT_SENTENCE: Final = "Strong vibration breaks the bonds that hold the protein in shape, the active site changes, and the substrate no longer fits."
LOCK: Final = "Is the substrate the key or the lock?"
LOCK_QUOTE: Final = "Only one shape of molecule, the substrate, fits into it, as a key fits one lock."

Turn = tuple[Speaker, str, str, int, str]
"""Speaker, words, move, step, and the sentence that is cited."""

TALKS: Final[Sequence[tuple[int, str, Sequence[Turn]]]] = (
    (
        0,
        HEAT,
        (
            (Speaker.STUDENT, HEAT, "", 0, ""),
            (
                Speaker.TUTOR,
                "Let us begin with what you know. Read “Temperature: two effects in one curve” [1] again: what does it say that helps "
                "with your question, in your own words?",
                "ask",
                1,
                HEAT_QUOTE,
            ),
            (
                Speaker.STUDENT,
                "It says the particles move faster. But then it should get better, not worse?",
                "",
                0,
                "",
            ),
            (
                Speaker.TUTOR,
                f"Look at this sentence of your lesson [1]: “{HEAT_SENTENCE}” Which part of it helps you here?",
                "point",
                2,
                HEAT_SENTENCE,
            ),
            (
                Speaker.STUDENT,
                "Oh. The shape changes, so starch does not fit into the active site any more.",
                "",
                0,
                "",
            ),
        ),
    ),
    (
        1,
        LOCK,
        (
            (Speaker.STUDENT, LOCK, "", 0, ""),
            (
                Speaker.TUTOR,
                "Let us begin with what you know. Read “Catalysts made by cells” [1] again: what does it say that helps with your "
                "question, in your own words?",
                "ask",
                1,
                LOCK_QUOTE,
            ),
        ),
    ),
)

HANDED: Final = "If heat changes the shape for good, why does a boiled egg not go back when it cools?"


async def talk_with_the_tutor(*, work: Work, courses: Sequence[SeededCourse], now: datetime) -> None:
    """Conversations of the last two days in the biology course; none where there is no such course."""
    course = next((one for one in courses if one.content.key == COURSE), None)
    if course is None:
        return
    lesson = next(one for one in course.lessons if one.title == LESSON)
    version = (
        await work.session.exec(
            select(LessonVersion).where(
                col(LessonVersion.lesson_id) == lesson.id,
                col(LessonVersion.number) == lesson.published_number,
            )
        )
    ).one()
    work.session.add(TutorSetting(course_id=course.course.id, locked_topics=["mock exam"], version=1))
    for number, topic, turns in TALKS:
        began = now - timedelta(hours=26 - 9 * number)
        conversation = await _talk(
            work, course, lesson, version, course.students[number], topic, turns, began
        )
        if number == 0:
            work.session.add(
                TutorHandover(
                    conversation_id=conversation,
                    course_id=course.course.id,
                    user_id=course.students[number].id,
                    lesson_id=lesson.id,
                    question=HANDED,
                    created_at=began + timedelta(minutes=6),
                )
            )
    await work.flush()


async def _talk(
    work: Work,
    course: SeededCourse,
    lesson: Lesson,
    version: LessonVersion,
    student: User,
    topic: str,
    turns: Sequence[Turn],
    began: datetime,
) -> UUID:
    conversation = await work.add(
        TutorConversation(user_id=student.id, course_id=course.course.id, created_at=began)
    )
    hints = 0
    for minute, (speaker, text, move, level, quote) in enumerate(turns):
        hints += speaker is Speaker.TUTOR
        await work.add(
            TutorMessage(
                conversation_id=conversation.id,
                lesson_id=lesson.id,
                speaker=speaker,
                text=text,
                move=move,
                level=level,
                topic=topic if move else "",
                hints=hints if move else 0,
                citations=[_citation(lesson, version, quote)] if quote else [],
                provenance=dict(RULES) if move else {},
                created_at=began + timedelta(minutes=minute),
                expires_at=began + KEPT,
            )
        )
    return conversation.id


def _citation(lesson: Lesson, version: LessonVersion, quote: str) -> dict[str, Any]:
    """The block in which a sentence stands; the first one if it was rewritten since."""
    words = quote.split()[:3]
    texts = [(str(one["id"]), str(one["data"].get("text", ""))) for one in version.blocks]
    place = next(
        (key for key, text in texts if " ".join(words) in " ".join(text.replace("*", "").split())),
        texts[0][0],
    )
    return {
        "number": 1,
        "lesson_id": str(lesson.id),
        "block_id": place,
        "title": lesson.title,
        "quote": quote,
    }
