"""What a call costs, by the dated table in ``prices.toml``; money is counted in millionths of a US dollar."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from eduplatform.integrations.llm.targets import Target

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Millionths of a US dollar per million tokens; ``known`` tells that it is the provider's or the organisation's."""

    input_micros: int
    output_micros: int
    known: bool = True

    def cost(self, tokens_in: int, tokens_out: int) -> int:
        """Cost of a call, rounded up."""
        total = tokens_in * self.input_micros + tokens_out * self.output_micros
        return -(-total // MILLION)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "prices.toml").read_text(encoding="utf-8"))


def as_of() -> date:
    """The day from which the table is."""
    return date.fromisoformat(_table()["as_of"])


def price_of(target: Target) -> Price:
    """The price of a target: the organisation's own, else the table's, else the dear one of unknown models."""
    listed = _table().get(str(target.kind), {})
    names = sorted((name for name in listed if target.model.startswith(name)), key=len)
    found = listed[names[-1]] if names else _table()["unknown"]
    base = Price(_micros(found["input"]), _micros(found["output"]), known=bool(names))
    if target.input_micros is None and target.output_micros is None:
        return base
    return Price(
        base.input_micros if target.input_micros is None else target.input_micros,
        base.output_micros if target.output_micros is None else target.output_micros,
    )


def _micros(dollars: float) -> int:
    return round(dollars * MILLION)
