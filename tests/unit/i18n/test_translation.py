"""Server-side texts: the right sentence, and never more than a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduplatform.i18n import LOCALES, negotiate, text_direction, translate, translate_plural
from eduplatform.i18n.catalogue import fill


def test_a_sentence_comes_in_the_language_of_the_reader() -> None:
    assert translate("Please sign in", "es") == "Inicie sesión, por favor"
    assert translate("Please sign in", "en") == "Please sign in"


@pytest.mark.parametrize("locale", ["xx", "", "../../etc", "es/../en", "ES"])
def test_an_unknown_language_or_sentence_is_english(locale: str) -> None:
    assert translate("Please sign in", locale) == "Please sign in"
    assert translate("Nobody wrote this {n}", "es", n=1) == "Nobody wrote this 1"
    assert translate_plural("{count} owl", "{count} owls", 2, locale) == "2 owls"


def test_a_placeholder_without_a_value_stays_and_a_value_is_not_read_again() -> None:
    assert translate("Page {page} of {pages}", "en", page="{pages}") == "Page {pages} of {pages}"
    assert fill("{a} {} {0} {a.b} {a!r}", {"a": 1}) == "1 {} {0} {a.b} {a!r}"


def test_a_text_cannot_reach_into_a_value() -> None:
    assert fill("{user.__class__} {user[0]}", {"user": "Ada"}) == "{user.__class__} {user[0]}"


@given(st.text(), st.dictionaries(st.text(), st.integers()))
def test_filling_never_fails(text: str, params: dict[str, int]) -> None:
    fill(text, params)


@pytest.mark.parametrize(
    ("count", "locale", "expected"),
    [
        (1, "en", "1 owl"),
        (0, "en", "0 owls"),
        (-1, "en", "-1 owls"),
        (1234, "en", "1,234 owls"),
        (12345, "es", "12.345 owls"),
    ],
)
def test_the_form_follows_the_number(count: int, locale: str, expected: str) -> None:
    assert translate_plural("{count} owl", "{count} owls", count, locale) == expected


def test_translated_plurals() -> None:
    assert translate_plural("{points} point", "{points} points", 1, "es", points=1) == "1 punto"
    assert translate_plural("{points} point", "{points} points", 5, "es", points=5) == "5 puntos"


@pytest.mark.parametrize(
    ("header", "chosen", "expected"),
    [
        ("es", None, "es"),
        ("es-MX,es;q=0.9,en;q=0.8", None, "es"),
        ("fr-CH, fr;q=0.9, en;q=0.8, es;q=0.85", None, "es"),
        ("en;q=0.1, es;q=0", None, "en"),
        ("es;q=0.2, *;q=0.5", None, "en"),
        ("de", None, "en"),
        (None, None, "en"),
        ("", "es", "es"),
        ("es", "en", "en"),
        ("es", "xx", "es"),
        ("es;q=nonsense, \x00", None, "en"),
    ],
)
def test_the_language_is_negotiated(header: str | None, chosen: str | None, expected: str) -> None:
    assert negotiate(header, chosen) == expected


@given(st.text(max_size=2000), st.none() | st.text(max_size=10))
def test_negotiation_always_ends_in_an_offered_language(header: str, chosen: str | None) -> None:
    assert negotiate(header, chosen) in LOCALES


def test_a_huge_header_is_read_in_no_time() -> None:
    assert negotiate("a-" * 1_000_000) == "en"


def test_directions() -> None:
    assert {text_direction(locale) for locale in LOCALES} == {"ltr"}
    assert text_direction("ar") == "rtl"
