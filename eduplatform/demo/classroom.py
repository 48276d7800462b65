"""Live lessons of the demonstration that are over: who was there, and what the polls brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from eduplatform.db.unit_of_work import Work
from eduplatform.demo.seed import SeededCourse
from eduplatform.domain.classroom.models import (
    ClassView,
    LiveParticipant,
    LivePoll,
    LiveSession,
    LiveVote,
)

MINUTES = 35


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll of a live lesson, and of ten students how many chose each answer."""

    question: str
    options: tuple[str, ...]
    of_ten: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Led:
    """A live lesson: the place of its lesson in the course (from 0), days ago, and what was asked."""

    lesson: int
    days: int
    polls: tuple[Asked, ...]


LED: dict[str, Led] = {
    "biology-9": Led(
        2,
        3,
        (
            Asked(
                "A raisin lies in water overnight. What happens?",
                (
                    "It swells: water moves in",
                    "It shrinks: sugar moves out",
                    "Nothing: its skin is closed",
                ),
                (7, 2, 1),
            ),
            Asked("Can you explain osmosis to your neighbour now?", ("Yes", "Almost", "Not yet"), (5, 4, 1)),
        ),
    ),
    "python-basics": Led(
        2,
        2,
        (
            Asked(
                "What does `if stock:` do when stock is 0?",
                ("Runs the block", "Skips the block", "Stops with an error"),
                (2, 7, 1),
            ),
        ),
    ),
}
"""By the key of the course."""


async def lead_lessons(*, work: Work, courses: Sequence[SeededCourse], now: datetime) -> None:
    """Let a lesson of some courses have been live."""
    for course in courses:
        led = LED.get(course.content.key)
        if led is not None and led.lesson < len(course.lessons):
            await _lead(work, course, led, now - timedelta(days=led.days))


async def _lead(work: Work, course: SeededCourse, led: Led, begun: datetime) -> None:
    section, lesson = course.sections[0], course.lessons[led.lesson]
    people = [one for one in course.students if course.section_of[one.id] == section.id]
    ended = begun + timedelta(minutes=MINUTES)
    session = await work.add(
        LiveSession(
            section_id=section.id,
            lesson_id=lesson.id,
            lesson_number=1,
            class_view=ClassView.HANDS,
            started_at=begun,
            ended_at=ended,
            created_at=begun,
            created_by=course.teachers[0].id,
        )
    )
    work.session.add_all(
        LiveParticipant(
            session_id=session.id,
            user_id=one.id,
            joined_at=begun + timedelta(seconds=20 + number * 7 % 90),
            seen_at=ended,
            hands=(number % 4 == 1) + (number % 7 == 1),
        )
        for number, one in enumerate(people)
    )
    for number, asked in enumerate(led.polls, start=1):
        opened = begun + timedelta(minutes=number * 10)
        poll = await work.add(
            LivePoll(
                session_id=session.id,
                question=asked.question,
                options=list(asked.options),
                opened_at=opened,
                closed_at=opened + timedelta(minutes=2),
                shared_at=opened + timedelta(minutes=2),
                created_by=course.teachers[0].id,
            )
        )
        pattern = [choice for choice, times in enumerate(asked.of_ten) for _once in range(times)]
        work.session.add_all(
            LiveVote(poll_id=poll.id, user_id=one.id, choice=pattern[place * 3 % len(pattern)])
            for place, one in enumerate(people)
        )
