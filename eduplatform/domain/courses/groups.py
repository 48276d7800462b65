"""Groups of a course: sets of them, who is in which, and how students are put into them.

A group that has begun work on an assignment keeps it: members can be added, and taken away as long as nothing is handed in.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col

from eduplatform.db.base import new_id
from eduplatform.db.unit_of_work import Work
from eduplatform.domain.courses.group_lists import PastedRow, read_pasted
from eduplatform.domain.courses.group_models import GroupMember, GroupSet, StudentGroup
from eduplatform.domain.courses.group_repository import (
    GroupMemberRepository,
    GroupRow,
    GroupSetRepository,
    Member,
    SetRow,
    StudentGroupRepository,
    handed_in,
)
from eduplatform.domain.courses.models import Course
from eduplatform.domain.courses.policy import require_teacher
from eduplatform.domain.courses.repository import SectionRepository
from eduplatform.domain.courses.texts import single_line
from eduplatform.errors import Conflict, Invalid, NotFound
from eduplatform.i18n import N_
from eduplatform.security.permissions import Role
from eduplatform.security.principal import Principal

MAX_NAME = 80
MAX_SETS = 50
MAX_GROUPS = 500
GROUP_PAGE = 24
UNPLACED_SHOWN = 50

_KEEPS_WORK = N_("This group has handed in work. Members can be added, not taken away.")
_LAST_ONE = N_("This group has begun work, and this is its last member.")


@dataclass(frozen=True, slots=True)
class SetView:
    """A page of a set's groups, and the first of those who are in none."""

    course: Course
    row: SetRow
    groups: list[GroupRow]
    total: int
    unplaced: list[Member]
    unplaced_total: int


async def list_sets(*, work: Work, me: Principal, course_id: UUID) -> tuple[Course, list[SetRow]]:
    """The group sets of a course by name.

    Raises:
        NotFound: There is no such course, or the person does not teach it.
    """
    course = await require_teacher(work=work, me=me, course_id=course_id)
    return course, await GroupSetRepository(work).in_course(course_id)


async def create_set(
    *, work: Work, me: Principal, course_id: UUID, name: str, section_id: UUID | None = None
) -> GroupSet:
    """Begin a set without groups, for a whole course or one of its sections.

    Raises:
        NotFound: The person does not teach the course, or the section is not one of it.
        Invalid: The name is empty, too long or taken; ``fields["name"]``.
    """
    course = await require_teacher(work=work, me=me, course_id=course_id)
    sets = GroupSetRepository(work)
    words = await _free_name(sets, course.id, name)
    if section_id is not None and (await SectionRepository(work).get(section_id)).course_id != course.id:
        raise NotFound
    made = await sets.add(GroupSet(course_id=course.id, section_id=section_id, name=words))
    await work.audit("groups.created", set=made.id)
    return made


async def _free_name(sets: GroupSetRepository, course_id: UUID, name: str) -> str:
    words = _checked_name(name)
    known = await sets.find(col(GroupSet.course_id) == course_id)
    if any(one.name == words for one in known):
        raise Invalid(fields={"name": N_("There is a set with this name already.")})
    if len(known) >= MAX_SETS:
        raise Invalid(N_("A course has at most {limit} group sets."), params={"limit": str(MAX_SETS)})
    return words


def _checked_name(name: str) -> str:
    words = single_line(name)
    if not words:
        raise Invalid(fields={"name": N_("Please fill this in.")})
    if len(words) > MAX_NAME:
        too_long = N_("This is too long: at most {limit} characters.")
        raise Invalid(fields={"name": (too_long, {"limit": str(MAX_NAME)})})
    return words


async def _require_set(
    work: Work, me: Principal, set_id: UUID, *, lock: bool = True
) -> tuple[GroupSet, Course]:
    """A set of a course that the person teaches; locked, so that who changes it waits for whoever does already."""
    if Role.TEACHER not in me.roles:
        raise NotFound
    return await GroupSetRepository(work).taught(set_id, me.user, lock=lock)


async def _require_group(work: Work, me: Principal, group_id: UUID) -> tuple[StudentGroup, GroupSet]:
    group = await StudentGroupRepository(work).get(group_id)
    chosen, _course = await _require_set(work, me, group.set_id)
    return group, chosen


async def delete_set(*, work: Work, me: Principal, set_id: UUID) -> UUID:
    """Delete a set with its groups; returns the id of its course.

    Raises:
        NotFound: There is no such set, or the person does not teach its course.
        Conflict: An assignment is handed in by its groups.
    """
    chosen, course = await _require_set(work, me, set_id)
    sets = GroupSetRepository(work)
    (row,) = await sets.in_course(course.id, set_id=set_id)
    if row.assignments:
        raise Conflict(N_("An assignment is handed in by these groups, so the set stays."))
    await sets.delete(chosen)
    await work.audit("groups.deleted", set=set_id)
    return course.id


