"""The rule engine over files, row by row, so that others can measure it: the work behind ``python -m eduplatform eval``.

No database and no server. Every function reads one row after the other and yields what becomes of it; a row that cannot be
understood raises `Invalid` with the number of its line.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO, cast

from eduplatform.agents.grounded.grading import grade, split_references
from eduplatform.agents.grounded.items import make_items
from eduplatform.agents.grounded.leaks import find_leak
from eduplatform.agents.grounded.retrieval import Passage, PassageIndex
from eduplatform.errors import Invalid

Row = dict[str, object]

_REFERENCE = ("reference", "references", "reference_answer")
_ANSWER = ("answer", "student_answer")
KEY = ("answer_key", "answer key", "key", "answer", "solution")
_QUESTION = ("question", "problem", "history")


def csv_rows(file: TextIO) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a table with their line numbers.

    Raises:
        Invalid: The table is empty, or a row has more cells than the table has columns.
    """
    csv.field_size_limit(10_000_000)
    reader = csv.DictReader(file, strict=True)
    if not reader.fieldnames:
        raise Invalid("The file is empty: its first line must name the columns")
    try:
        for row in reader:
            # DictReader keeps surplus cells under the key None, and missing ones as None.
            cells = cast("dict[str | None, str | None]", row)
            if None in cells:
                raise Invalid("Line {line}: more cells than columns", params={"line": reader.line_num})
            yield reader.line_num, {str(name): value or "" for name, value in cells.items()}
    except csv.Error as error:
        raise Invalid("Line {line}: {why}", params={"line": reader.line_num, "why": str(error)}) from error


def json_rows(lines: Iterable[str]) -> Iterator[tuple[int, Row]]:
    """Objects of a file with one JSON object per line; empty lines are passed over.

    Raises:
        Invalid: A line is no JSON object.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row: object = json.loads(line)
        except json.JSONDecodeError as error:
            raise Invalid(
                "Line {line}: no JSON ({why})", params={"line": number, "why": error.msg}
            ) from error
        if not isinstance(row, dict):
            raise Invalid("Line {line}: not a JSON object", params={"line": number})
        yield number, cast("Row", row)


def graded(rows: Iterable[tuple[int, dict[str, str]]]) -> Iterator[dict[str, str]]:
    """Each row with ``score`` (in points), ``confidence`` and ``flags`` (separated by ``;``)."""
    for line, row in rows:
        question, reference = cell(row, ("question",), line), cell(row, _REFERENCE, line)
        result = grade(
            question=question, references=split_references(reference), answer=cell(row, _ANSWER, line)
        )
        points = result.score * _points(row.get("max_points", ""), line)
        yield {
            **row,
            "score": f"{points:.3f}",
            "confidence": f"{result.confidence:.3f}",
            "flags": ";".join(result.flags),
        }


def _points(text: str, line: int) -> float:
    try:
        points = float(text) if text.strip() else 1.0
    except ValueError:
        points = -1.0
    if not math.isfinite(points) or points < 0:
        raise Invalid("Line {line}: max_points is not a number of points", params={"line": line})
    return points


def cell(row: Mapping[str, object], names: Sequence[str], line: int) -> str:
    for name in names:
        if name in row:
            return text_of(row[name])
    raise Invalid(
        "Line {line}: the column {name} is missing; there are {columns}",
        params={"line": line, "name": " or ".join(names), "columns": ", ".join(row)[:200] or "none"},
    )


def text_of(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def retrieved(
    passages: Iterable[tuple[int, Row]], questions: Iterable[tuple[int, Row]], limit: int
) -> Iterator[Row]:
    """For each question the ids of passages, best first, with their scores."""
    ids: dict[str, object] = {}
    listed: list[Passage] = []
    for line, row in passages:
        name = cell(row, ("id",), line)
        if name in ids:
            raise Invalid("Line {line}: the id {id} stands twice", params={"line": line, "id": name})
        ids[name] = row["id"]
        listed.append(Passage(name, cell(row, ("text",), line)))
    index = PassageIndex(listed)
    for line, row in questions:
        hits = index.search(cell(row, ("question",), line), limit)
        yield {
            "id": row.get("id", line),
            "passages": [ids[hit.id] for hit in hits],
            "scores": [round(hit.score, 4) for hit in hits],
        }


def drafted(text: str, limit: int) -> list[Row]:
    """Items from a text, as objects."""
    return [
        {
            "kind": item.kind,
            "question": item.stem,
            "key": item.key,
            "options": list(item.options),
            "quote": item.quote,
            "start": item.start,
            "end": item.end,
            "checks": list(item.checks),
        }
        for item in make_items(text, limit=limit)
    ]


def checked_for_leaks(rows: Iterable[tuple[int, Row]]) -> Iterator[Row]:
    """Each row with ``leaks`` (true or false), ``reason`` and the piece of the turn that leaks."""
    for line, row in rows:
        question = next((text_of(row[name]) for name in _QUESTION if name in row), "")
        leak = find_leak(question=question, key=cell(row, KEY, line), turn=cell(row, ("turn",), line))
        yield {
            **row,
            "leaks": leak is not None,
            "reason": leak.reason if leak else "",
            "leaked": leak.text if leak else "",
        }


def write_json_lines(rows: Iterable[Row], file: TextIO) -> int:
    """Write objects, one per line, as they come.

    Returns:
        How many.
    """
    count = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def write_csv(rows: Iterable[dict[str, str]], file: TextIO) -> int:
    """Write a table row by row; the columns are those of the first row.

    Returns:
        How many rows.
    """
    writer: csv.DictWriter[str] | None = None
    count = 0
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(file, list(row))
            writer.writeheader()
        writer.writerow(row)
        count += 1
    return count
