"""The rules of direct messages as a table, and what must hold whatever the table says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.messaging.contact_policy import (
    Classmates,
    Rules,
    Tie,
    guardian_may_read,
    may_block,
    may_write,
    rules_of,
)

NEVER, TEACHER, ALWAYS = Classmates
RULES = st.builds(Rules, st.sampled_from(Classmates), st.booleans())
TIES = st.frozensets(st.sampled_from(Tie))
ROLES = st.frozensets(st.sampled_from(["student", "teacher", "guardian", "admin"]))


@pytest.mark.parametrize(
    ("tie", "under"),
    [
        (Tie.MY_TEACHER, {NEVER, TEACHER, ALWAYS}),
        (Tie.MY_STUDENT, {NEVER, TEACHER, ALWAYS}),
        (Tie.GUARDIAN_OF_MY_STUDENT, {NEVER, TEACHER, ALWAYS}),
        (Tie.TEACHER_OF_MY_CHILD, {NEVER, TEACHER, ALWAYS}),
        (Tie.COLLEAGUE, {NEVER, TEACHER, ALWAYS}),
        (Tie.OPEN_CLASSMATE, {TEACHER, ALWAYS}),
        (Tie.CLASSMATE, {ALWAYS}),
    ],
)
def test_what_each_tie_allows(tie: Tie, under: set[Classmates]) -> None:
    for rule in Classmates:
        allowed = may_write(ties=frozenset({tie}), rules=Rules(rule), blocked=False, active=True)
        assert allowed == (rule in under), (tie, rule)


@given(ties=TIES, rules=RULES, blocked=st.booleans(), active=st.booleans())
def test_nobody_writes_without_a_tie_past_a_block_or_to_who_has_left(
    ties: frozenset[Tie], rules: Rules, blocked: bool, active: bool
) -> None:
    if may_write(ties=ties, rules=rules, blocked=blocked, active=active):
        assert ties
        assert active
        assert not blocked


@given(ties=TIES, more=TIES, rules=RULES)
def test_another_tie_never_forbids(ties: frozenset[Tie], more: frozenset[Tie], rules: Rules) -> None:
    if may_write(ties=ties, rules=rules, blocked=False, active=True):
        assert may_write(ties=ties | more, rules=rules, blocked=False, active=True)


@given(ties=TIES)
def test_teachers_cannot_be_blocked_by_those_they_teach(ties: frozenset[Tie]) -> None:
    assert may_block(ties) == (not ties & {Tie.MY_TEACHER, Tie.TEACHER_OF_MY_CHILD})


@given(rules=RULES, child=ROLES, other=ROLES, linked=st.booleans())
def test_a_guardian_reads_only_what_their_own_student_writes_with_an_adult(
    rules: Rules, child: frozenset[str], other: frozenset[str], linked: bool
) -> None:
    allowed = guardian_may_read(rules=rules, child_roles=child, other_roles=other, is_guardian=linked)
    assert allowed == (rules.guardians_see and linked and "student" in child and "student" not in other)


@pytest.mark.parametrize(
    ("kind", "stored", "expected"),
    [
        ("school", {}, Rules(TEACHER, True)),
        ("company", {}, Rules(TEACHER, False)),
        ("school", {"messages": {"classmates": "always", "guardians_see": False}}, Rules(ALWAYS, False)),
        ("school", {"messages": {"classmates": "nonsense"}}, Rules(TEACHER, True)),
        ("school", {"messages": "nonsense"}, Rules(TEACHER, True)),
    ],
)
def test_rules_as_stored(kind: str, stored: dict[str, object], expected: Rules) -> None:
    assert rules_of(kind, stored) == expected