async def view_set(*, work: Work, me: Principal, set_id: UUID, page: int = 1, search: str = "") -> SetView:
    """A set as its teacher edits it: one page of groups, and the first students who are in none.

    Raises:
        NotFound: There is no such set, or the person does not teach its course.
    """
    chosen, course = await _require_set(work, me, set_id, lock=False)
    sets = GroupSetRepository(work)
    (row,) = await sets.in_course(course.id, set_id=set_id)
    found, total = await StudentGroupRepository(work).in_set(set_id, number=page, size=GROUP_PAGE)
    unplaced, waiting = await sets.unplaced(chosen, search=single_line(search), limit=UNPLACED_SHOWN)
    return SetView(course, row, found, total, unplaced, waiting)


async def add_group(*, work: Work, me: Principal, set_id: UUID, name: str) -> StudentGroup:
    """Add an empty group.

    Raises:
        NotFound: There is no such set, or the person does not teach its course.
        Invalid: The name is empty, too long or taken, or there are 500 groups.
    """
    chosen, _course = await _require_set(work, me, set_id)
    return await StudentGroupRepository(work).add(
        StudentGroup(set_id=chosen.id, name=await _free_group_name(work, set_id, name))
    )


async def _free_group_name(work: Work, set_id: UUID, name: str, own: UUID | None = None) -> str:
    words = _checked_name(name)
    known = await StudentGroupRepository(work).find(col(StudentGroup.set_id) == set_id)
    if any(one.name == words for one in known):
        raise Invalid(fields={"name": N_("There is a group with this name already.")})
    if own is None and len(known) >= MAX_GROUPS:
        raise Invalid(N_("A set has at most {limit} groups."), params={"limit": str(MAX_GROUPS)})
    return words


async def rename_group(*, work: Work, me: Principal, group_id: UUID, name: str) -> StudentGroup:
    """Give a group another name.

    Raises:
        NotFound: There is no such group, or the person does not teach its course.
        Invalid: The name is empty, too long or taken.
    """
    group, chosen = await _require_group(work, me, group_id)
    group.name = await _free_group_name(work, chosen.id, name, group_id)
    await work.flush()
    return group


async def delete_group(*, work: Work, me: Principal, group_id: UUID) -> None:
    """Delete a group; its members are then in none.

    Raises:
        NotFound: There is no such group, or the person does not teach its course.
        Conflict: It has begun work.
    """
    group, _chosen = await _require_group(work, me, group_id)
    repository = StudentGroupRepository(work)
    if await repository.attempts([group_id]):
        raise Conflict(N_("This group has begun work, so it stays."))
    await repository.delete(group)


async def place(*, work: Work, me: Principal, set_id: UUID, user_id: UUID, group_id: UUID | None) -> None:
    """Put a student into a group of the set, move them there, or with None take them out of theirs.

    Raises:
        NotFound: Set, group or student is not one of a course that the person teaches.
        Conflict: Their present group has handed in, or would be left without anybody for its draft.
    """
    chosen, _course = await _require_set(work, me, set_id)
    groups = StudentGroupRepository(work)
    if group_id is not None and (await groups.get(group_id)).set_id != set_id:
        raise NotFound
    takes_part = {member.user_id for member, _group in await GroupSetRepository(work).people(chosen)}
    members = GroupMemberRepository(work)
    present = await members.first(col(GroupMember.set_id) == set_id, col(GroupMember.user_id) == user_id)
    if present is None:
        if user_id not in takes_part:
            raise NotFound
        if group_id is not None:
            await members.add(GroupMember(set_id=set_id, group_id=group_id, user_id=user_id))
        return
    if present.group_id == group_id:
        return
    await _release(work, present)
    if group_id is None:
        await members.delete(present)
    else:
        present.group_id = group_id
        await work.flush()


async def _release(work: Work, leaving: GroupMember) -> None:
    """Let somebody go: the draft that they began for the group is then another member's."""
    attempts = await StudentGroupRepository(work).attempts([leaving.group_id])
    if handed_in(attempts):
        raise Conflict(_KEEPS_WORK)
    theirs = [one for one in attempts if one.user_id == leaving.user_id]
    if not theirs:
        return
    others = await GroupMemberRepository(work).find(
        col(GroupMember.group_id) == leaving.group_id, col(GroupMember.user_id) != leaving.user_id
    )
    if not others:
        raise Conflict(_LAST_ONE)
    for attempt in theirs:
        attempt.user_id = others[0].user_id


