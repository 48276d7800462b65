"""Whoever reads the audit trail reads sentences: each action that code writes has words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from eduplatform.domain.operations.trail import ACTIONS

PACKAGE = Path(__file__).resolve().parents[4] / "eduplatform"
PLACE = {"audit": 0, "audit_for": 2}
"""Which argument of these methods names the action."""
PUT_TOGETHER = ("grade.excused", "grade.unexcused", "grade.rules_letters", "grade.rules_method")
"""Those whose names are put together from a value."""


def written() -> Iterator[tuple[str, str]]:
    """Every action that stands in the code, with its file; also both sides of a choice."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            place = PLACE.get(node.func.attr)
            if place is None or len(node.args) <= place:
                continue
            action = node.args[place]
            if isinstance(action, ast.JoinedStr):
                continue  # put together from a value: named below
            for one in ast.walk(action):
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and "." in one.value:
                    yield one.value, path.name


def test_every_action_has_words() -> None:
    found = dict(written())
    assert len(found) > 100
    found |= dict.fromkeys(PUT_TOGETHER, "put together")
    assert {name: path for name, path in found.items() if name not in ACTIONS} == {}
