"""The texts of the product: find them, bring the catalogues up to date, compile them for the browser.

python scripts/messages.py extract     list every sentence with its place
python scripts/messages.py update      add new sentences to the catalogues, remove those no longer used
python scripts/messages.py fill es x.json  put translations into a catalogue: {"Sentence": "Frase", "one": ["una", "varias"]}
python scripts/messages.py compile     write assets/i18n/<locale>.json
python scripts/messages.py --check     exit 1 when a catalogue is not complete
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from babel.messages.catalog import Catalog  # noqa: E402
from babel.messages.pofile import read_po, write_po  # noqa: E402

from eduplatform.i18n import DEFAULT_LOCALE, LOCALES  # noqa: E402
from eduplatform.i18n.catalogue import catalogue_path  # noqa: E402
from eduplatform.i18n.compile import compile_catalogues  # noqa: E402
from eduplatform.i18n.extraction import Sentence, extract, problems, template  # noqa: E402


def _read(locale: str) -> Catalog:
    path = catalogue_path(locale)
    if not path.exists():
        return Catalog(locale=locale, project="EduPlatform", charset="utf-8", fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=locale)


_HEADER = """# Texts of EduPlatform in {name}.
msgid ""
msgstr ""
"Language: {locale}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def write_catalogue(locale: str, catalogue: Catalog) -> None:
    """Write a catalogue so that the file changes only when a sentence does: no dates, no line numbers."""
    path = catalogue_path(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    header = _HEADER.format(name=LOCALES[locale], locale=locale, plural=catalogue.plural_forms)
    with path.open("wb") as target:
        target.write(header.encode())
        write_po(
            target,
            catalogue,
            width=110,
            omit_header=True,
            include_lineno=False,
            ignore_obsolete=True,
            sort_output=True,
        )


def update(sentences: list[Sentence]) -> None:
    """Write the sentences into every catalogue; what is translated stays."""
    for locale in LOCALES:
        if locale == DEFAULT_LOCALE:
            continue
        catalogue = _read(locale)
        catalogue.update(template(sentences), no_fuzzy_matching=True)
        write_catalogue(locale, catalogue)
        open_ones = sum(not (message.string and all(message.string)) for message in catalogue if message.id)
        print(f"{locale}: {len(catalogue)} sentences, {open_ones} to translate")


def fill(locale: str, file: Path) -> None:
    """Put the translations of a JSON file into a catalogue; sentences that the product does not have are told."""
    catalogue = _read(locale)
    for key, text in json.loads(file.read_text(encoding="utf-8")).items():
        message = catalogue.get(key)
        if message is None:
            print(f"not a sentence of the product: {key!r}")
            continue
        message.string = tuple(text) if isinstance(text, list) else text
        message.flags.discard("fuzzy")
    write_catalogue(locale, catalogue)


def check(sentences: list[Sentence]) -> int:
    """Print what is wrong with the catalogues; return the exit code."""
    found = [
        f"{locale}: {problem}"
        for locale in LOCALES
        if locale != DEFAULT_LOCALE
        for problem in problems(sentences, _read(locale))
    ]
    for problem in found:
        print(problem)
    print(f"{len({sentence.key for sentence in sentences})} sentences, {len(found)} problems")
    return int(bool(found))


def main() -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", nargs="?", choices=["extract", "update", "fill", "compile"])
    parser.add_argument("locale", nargs="?", choices=[code for code in LOCALES if code != DEFAULT_LOCALE])
    parser.add_argument("file", nargs="?", type=Path, help="JSON file for fill")
    parser.add_argument("--check", action="store_true", help="exit 1 when a catalogue is not complete")
    arguments = parser.parse_args()
    if not arguments.command and not arguments.check:
        parser.error("name a command or --check")
    sentences = extract(ROOT / "eduplatform")
    if arguments.command == "extract":
        for sentence in sentences:
            print(f"{sentence.file}:{sentence.line}: {sentence.key!r}")
    elif arguments.command == "update":
        update(sentences)
    elif arguments.command == "fill":
        if not arguments.locale or not arguments.file:
            parser.error("fill needs a locale and a file")
        fill(arguments.locale, arguments.file)
    elif arguments.command == "compile":
        for path in compile_catalogues(ROOT / "assets" / "i18n"):
            print(path.relative_to(ROOT).as_posix())
    return check(sentences) if arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
