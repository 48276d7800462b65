"""Handed-in work: which links can be followed, which files fit, when a draft's next revision begins, even groups."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.domain.assessment.drafts import begins_anew, file_problem
from eduplatform.domain.assessment.handed_in import Progress, progress_of
from eduplatform.domain.assessment.models import DraftRevision
from eduplatform.domain.assessment.types.submission import Submission, SubmissionBody, is_web_address
from eduplatform.domain.courses.groups import even_split
from eduplatform.errors import Invalid

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


@given(st.text(max_size=60))
def test_whatever_is_stored_as_a_link_never_runs(text: str) -> None:
    try:
        kept = Submission().parse_response({"link": text}).link
    except Invalid:
        return
    if is_web_address(kept):
        assert kept.startswith(("http://", "https://")) or kept[:8].lower().startswith(
            ("http://", "https://")
        )
        assert not any(c.isspace() for c in kept)


@pytest.mark.parametrize(
    ("link", "good"),
    [
        ("https://example.org/a?b=c#d", True),
        ("http://localhost:8000", True),
        ("https://", False),
        ("https://user@example.org", False),
        ("https://example.org\\@evil.test", False),
        ("https://exa mple.org", False),
        ("HTTPS://EXAMPLE.ORG", True),
        ("//example.org", False),
        ("https://[::1", False),
    ],
)
def test_which_addresses_can_be_followed(link: str, good: bool) -> None:
    assert is_web_address(link) is good


@pytest.mark.parametrize(
    ("name", "size", "fits"),
    [("map.PDF", 10, True), ("map.pdf.exe", 10, False), ("map.png", 10, True), ("big.pdf", 2_000_001, False)],
)
def test_which_files_fit(name: str, size: int, fits: bool) -> None:
    body = SubmissionBody(files=True, file_kinds=("pdf", "image"), max_megabytes=2)
    assert (file_problem(body, name, size) is None) is fits


def test_a_task_without_anything_to_hand_in_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        Submission().parse_authoring({})
    assert "parts" in caught.value.fields


def _last(user: UUID, *, begun: timedelta, characters: int = 0) -> DraftRevision:
    return DraftRevision(
        attempt_id=uuid4(), user_id=user, begun_at=NOW - begun, saved_at=NOW, characters=characters
    )


def test_when_another_revision_begins() -> None:
    me, other = uuid4(), uuid4()
    young = NOW - timedelta(minutes=30)

    def anew(
        last: DraftRevision | None, *, who: UUID = me, characters: int = 500, at: datetime = young
    ) -> bool:
        return begins_anew(last, user_id=who, characters=characters, started_at=at, now=NOW)

    assert anew(None)
    assert not anew(_last(me, begun=timedelta(minutes=2)))
    assert anew(_last(me, begun=timedelta(minutes=3)))
    assert anew(_last(me, begun=timedelta(seconds=1)), who=other)
    assert anew(_last(me, begun=timedelta(minutes=1), characters=1001))
    assert not anew(_last(me, begun=timedelta(minutes=1), characters=900))
    assert not anew(_last(me, begun=timedelta(minutes=30)), at=NOW - timedelta(days=3))


@given(st.integers(1, 200), st.integers(1, 20), st.integers())
def test_groups_made_at_random_are_even_and_lose_nobody(people: int, size: int, seed: int) -> None:
    everybody = [UUID(int=number) for number in range(people)]
    parts = even_split(everybody, size=size, shuffle=random.Random(seed))
    assert sorted(one for part in parts for one in part) == everybody
    lengths = [len(part) for part in parts]
    assert max(lengths) - min(lengths) <= 1
    assert min(lengths) >= 1


@given(
    st.sampled_from([None, "in_progress", "submitted"]),
    st.integers(0, 10_000),
    st.integers(-10, 10),
    st.booleans(),
)
def test_work_that_came_in_is_never_missing(state: str | None, late: int, days: int, dated: bool) -> None:
    due = NOW + timedelta(days=days) if dated else None
    found = progress_of(state=state, late_seconds=late, due_at=due, closes_at=None, now=NOW)
    assert (found in (Progress.HANDED_IN, Progress.LATE)) is (state == "submitted")
    assert (found is Progress.MISSING) is (state != "submitted" and due is not None and due < NOW)
