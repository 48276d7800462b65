"""Highlighted source code: text in, escaped text with class names out."""

from __future__ import annotations

import html
from functools import lru_cache
from typing import Final

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name  # pyright: ignore[reportUnknownVariableType]
from pygments.token import STANDARD_TYPES

LANGUAGES: Final[dict[str, str]] = {
    "bash": "bash",
    "c": "c",
    "cpp": "cpp",
    "csharp": "csharp",
    "css": "css",
    "diff": "diff",
    "go": "go",
    "haskell": "haskell",
    "html": "html",
    "ini": "ini",
    "java": "java",
    "javascript": "javascript",
    "js": "javascript",
    "json": "json",
    "julia": "julia",
    "kotlin": "kotlin",
    "latex": "latex",
    "lua": "lua",
    "matlab": "matlab",
    "php": "php",
    "prolog": "prolog",
    "py": "python",
    "python": "python",
    "r": "r",
    "ruby": "ruby",
    "rust": "rust",
    "scala": "scala",
    "sh": "bash",
    "sql": "sql",
    "swift": "swift",
    "toml": "toml",
    "ts": "typescript",
    "typescript": "typescript",
    "xml": "xml",
    "yaml": "yaml",
}
"""Names that an author may write after the fence, and the lexer of each; other names give plain text."""

CODE_CLASSES: Final = frozenset(name for name in STANDARD_TYPES.values() if name)

_MAX_HIGHLIGHTED: Final = 10_000  # characters; lexers are regular expressions and not all are linear


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer:
    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


def highlight(source: str, language: str | None) -> str:
    """Return escaped code with one ``<span class>`` per token.

    Args:
        source: The code as written.
        language: A value of `LANGUAGES`, or None for plain text. Code over 10,000 characters stays plain too.
    """
    if language is None or len(source) > _MAX_HIGHLIGHTED:
        return html.escape(source)
    parts: list[str] = []
    for kind, text in _lexer(language).get_tokens(source):
        name = STANDARD_TYPES.get(kind, "")
        escaped = html.escape(text)
        parts.append(f'<span class="{name}">{escaped}</span>' if name and name != "w" else escaped)
    return "".join(parts)
