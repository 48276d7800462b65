"""The catalogues are complete, extraction finds every kind of sentence, and the browser gets what it needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from eduplatform.i18n import DEFAULT_LOCALE, LOCALES
from eduplatform.i18n.catalogue import catalogue_path
from eduplatform.i18n.compile import compile_catalogues
from eduplatform.i18n.extraction import Sentence, extract, problems

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != DEFAULT_LOCALE])
def test_every_sentence_is_translated(locale: str) -> None:
    with catalogue_path(locale).open("rb") as source:
        found = problems(extract(ROOT / "eduplatform"), read_po(source, locale=locale))
    assert not found, "run `python scripts/messages.py update` and translate:\n" + "\n".join(found)


SOURCE = """
from somewhere import _, _n, N_, translate, translate_plural, NotFound, Invalid, page
import rx

@page("/x", title="My courses")
def view(state):
    label = "not a text"
    return rx.el.p(
        _("Sign in"), _n("{count} owl", "{count} owls", count=state.n), _(label),
        translate("Late" if state.late else "In time", "es"), i18n.translate("Deep"),
        _("joined "
          "over lines"),
        translate_plural("one file", "many files", 3, "es"),
        title=N_("Marked"),
    )

def serve():
    raise NotFound("This lesson does not exist")

def refuse():
    raise Invalid(detail="Please look again", fields={"email": "This is not an address", "x": label})

def broken():
    raise Misconfigured("Set the variable X")
"""


def test_extraction_finds_what_people_read_and_nothing_else(tmp_path: Path) -> None:
    package = tmp_path / "product"
    package.mkdir()
    (package / "area.py").write_text(SOURCE)
    found = {(sentence.key, sentence.plural) for sentence in extract(package)}
    assert found == {
        ("My courses", ""),
        ("Sign in", ""),
        ("{count} owl", "{count} owls"),
        ("Late", ""),
        ("In time", ""),
        ("Deep", ""),
        ("joined over lines", ""),
        ("one file", "many files"),
        ("Marked", ""),
        ("This lesson does not exist", ""),
        ("Please look again", ""),
        ("This is not an address", ""),
    }


def test_titles_of_the_error_hierarchy_are_sentences() -> None:
    keys = {sentence.key for sentence in extract(ROOT / "eduplatform")}
    assert {"Please sign in", "We could not find that", "Something went wrong"} <= keys


def test_an_incomplete_catalogue_is_told_by_sentence() -> None:
    def sentence(key: str, plural: str = "") -> Sentence:
        return Sentence(key, plural, "product/area.py", 1)

    catalogue = Catalog(locale="es", fuzzy=False)
    catalogue.add("Good {name}", "Bueno {name}")
    catalogue.add("Empty", "")
    catalogue.add("Unsure", "Inseguro", flags=["fuzzy"])
    catalogue.add("Lost {name}", "Perdido")
    catalogue.add("Strange", "Extraño {password}")
    catalogue.add("Old", "Viejo")
    catalogue.add(("{count} owl", "{count} owls"), ("Un búho", "{count} búhos"))
    catalogue.add(("{count} cat", "{count} cats"), ("Un gato", ""))
    catalogue.add("{count} dog", "{count} perro")
    wanted = [sentence(key) for key in ("Good {name}", "Empty", "Unsure", "Lost {name}", "Strange", "New")]
    wanted += [sentence(f"{{count}} {animal}", f"{{count}} {animal}s") for animal in ("owl", "cat", "dog")]
    found = problems(wanted, catalogue)
    assert [problem.split(" (")[0] for problem in found] == [
        "not translated: 'Empty'",
        "fuzzy: 'Unsure'",
        "placeholders differ: 'Lost {name}' -> 'Perdido'",
        "placeholders differ: 'Strange' -> 'Extraño {password}'",
        "missing: 'New'",
        "not translated: '{count} cat'",
        "plural in one, not in the other: '{count} dog'",
        "not used any more: 'Old'",
    ]


def test_the_browser_gets_every_plural_form_by_its_own_name(tmp_path: Path) -> None:
    (file,) = compile_catalogues(tmp_path / "i18n")
    content = json.loads(file.read_text(encoding="utf-8"))
    assert (file.name, content["locale"], content["dir"]) == ("es.json", "es", "ltr")
    assert content["messages"]["Please sign in"] == "Inicie sesión, por favor"
    assert content["messages"]["{points} point"] == {
        "one": "{points} punto",
        "many": "{points} puntos",
        "other": "{points} puntos",
    }


def test_a_second_compilation_touches_nothing(tmp_path: Path) -> None:
    (file,) = compile_catalogues(tmp_path)
    before = file.stat().st_mtime_ns
    compile_catalogues(tmp_path)
    assert file.stat().st_mtime_ns == before
