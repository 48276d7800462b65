"""The history of a grade in words: who, when, from what, to what, why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from eduplatform.domain.grading.worklist import Happened
from eduplatform.i18n import N_, translate
from eduplatform.i18n.formatting import format_datetime, format_points
from eduplatform.security.principal import Principal

STATUS_TEXTS: dict[str, str] = {
    "none": N_("Nothing yet"),
    "in_progress": N_("Working on it"),
    "missing": N_("Missing"),
    "in_review": N_("To grade"),
    "graded": N_("Graded"),
    "late": N_("Graded, late"),
    "excused": N_("Excused"),
}

EVENT_TEXTS: dict[str, str] = {
    "submitted": N_("Handed in"),
    "settled": N_("Worked out"),
    "scored": N_("Scored"),
    "commented": N_("Commented"),
    "highlighted": N_("Highlighted a passage"),
    "released": N_("Released"),
    "scheduled": N_("Release planned"),
    "unscheduled": N_("Planned release given up"),
    "unreleased": N_("Taken back"),
    "excused": N_("Excused"),
    "unexcused": N_("Excuse taken back"),
    "recalculated": N_("Worked out again"),
    "regraded": N_("A question was corrected"),
    "undone": N_("Undone"),
    "entered": N_("Entered in the gradebook"),
    "marked_missing": N_("Marked as missing"),
    "entry_cleared": N_("Entry taken back"),
}
_SHOWN = 120
"""Characters of a comment in the history."""


class EventLine(TypedDict):
    """Something that happened to the grade; ``details`` say it part by part."""

    id: str
    what: str
    who: str
    when: str
    change: str
    reason: str
    details: list[str]


def event_lines(
    history: Sequence[Happened], me: Principal, *, student_id: Any = None, alias: str = ""
) -> list[EventLine]:
    """The history of a grade.

    Args:
        history: Its events, newest first.
        me: The reader.
        student_id: The student, whose name ``alias`` replaces.
        alias: What stands for the student; empty shows the name.
    """
    return [
        EventLine(
            id=str(one.event.id),
            what=translate(EVENT_TEXTS.get(one.event.kind, N_("Changed")), me.locale),
            who=alias
            if alias and one.event.actor_id == student_id
            else one.actor or translate(N_("The platform"), me.locale),
            when=format_datetime(one.event.created_at, me.locale, me.timezone, "short"),
            change=_change(one.event.before, one.event.after, me.locale),
            reason=one.event.reason,
            details=_details(one.event.before, one.event.after, me),
        )
        for one in history
    ]


def _change(before: Mapping[str, Any], after: Mapping[str, Any], locale: str) -> str:
    first, last = _stand(before, locale), _stand(after, locale)
    return last if first == last else f"{first} → {last}"


def _stand(snapshot: Mapping[str, Any], locale: str) -> str:
    points = snapshot.get("points")
    if points is None:
        return translate(STATUS_TEXTS.get(str(snapshot.get("status", "none")), STATUS_TEXTS["none"]), locale)
    possible = snapshot.get("possible")
    return format_points(Decimal(points), locale, Decimal(possible) if possible is not None else None)


def _details(before: Mapping[str, Any], after: Mapping[str, Any], me: Principal) -> list[str]:
    """What changed behind the grade."""
    lines: list[str] = []
    planned = after.get("released_at")
    if planned and planned != before.get("released_at"):
        lines.append(
            translate(
                N_("Visible from {time}"),
                me.locale,
                time=format_datetime(datetime.fromisoformat(planned), me.locale, me.timezone),
            )
        )
    old_marks: Mapping[str, Any] = before.get("marks", {})
    for key, new in after.get("marks", {}).items():
        lines += _marks(old_marks.get(key, {}), new, me.locale)
    if "highlight" in after:
        shown = after["highlight"] or before.get("highlight") or {}
        lines.append(f"“{str(shown.get('quote', ''))[:_SHOWN]}”: {str(shown.get('comment', ''))[:_SHOWN]}")
    return lines


def _marks(old: Mapping[str, Any], new: Mapping[str, Any], locale: str) -> list[str]:
    lines: list[str] = []
    if old.get("total") != new.get("total"):
        lines.append(
            translate(
                N_("Points of an answer: {before} → {after}"),
                locale,
                before=_points(old.get("total"), locale),
                after=_points(new.get("total"), locale),
            )
        )
    elif old.get("levels") != new.get("levels"):
        lines.append(translate(N_("Other levels of the rubric"), locale))
    if old.get("comment", "") != new.get("comment", ""):
        lines.append(
            translate(
                N_("Comment: “{before}” → “{after}”"),
                locale,
                before=str(old.get("comment", ""))[:_SHOWN],
                after=str(new.get("comment", ""))[:_SHOWN],
            )
        )
    return lines


def _points(text: str | None, locale: str) -> str:
    return translate(N_("not scored"), locale) if text is None else format_points(Decimal(text), locale)
