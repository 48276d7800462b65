"""Words by which a student may say that they, or somebody else, are in danger.

Deliberately simple and deliberately wide: a false alarm costs an adult two minutes. It is a net under the adults who know
the child, not a diagnosis, and it infers no feelings: it looks for words.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = (Path(__file__).parent / "safeguarding.toml").read_text(encoding="utf-8")
    table: dict[str, list[str]] = tomllib.loads(text)["phrases"]
    return tuple(
        (category, re.compile("|".join(rf"\b(?:{one})\b" for one in phrases)))
        for category, phrases in table.items()
    )


def category_of(text: str) -> str:
    """What kind of danger a text may speak of: a key of the word list, or empty."""
    plain = " ".join(re.sub(r"[^\w\s']", " ", text.casefold().replace("’", "'")).split())
    return next((category for category, pattern in _patterns() if pattern.search(plain)), "")
