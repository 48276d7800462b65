"""What people of the demonstration tell each other: announcements, a solved question, messages, events, and the news of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from eduplatform.db.unit_of_work import Work
from eduplatform.demo.content import TenantContent
from eduplatform.demo.seed import Calendar, SeededCourse
from eduplatform.domain.accounts.models import User
from eduplatform.domain.calendar.models import CalendarEvent
from eduplatform.domain.messaging import notifications
from eduplatform.domain.messaging.models import (
    Announcement,
    AnnouncementRead,
    AnnouncementSection,
    Conversation,
    DirectMessage,
    Post,
    Thread,
)
from eduplatform.security.rich_text import render_markdown


@dataclass(frozen=True, slots=True)
class Note:
    """An announcement: how many days ago it appeared (negative: it will), and to what it belongs."""

    title: str
    body: str
    days: float
    pinned: bool = False
    one_class: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said in one course: announcements, and a question with answers.

    Attributes:
        notes: The announcements.
        question: Title and text.
        answers: Text and number of the answer above it (0: none); the first is the accepted one, by a student.
        event: Title, place and note of an event next week.
    """

    notes: tuple[Note, ...]
    question: tuple[str, str]
    answers: tuple[tuple[str, int], ...]
    event: tuple[str, str, str]


TALKS: dict[str, Talk] = {
    "biology-9": Talk(
        (
            Note(
                "How we work in the lab",
                "Three rules that are not up for debate:\n\n1. **Goggles on** as soon as a bottle is open.\n"
                "2. Long hair tied back, bags under the table.\n3. Something broke or spilled? Say so at once. "
                "Nobody is in trouble for an accident, only for hiding one.",
                33,
                pinned=True,
            ),
            Note(
                "Thursday: leaves and light",
                "We measure how fast leaf discs rise under three lamps. Please bring **five fresh leaves** in a damp "
                "paper towel. Spinach works best, ivy works too.\n\nRead the lesson on limiting factors before, "
                "so that you can predict which lamp wins.",
                1.2,
            ),
            Note(
                "The greenhouse is open to us",
                "The botanical garden has invited our class. We leave at 8:30 from the main gate and are back for "
                "lunch. The permission slip comes home on Monday.",
                -4,
                one_class=True,
            ),
        ),
        (
            "Why does the rate stop rising when the light gets brighter?",
            "In the graph the line goes flat at about 40 units of light. If light is the energy, why does **more** of "
            "it not help?",
        ),
        (
            (
                "Because something else runs short first. At the flat part the plant already has more light than it can "
                "use, and carbon dioxide is what it waits for. In the second curve, with more CO₂, the flat part starts "
                "higher.",
                0,
            ),
            ("So if I warm the water, the flat part should move as well?", 1),
            (
                "Only if temperature is the factor that limits it there. Try it on Thursday: that is a testable idea.",
                2,
            ),
            ("I thought the leaf gets tired, but the CO₂ curve convinced me.", 0),
        ),
        ("Visit to the botanical garden", "Main gate, 8:30", "Sturdy shoes, water, your notebook."),
    ),
    "history-8": Talk(
        (
            Note(
                "What counts as evidence in your essay",
                "For every claim name **one source and what it can not tell us**. A coin shows that somebody minted it, "
                "not that people were rich. Two good pieces of evidence beat six quotations.",
                20,
                pinned=True,
            ),
            Note(
                "The museum kit has arrived",
                "On Wednesday you hold a real oil lamp and three Roman coins, about 1,900 years old. They are cool to "
                "the touch and heavier than you think. Come with clean hands and one question you want the object to "
                "answer.",
                2.4,
            ),
        ),
        (
            "Were women citizens in Athens or not?",
            "The lesson says only men could vote. But I read that a citizen's **mother** had to be Athenian too. So were "
            "women citizens?",
        ),
        (
            (
                "Both, depending on what you mean. They counted for *descent*: after 451 BC you needed two Athenian "
                "parents. They took part in religion as priestesses. But they could not vote, speak in court or own "
                "land. So: belonging yes, deciding no.",
                0,
            ),
            ("Then “democracy” left out more than half of the people who belonged to the city?", 1),
            ("Yes. Keep that sentence for your essay, and ask who is left out of ours.", 2),
        ),
        ("Museum kit in class", "Room 12", "Bring one question that an object could answer."),
    ),
    "physics-10": Talk(
        (
            Note(
                "Units first",
                "From now on an answer without a unit is half an answer. Before you calculate, write what you know "
                "**with units**, and check that they cancel. It catches most mistakes before they happen.",
                25,
                pinned=True,
            ),
            Note(
                "Egg drop on Friday",
                "Your capsule may weigh 60 g at most, egg not included. We drop from the second floor and film at 240 "
                "frames per second; you calculate the force on the egg from the video.",
                0.8,
            ),
        ),
        (
            "Why do heavy and light things fall equally fast?",
            "The heavy ball is pulled with more force. Shouldn't it be faster?",
        ),
        (
            (
                "It is pulled harder *and* it is harder to accelerate, by exactly the same factor. In $a = F/m$ the mass "
                "cancels: $a = mg/m = g$. The feather is slower only because of the air.",
                0,
            ),
            ("So on the Moon the feather would keep up?", 1),
            ("They tried it in 1971, with a falcon feather and a hammer. Look it up!", 2),
        ),
        ("Egg drop", "Courtyard, second-floor window", "Capsules are weighed at the door: 60 g at most."),
    ),
    "data-literacy": Talk(
        (
            Note(
                "Bring one chart from your own work",
                "In the next session we read charts that you use every week. Remove names and customers first. "
                "Ask yourself: *what would I do differently if the line went the other way?*",
                3.1,
                pinned=True,
            ),
            Note(
                "Drop-in hour on Tuesdays",
                "From 12:30 to 13:15 we sit in the small meeting room and go through whatever is unclear. No "
                "registration, bring your lunch.",
                9,
            ),
        ),
        (
            "When is the median better than the mean?",
            "My team reports the *average* handling time. One ticket took eleven days and now the month looks terrible.",
        ),
        (
            (
                "When a few extreme values would speak for everybody. One ticket of eleven days pulls the mean, not the "
                "median. Report the median, and next to it how many took longer than three days: that is the part you "
                "can act on.",
                0,
            ),
            ("Isn't leaving it out a way of hiding it?", 1),
            ("It would be if you dropped it. Show both, and say which question each one answers.", 2),
        ),
        ("Drop-in hour", "Small meeting room", "No registration."),
    ),
    "python-basics": Talk(
        (
            Note(
                "Read the last line of an error first",
                "The last line says **what** went wrong, the line above it says **where**. Try to explain it aloud "
                "before you change anything.",
                14,
                pinned=True,
            ),
            Note(
                "Your small report is due next week",
                "Use data of your own if you can; five columns are enough. What matters is that a colleague could run it "
                "again in a month.",
                1.6,
            ),
        ),
        (
            "Why does my list change when I change its copy?",
            "```python\na = [1, 2]\nb = a\nb.append(3)\nprint(a)  # [1, 2, 3] ?!\n```",
        ),
        (
            (
                "`b = a` makes a second *name*, not a second list. Use `b = a.copy()` or `b = list(a)`. You can see it with "
                "`a is b`, which is `True` for you.",
                0,
            ),
            ("And a list inside the list?", 1),
            ("That one is still shared: `copy()` copies one level. `copy.deepcopy` takes all of them.", 2),
        ),
        ("Pair programming hour", "Online", "Bring something that does not work yet."),
    ),
    "safety-forklift": Talk(
        (
            Note(
                "New one-way route in hall 3",
                "From Monday, traffic in hall 3 runs **clockwise only**. Pedestrians use the marked path along the north "
                "wall. Please walk it once before your first shift.",
                0.6,
                pinned=True,
            ),
            Note(
                "Near misses: thank you",
                "Four near misses were reported last month, and two of them led to a mirror at the blind corner by dock "
                "2. Reporting takes three minutes and is never held against anybody.",
                11,
            ),
        ),
        (
            "Why is driving backwards downhill safer with a load?",
            "On the ramp I was told to reverse down. It feels wrong: I cannot see the load.",
        ),
        (
            (
                "Forwards, the load points downhill and its weight tips the truck over the front wheels, or it slides off "
                "the forks. Backwards the load leans against the mast, uphill of you. So: load always on the uphill side.",
                0,
            ),
            ("And without a load?", 1),
            ("The other way round: forks downhill, because then the counterweight is the heavy end.", 2),
        ),
        ("Walk through hall 3", "Hall 3, gate north", "Safety shoes and vest."),
    ),
}

