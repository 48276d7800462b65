"""Who may write to whom, as data. Ties between two people are read from the rows; what a tie allows stands here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from eduplatform.domain.tenants.models import TenantKind
from eduplatform.security.permissions import Role

RULES_KEY = "messages"
"""Under which the organisation's rules stand in its settings."""


class Tie(StrEnum):
    """What somebody is to the person who wants to write to them."""

    MY_STUDENT = "my_student"
    MY_TEACHER = "my_teacher"
    CLASSMATE = "classmate"
    OPEN_CLASSMATE = "open_classmate"
    """A classmate in a course whose teacher lets students write to each other."""
    GUARDIAN_OF_MY_STUDENT = "guardian_of_my_student"
    TEACHER_OF_MY_CHILD = "teacher_of_my_child"
    COLLEAGUE = "colleague"


class Classmates(StrEnum):
    """Whether students may write to classmates: nowhere, where a teacher allows it, or everywhere."""

    NEVER = "never"
    TEACHER = "teacher"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Rules:
    """An organisation's rules for direct messages."""

    classmates: Classmates = Classmates.TEACHER
    guardians_see: bool = True


ALWAYS = frozenset(
    {Tie.MY_STUDENT, Tie.MY_TEACHER, Tie.GUARDIAN_OF_MY_STUDENT, Tie.TEACHER_OF_MY_CHILD, Tie.COLLEAGUE}
)
"""Ties that allow to write, whatever the organisation's rules."""

BY_RULE: Mapping[Classmates, frozenset[Tie]] = {
    Classmates.NEVER: frozenset(),
    Classmates.TEACHER: frozenset({Tie.OPEN_CLASSMATE}),
    Classmates.ALWAYS: frozenset({Tie.CLASSMATE, Tie.OPEN_CLASSMATE}),
}
"""Ties that allow it under each rule for classmates."""

UNBLOCKABLE = frozenset({Tie.MY_TEACHER, Tie.TEACHER_OF_MY_CHILD})
"""Who teaches somebody, or their child, must be able to reach them."""


def allowed_ties(rules: Rules) -> frozenset[Tie]:
    """The ties that allow to write under these rules."""
    return ALWAYS | BY_RULE[rules.classmates]


def may_write(*, ties: frozenset[Tie], rules: Rules, blocked: bool, active: bool) -> bool:
    """Whether somebody may write to somebody else.

    Args:
        ties: What the other one is to the writer.
        rules: The organisation's.
        blocked: One of the two has blocked the other.
        active: Both have an open account.
    """
    return active and not blocked and bool(ties & allowed_ties(rules))


def may_block(ties: frozenset[Tie]) -> bool:
    """Whether somebody may block the other one."""
    return not ties & UNBLOCKABLE


def guardian_may_read(
    *, rules: Rules, child_roles: frozenset[str], other_roles: frozenset[str], is_guardian: bool
) -> bool:
    """Whether a verified guardian of one of the two may read along: where a student writes with an adult.

    Args:
        rules: The organisation's.
        child_roles: Roles of the one whose guardian asks.
        other_roles: Roles of the other one.
        is_guardian: The link between guardian and child is verified.
    """
    student, adult = Role.STUDENT in child_roles, Role.STUDENT not in other_roles
    return rules.guardians_see and is_guardian and student and adult


def rules_of(kind: str, settings: Mapping[str, Any]) -> Rules:
    """The rules as an organisation has stored them; a school's guardians see by default, a company has none."""
    stored = settings.get(RULES_KEY)
    given = cast("dict[str, Any]", stored if isinstance(stored, dict) else {})
    chosen = given.get("classmates")
    return Rules(
        classmates=Classmates(chosen) if chosen in set(Classmates) else Classmates.TEACHER,
        guardians_see=bool(given.get("guardians_see", kind == TenantKind.SCHOOL)),
    )
