"""Axes with numbers that people would choose."""

from __future__ import annotations

import math


def nice_ticks(low: float, high: float, *, about: int = 5) -> list[float]:
    """Return evenly spaced round numbers that enclose the range.

    The step is 1, 2 or 5 times a power of ten (Heckbert, "Nice Numbers for Graph Labels", Graphics Gems, 1990).

    Args:
        low: Smallest value; not above ``high``.
        high: Largest value.
        about: How many steps to aim for.
    """
    span = high - low
    if not math.isfinite(span) or span <= 1e-9 * max(abs(low), abs(high), 1e-3):
        span = max(abs(high), 1e-3) if high else 1.0
    rough = span / about
    power = 10.0 ** math.floor(math.log10(rough))
    fraction = rough / power
    step = power * (1 if fraction < 1.5 else 2 if fraction < 3 else 5 if fraction < 7 else 10)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if first == last:
        last += 1
    digits = max(0, -math.floor(math.log10(step)) + 1)
    return [round(number * step, digits) for number in range(first, last + 1)]


def short_number(value: float) -> str:
    """Return a number without needless digits: 1200 as ``1.2k``, 0.5 as ``0.5``."""
    for limit, mark in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            scale = 1e3 if mark == "k" else limit
            return f"{value / scale:.3g}{mark}"
    return f"{value:.4g}"