MESSAGES = (
    (
        ("student", "teacher"),
        (
            (
                "student",
                52,
                "Good morning, I was ill on Monday. Could I hand in the quiz on Thursday instead?",
            ),
            (
                "teacher",
                49,
                "Of course. I have moved your date; you see it in your calendar. Get well first.",
            ),
            ("student", 48, "Thank you very much!"),
        ),
    ),
    (
        ("teacher", "guardian"),
        (
            (
                "teacher",
                30,
                "I wanted to tell you how well the last piece of work went: a clear argument, and the sources were "
                "checked with care.",
            ),
            (
                "guardian",
                26,
                "That is lovely to hear, we will celebrate it tonight. Is there anything to practise?",
            ),
            ("teacher", 3, "Just keep asking “how do we know?” at the dinner table. It works."),
        ),
    ),
)
"""Pairs of roles, and what was written, with the hours since."""


async def communicate(
    *,
    work: Work,
    content: TenantContent,
    people: Mapping[str, User],
    courses: Sequence[SeededCourse],
    calendar: Calendar,
    now: datetime,
) -> None:
    """Let the people of one organisation talk to each other."""
    first = {role: people[persons[0]["key"]] for role, persons in content.people.items() if persons}
    for course in courses:
        talk = TALKS.get(course.content.key)
        if talk is not None:
            await _announce(work, course, talk, now)
            await _discuss(work, course, talk, now)
            _plan(work, course, talk, calendar, now)
    await work.flush()
    for pair, said in MESSAGES:
        await _write(work, (first[pair[0]], first[pair[1]]), first, said, now)
    await _tell(work, first, courses, now)


