"""Random questions in the builder: what is drawn from where."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, TypedDict
from uuid import UUID

from pydantic import Field

from eduplatform.domain.assessment.schemas import BuiltAssessment, FolderChoice, PoolDraft, PoolRow
from eduplatform.errors import Invalid
from eduplatform.i18n import N_, translate, translate_plural
from eduplatform.i18n.formatting import format_points
from eduplatform.security.principal import Principal
from eduplatform.state.assessment_settings import whole
from eduplatform.state.base import Form
from eduplatform.state.rows import Option

POINTS_MESSAGE = N_("Enter points from 0 to 1,000 with at most two decimals.")


class PoolLine(TypedDict):
    """Random questions in the builder; ``source`` and ``tag`` are what the form needs."""

    id: str
    number: int
    title: str
    details: str
    short: bool
    source: str
    tag: str
    draw: str
    points: str


class PoolForm(Form):
    """Random questions as their author enters them."""

    source: Annotated[str, Field(max_length=60)] = ""
    tag: Annotated[str, Field(max_length=60)] = ""
    draw: Annotated[str, Field(max_length=5)] = ""
    points: Annotated[str, Field(max_length=10)] = ""


NO_POOL = PoolLine(
    id="", number=0, title="", details="", short=False, source="", tag="", draw="5", points="1"
)


def pool_lines(built: BuiltAssessment, me: Principal) -> list[PoolLine]:
    """The pools of an assessment as its builder shows them."""
    return [
        _line(row, number, built.available.get(row.pool.id, 0), me)
        for number, row in enumerate(built.pools, start=1)
    ]


def _line(row: PoolRow, number: int, available: int, me: Principal) -> PoolLine:
    pool, locale = row.pool, me.locale
    where = " · ".join(
        part
        for part in (
            row.folder or row.bank or translate(N_("the whole bank"), locale),
            translate(N_("tag “{tag}”"), locale, tag=pool.tag) if pool.tag else "",
        )
        if part
    )
    details = [
        translate(N_("from {source}"), locale, source=where),
        translate_plural(
            "{count} question fits", "{count} questions fit", available, locale, count=available
        ),
        translate(N_("{points} each"), locale, points=format_points(pool.points, locale)),
    ]
    source = f"folder:{pool.folder_id}" if pool.folder_id else f"bank:{pool.bank_id}" if pool.bank_id else ""
    return PoolLine(
        id=str(pool.id),
        number=number,
        title=translate_plural(
            "{count} random question", "{count} random questions", pool.draw, locale, count=pool.draw
        ),
        details=" · ".join(details),
        short=available < pool.draw,
        source=source,
        tag=pool.tag,
        draw=str(pool.draw),
        points=f"{pool.points.normalize():f}",
    )


def source_options(rows: list[FolderChoice]) -> list[Option]:
    """The banks and folders to draw from, each folder with the way to it."""
    names = {row.id: (row.parent_id, row.name) for row in rows if row.id is not None}

    def path(key: UUID | None) -> str:
        parts: list[str] = []
        while key is not None and key in names and len(parts) < 20:
            key, name = names[key]
            parts.insert(0, name)
        return " / ".join(parts)

    banks = {row.bank_id: row.bank for row in rows}
    options = (
        [Option(value=f"bank:{key}", label=name) for key, name in banks.items()] if len(banks) > 1 else []
    )
    folders = [Option(value=f"folder:{row.id}", label=path(row.id)) for row in rows if row.id is not None]
    return [*options, *sorted(folders, key=lambda one: one["label"])]


def pool_draft(form: PoolForm) -> PoolDraft:
    """The form as the service takes it.

    Raises:
        Invalid: A field is not readable.
    """
    try:
        points = Decimal(form.points.replace(",", ".") or "1")
    except InvalidOperation:
        raise Invalid(fields={"pool_points": POINTS_MESSAGE}) from None
    kind, _, key = form.source.partition(":")
    try:
        source = UUID(key) if key else None
    except ValueError:
        raise Invalid(fields={"source": N_("Choose a folder of this course's bank.")}) from None
    return PoolDraft(
        draw=whole(form.draw, "draw"),
        points=points,
        bank_id=source if kind == "bank" else None,
        folder_id=source if kind == "folder" else None,
        tag=form.tag,
    )
