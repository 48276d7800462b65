"""Writes the catalogues for the browser: ``python -m eduplatform.i18n.compile [folder]``.

The build calls `compile_catalogues`; the files are products of the ``.po`` sources and are not kept in the repository.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from babel import Locale

from eduplatform.i18n.catalogue import Catalogue, load_catalogue
from eduplatform.i18n.languages import DEFAULT_LOCALE, LOCALES, text_direction

_SAMPLES = (*range(201), 1_000, 1_000_000)
"""Numbers that meet every plural category of every language that CLDR knows for whole numbers."""


def _plural_categories(catalogue: Catalogue, locale: str) -> dict[str, int]:
    """Map the browser's category names (``one``, ``other`` ...) to the catalogue's form numbers."""
    category_of = Locale.parse(locale, sep="-").plural_form
    categories: dict[str, int] = {}
    for number in _SAMPLES:
        categories.setdefault(category_of(number), catalogue.form(number))
    categories.setdefault("other", catalogue.form(0))
    return categories


def browser_catalogue(locale: str) -> dict[str, object]:
    """Return what the browser needs to show pages in a locale."""
    catalogue = load_catalogue(locale)
    categories = _plural_categories(catalogue, locale)
    plural = {
        one: {category: forms[index] for category, index in categories.items()}
        for one, forms in catalogue.plural.items()
    }
    messages = dict(sorted({**catalogue.singular, **plural}.items()))
    return {"locale": locale, "dir": text_direction(locale), "messages": messages}


def compile_catalogues(target: Path) -> list[Path]:
    """Write ``<locale>.json`` for every locale but English.

    Args:
        target: Folder that is served as ``/i18n/``, normally ``assets/i18n``; made when missing.

    Returns:
        The files, written only where the content differs, so that a build sees no change where there is none.
    """
    target.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for locale in LOCALES:
        if locale == DEFAULT_LOCALE:
            continue
        path = target / f"{locale}.json"
        text = json.dumps(browser_catalogue(locale), ensure_ascii=False, separators=(",", ":")) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    compile_catalogues(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("assets/i18n"))
