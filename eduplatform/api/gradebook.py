"""Exports of the gradebook as files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from eduplatform.api.principal import require
from eduplatform.db.unit_of_work import unit_of_work
from eduplatform.domain.grading import exchange, sheets
from eduplatform.domain.grading.course_rules import CourseRules
from eduplatform.domain.grading.gradebook import Row
from eduplatform.errors import NotFound
from eduplatform.security import rate_limits
from eduplatform.security.permissions import Permission
from eduplatform.security.principal import Principal
from eduplatform.security.rate_limits import Rate

router = APIRouter(prefix="/api/courses", tags=["gradebook"])

Grader = Annotated[Principal, Depends(require(Permission.GRADE_WRITE))]

EXPORTS = Rate(per_second=0.2, burst=10)
"""Per teacher: each reads and writes a whole class."""

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _csv(rules: CourseRules, rows: list[Row]) -> bytes:
    return b"".join(sheets.write_csv(exchange.book_rows(rules, rows)))


def _xlsx(rules: CourseRules, rows: list[Row]) -> bytes:
    return sheets.write_xlsx(exchange.book_rows(rules, rows), title=rules.course.code)


@router.get("/{course_id}/gradebook/grades.csv")
async def export_csv(course_id: str, me: Grader) -> Response:
    """All students, columns and totals of a course as CSV."""
    return await _export(course_id, me, _csv, "csv", "text/csv; charset=utf-8")


@router.get("/{course_id}/gradebook/grades.xlsx")
async def export_xlsx(course_id: str, me: Grader) -> Response:
    """All students, columns and totals of a course as a workbook."""
    return await _export(course_id, me, _xlsx, "xlsx", _XLSX)


async def _export(
    course_id: str, me: Principal, make: Callable[[CourseRules, list[Row]], bytes], ending: str, kind: str
) -> Response:
    await rate_limits.require(f"gradebook.export:{me.user}", EXPORTS)
    try:
        key = UUID(course_id)
    except ValueError:
        raise NotFound from None
    async with unit_of_work(me) as work:
        rules, rows = await exchange.read_book(work=work, me=me, course_id=key)
        await work.audit("grade.exported", course=key, format=ending)
    content = await asyncio.to_thread(make, rules, rows)
    name = "".join(one if one.isascii() and one.isalnum() else "-" for one in rules.course.code).lower()
    return Response(
        content,
        media_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="grades-{name}.{ending}"',
            "Cache-Control": "private, no-store",
        },
    )