def even_split(people: Sequence[UUID], *, size: int, shuffle: random.Random) -> list[list[UUID]]:
    """Divide people at random into groups of about ``size``, whose sizes differ by one at most.

    There are as many groups as the number of people divided by ``size``, rounded to the nearest, and at least one.
    """
    if size < 1:
        raise ValueError("a group has at least one member")
    if not people:
        return []
    mixed = [*people]
    shuffle.shuffle(mixed)
    count = max(1, (2 * len(mixed) + size) // (2 * size))
    return [mixed[start::count] for start in range(min(count, len(mixed)))]


async def split(*, work: Work, me: Principal, set_id: UUID, size: int, prefix: str) -> int:
    """Divide everybody who is in no group at random into new groups of about ``size``.

    Args:
        work: The open unit of work.
        me: A teacher of the course.
        set_id: The set.
        size: Members per group, 2 to 20.
        prefix: What the groups are called before their number ("Group").

    Returns:
        How many groups were made.

    Raises:
        NotFound: There is no such set, or the person does not teach its course.
        Invalid: The size is out of range, everybody is placed, or there would be more than 500 groups.
    """
    if not 2 <= size <= 20:
        raise Invalid(fields={"size": N_("Use a number from 2 to 20.")})
    chosen, _course = await _require_set(work, me, set_id)
    waiting, _total = await GroupSetRepository(work).unplaced(chosen)
    if not waiting:
        raise Invalid(fields={"size": N_("Everybody is in a group already.")})
    parts = even_split([one.user_id for one in waiting], size=size, shuffle=random.SystemRandom())
    known = await StudentGroupRepository(work).find(col(StudentGroup.set_id) == set_id)
    names = _new_names(single_line(prefix)[: MAX_NAME - 6], {one.name for one in known}, len(parts))
    await _fill(work, me, set_id, dict(zip(names, parts, strict=True)), {one.name: one.id for one in known})
    await work.audit("groups.split", set=set_id, groups=len(parts))
    return len(parts)


def _new_names(prefix: str, taken: set[str], count: int) -> list[str]:
    names: list[str] = []
    number = 0
    while len(names) < count:
        number += 1
        name = f"{prefix} {number}".strip()
        if name not in taken:
            names.append(name)
    return names


async def _fill(
    work: Work, me: Principal, set_id: UUID, parts: Mapping[str, Sequence[UUID]], known: Mapping[str, UUID]
) -> None:
    """Put people into groups by name; those that are not known yet are made."""
    made = {name: new_id() for name in parts if name not in known}
    if len(known) + len(made) > MAX_GROUPS:
        raise Invalid(N_("A set has at most {limit} groups."), params={"limit": str(MAX_GROUPS)})
    groups = {**known, **made}
    await StudentGroupRepository(work).insert_many(
        [{"id": key, "set_id": set_id, "name": name, "created_by": me.user} for name, key in made.items()]
    )
    await GroupMemberRepository(work).insert_many(
        [
            {"set_id": set_id, "group_id": groups[name], "user_id": user, "created_by": me.user}
            for name, members in parts.items()
            for user in members
        ]
    )


async def place_pasted(*, work: Work, me: Principal, set_id: UUID, text: str) -> list[PastedRow]:
    """Put the students of a pasted list into the groups that it names; groups that do not exist are made.

    All or nothing: with one line that has a problem nothing changes.

    Returns:
        What became of each line, or would become of it without the problems of others.

    Raises:
        NotFound: There is no such set, or the person does not teach its course.
        Invalid: The list is empty or too long, or there would be too many groups.
    """
    chosen, _course = await _require_set(work, me, set_id)
    rows = read_pasted(text, await GroupSetRepository(work).people(chosen))
    if any(row.problem for row in rows):
        return rows
    known = {
        one.name: one for one in await StudentGroupRepository(work).find(col(StudentGroup.set_id) == set_id)
    }
    parts: dict[str, list[UUID]] = {}
    for row in rows:
        assert row.user_id is not None
        parts.setdefault(row.group, []).append(row.user_id)
    await _fill(work, me, set_id, parts, {name: one.id for name, one in known.items()})
    await work.audit("groups.pasted", set=set_id, students=len(rows))
    return rows


async def group_of(*, work: Work, set_id: UUID, user_id: UUID, lock: bool = False) -> StudentGroup | None:
    """The group of a set that a student is in, for callers that checked access; ``lock`` makes its members take turns."""
    return await StudentGroupRepository(work).of_student(set_id, user_id, lock=lock)


async def members_of(*, work: Work, group_ids: Sequence[UUID]) -> dict[UUID, list[Member]]:
    """The members of groups by name, for callers that checked access; one statement."""
    return await StudentGroupRepository(work).members(group_ids)


async def own_group(*, work: Work, set_id: UUID, user_id: UUID) -> tuple[StudentGroup | None, list[Member]]:
    """A student's group of a set with all of its members by name, for callers that checked access; one statement."""
    return await StudentGroupRepository(work).with_members(set_id, user_id)
