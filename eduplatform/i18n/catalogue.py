"""Look-up of server-side texts in the gettext catalogues next to this module.

The catalogues are read from their ``.po`` source, once per process and locale, so that there is no compiled file which
could be older than its source. Entries marked fuzzy count as missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import c2py
from pathlib import Path

from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from eduplatform.i18n.languages import DEFAULT_LOCALE, LOCALES

CATALOGUE_ROOT = Path(__file__).parent / "locales"
"""Folder of ``<locale>/LC_MESSAGES/messages.po``."""

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of one locale.

    Attributes:
        singular: English sentence to its translation.
        plural: English singular to the translated forms, in the order of the catalogue's plural rule.
        form: Index of the plural form for a number.
    """

    singular: Mapping[str, str]
    plural: Mapping[str, tuple[str, ...]]
    form: Callable[[int], int]


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools know
    """Mark a sentence for extraction where it is defined; it is translated later, where it is shown."""
    return message


def catalogue_path(locale: str) -> Path:
    """Return where the catalogue of a locale is kept."""
    return CATALOGUE_ROOT / locale / "LC_MESSAGES" / "messages.po"


@lru_cache(maxsize=16)
def load_catalogue(locale: str) -> Catalogue:
    """Read the catalogue of one of `LOCALES`; a locale without a file has no translations."""
    path = catalogue_path(locale)
    if locale == DEFAULT_LOCALE or locale not in LOCALES or not path.exists():
        return Catalogue({}, {}, lambda count: int(count != 1))
    with path.open("rb") as source:
        parsed = read_po(source, locale=locale)
    singular: dict[str, str] = {}
    plural: dict[str, tuple[str, ...]] = {}
    for message in parsed:
        key, text = message.id, message.string
        if not key or not text or message.fuzzy:
            continue
        if isinstance(key, str):
            if isinstance(text, str):
                singular[key] = text
        elif all(text):
            plural[key[0]] = tuple(text)
    return Catalogue(singular, plural, c2py(parsed.plural_expr))


def fill(text: str, params: Mapping[str, object]) -> str:
    """Replace ``{name}`` by the value of that name; a placeholder without a value stays as it is.

    Not ``str.format``: a catalogue or a key must not be able to reach attributes or items of a value.
    """
    return PLACEHOLDER.sub(lambda found: str(params[found[1]]) if found[1] in params else found[0], text)


def translate(message: str, locale: str, /, **params: object) -> str:
    """Translate one sentence.

    Args:
        message: The English sentence; it is the key, and the result when the locale has no translation.
        locale: A key of `LOCALES`; any other means English.
        params: Values for the ``{name}`` placeholders, already formatted for the reader.

    Returns:
        The sentence in the reader's language with its placeholders filled.
    """
    return fill(load_catalogue(locale).singular.get(message, message), params)


def translate_plural(one: str, many: str, count: int, locale: str, /, **params: object) -> str:
    """Translate a sentence that depends on a number.

    Args:
        one: English sentence for exactly one; it is the key.
        many: English sentence for every other number.
        count: The number; also the value of ``{count}``, written the way of the locale.
        locale: A key of `LOCALES`; any other means English.
        params: Values for further placeholders.
    """
    catalogue = load_catalogue(locale)
    forms = catalogue.plural.get(one, (one, many))
    index = catalogue.form(abs(count)) if one in catalogue.plural else int(count != 1)
    number = format_decimal(count, locale=locale if locale in LOCALES else DEFAULT_LOCALE)
    return fill(forms[min(index, len(forms) - 1)], {"count": number, **params})
