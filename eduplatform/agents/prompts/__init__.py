"""Prompts as files: ``<name>.v<number>.md``. A version that was used never changes; a change is a new file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

_FILE = re.compile(r"([a-z_]+)\.v(\d+)\.md")
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt; ``id`` is its name and version as ledgers keep it."""

    id: str
    text: str

    def fill(self, **values: str) -> str:
        """The text with its ``$places`` filled.

        Raises:
            KeyError: A place has no value.
        """
        return Template(self.text).substitute(values)


@lru_cache(maxsize=64)
def prompt(name: str) -> Prompt:
    """The newest version of a prompt.

    Raises:
        KeyError: There is none of this name.
    """
    found = [
        (int(match[2]), path)
        for path in _FOLDER.glob(f"{name}.v*.md")
        if (match := _FILE.fullmatch(path.name)) and match[1] == name
    ]
    if not found:
        raise KeyError(name)
    version, path = max(found)
    return Prompt(f"{name}.v{version}", path.read_text(encoding="utf-8").strip())