async def _announce(work: Work, course: SeededCourse, talk: Talk, now: datetime) -> None:
    for note in talk.notes:
        moment = now - timedelta(days=note.days)
        row = await work.add(
            Announcement(
                course_id=course.course.id,
                author_id=course.teachers[0].id,
                title=note.title,
                body=note.body,
                body_html=render_markdown(note.body),
                publish_at=moment,
                created_at=min(moment, now),
                pinned=note.pinned,
                whole_course=not note.one_class,
                told_at=moment if note.days > 0 else None,
            )
        )
        if note.one_class:
            work.session.add(AnnouncementSection(announcement_id=row.id, section_id=course.sections[0].id))
        if note.days > 0:
            # The first student, whose account people try, shall find something new; of the others most have read.
            work.session.add_all(
                AnnouncementRead(announcement_id=row.id, user_id=one.id, created_at=moment)
                for number, one in enumerate(course.students)
                if (number % 7 if number else note.pinned)
            )
        else:
            await work.enqueue("messaging.announce", not_before=moment, announcement_id=str(row.id))
    await work.flush()


async def _discuss(work: Work, course: SeededCourse, talk: Talk, now: datetime) -> None:
    title, text = talk.question
    begun = now - timedelta(days=2, hours=5)
    asker = course.students[0]
    thread = await work.add(
        Thread(
            course_id=course.course.id,
            author_id=asker.id,
            title=title,
            body=text,
            body_html=render_markdown(text),
            created_at=begun,
            last_post_at=begun + timedelta(hours=2 * len(talk.answers)),
            post_count=len(talk.answers),
            post_serial=len(talk.answers),
        )
    )
    posts: list[Post] = []
    for number, (answer, above) in enumerate(talk.answers, start=1):
        parent = posts[above - 1] if above else None
        by_teacher = parent is not None and parent.depth == 1
        post = Post(
            thread_id=thread.id,
            author_id=(
                course.teachers[0] if by_teacher else course.students[number % len(course.students)]
            ).id,
            parent_id=parent.id if parent else None,
            path=f"{parent.path}.{number:06}" if parent else f"{number:06}",
            depth=parent.depth + 1 if parent else 0,
            body=answer,
            body_html=render_markdown(answer),
            created_at=begun + timedelta(hours=2 * number),
        )
        posts.append(await work.add(post))
    thread.accepted_post_id = posts[0].id
    posts[0].endorsed_by = course.teachers[0].id
    await work.flush()


def _plan(work: Work, course: SeededCourse, talk: Talk, calendar: Calendar, now: datetime) -> None:
    title, place, note = talk.event
    today = now.astimezone(calendar.zone).date()
    day = today + timedelta(days=9 - today.weekday())  # Wednesday of next week
    start = datetime.combine(day, time(8, 30), calendar.zone)
    work.session.add(
        CalendarEvent(
            course_id=course.course.id,
            section_id=course.sections[0].id,
            author_id=course.teachers[0].id,
            title=title,
            place=place,
            note=note,
            starts_at=start,
            ends_at=start + timedelta(hours=3),
        )
    )


async def _write(
    work: Work,
    pair: tuple[User, User],
    first: Mapping[str, User],
    said: Sequence[tuple[str, int, str]],
    now: datetime,
) -> None:
    one, other = sorted(person.id for person in pair)
    newest = now - timedelta(hours=said[-1][1])
    author = first[said[-1][0]].id
    row = await work.add(
        Conversation(
            first_id=one,
            second_id=other,
            last_message_at=newest,
            last_author_id=author,
            first_read_at=newest if one == author else newest - timedelta(hours=1),
            second_read_at=newest if other == author else newest - timedelta(hours=1),
        )
    )
    for role, hours, body in said:
        await work.add(
            DirectMessage(
                conversation_id=row.id,
                author_id=first[role].id,
                body=body,
                body_html=render_markdown(body),
                created_at=now - timedelta(hours=hours),
            )
        )
    reader = other if author == one else one
    await notifications.send(
        work=work,
        recipients=[reader],
        kind="message",
        text="{name} wrote to you",
        params={"name": first[said[-1][0]].name},
        href=f"/messages/{row.id}",
        now=newest,
    )


async def _tell(
    work: Work, first: Mapping[str, User], courses: Sequence[SeededCourse], now: datetime
) -> None:
    """The newest announcement of each course, for the accounts that people try."""
    for course in courses:
        talk = TALKS.get(course.content.key)
        if talk is None:
            continue
        note = min((one for one in talk.notes if one.days > 0), key=lambda one: one.days)
        told: list[tuple[list[UUID], str]] = [
            ([first["student"].id], f"/courses/{course.course.id}/announcements"),
            ([first["guardian"].id] if "guardian" in first else [], "/family/announcements"),
        ]
        for recipients, href in told:
            await notifications.send(
                work=work,
                recipients=recipients,
                kind="announcement",
                text="Announcement: {title}",
                params={"title": note.title},
                href=href,
                now=now - timedelta(days=note.days),
            )
