"""Finds every sentence that code shows to a person, and compares the catalogues with them.

Sentences are found in the syntax tree, because besides the gettext calls there are texts which no call marks: the
titles and details of errors, and the messages that an error places next to a field.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog

from eduplatform import errors
from eduplatform.i18n.catalogue import PLACEHOLDER

_SINGULAR = {"_", "N_", "translate"}
_PLURAL = {"_n", "translate_plural"}
_ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.EduError)
}
_TITLES = {"title", "detail"}
_BRAND = "EduPlatform"
_FOR_OPERATORS = {"Misconfigured", "TenantScopeViolation"}
_OPERATOR_MODULES = ("eduplatform/db/", "eduplatform/runtime/", "eduplatform/cli")
"""Errors of these classes, and errors raised in these modules, tell details to the people who run the platform only;
everybody else is shown the title."""


@dataclass(frozen=True, slots=True, order=True)
class Sentence:
    """One text of the product.

    Attributes:
        key: English sentence, for a plural the one for exactly one.
        plural: English sentence for other numbers, or empty.
        file: Path below the package, with forward slashes.
        line: Where it stands in that file.
    """

    key: str
    plural: str
    file: str
    line: int


def _literals(node: ast.expr | None) -> Iterator[str]:
    """Yield the literal of an argument, or both of a conditional one; other expressions are marked elsewhere."""
    match node:
        case ast.Constant(value=str() as text) if text:
            yield text
        case ast.IfExp():
            yield from _literals(node.body)
            yield from _literals(node.orelse)
        case _:
            return


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _in_call(node: ast.Call) -> Iterator[tuple[str, str]]:
    name = _called(node)
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    if name in _SINGULAR and node.args:
        yield from ((text, "") for text in _literals(node.args[0]))
    elif name in _PLURAL and len(node.args) > 1:
        yield from zip(_literals(node.args[0]), _literals(node.args[1]), strict=False)
    elif name == "page":
        yield from ((text, "") for text in _literals(keywords.get("title")))
    elif name in _ERRORS - _FOR_OPERATORS:
        detail = node.args[0] if node.args else keywords.get("detail")
        yield from ((text, "") for text in _literals(detail))
        fields = keywords.get("fields")
        if isinstance(fields, ast.Dict):
            for value in fields.values:
                yield from ((text, "") for text in _literals(value))


def _in_error_class(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Yield the titles that a class of the error hierarchy gives to itself."""
    if node.name not in _ERRORS:
        return
    for statement in node.body:
        if not isinstance(statement, ast.Assign):
            continue
        target, value = statement.targets[0], statement.value
        pairs: list[tuple[ast.expr, ast.expr]] = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=True))
        for name, text in pairs:
            if isinstance(name, ast.Name) and name.id in _TITLES:
                yield from ((literal, "") for literal in _literals(text))


def extract(package: Path) -> list[Sentence]:
    """Return the sentences of all Python files below a folder, sorted.

    Raises:
        SyntaxError: If one of the files is not valid Python.
    """
    found: set[Sentence] = set()
    for path in sorted(package.rglob("*.py")):
        file = path.relative_to(package.parent).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=file)):
            if isinstance(node, ast.Call):
                if _called(node) in _ERRORS and file.startswith(_OPERATOR_MODULES):
                    continue
                texts = _in_call(node)
            elif isinstance(node, ast.ClassDef):
                texts = _in_error_class(node)
            else:
                continue
            found.update(Sentence(key, plural, file, node.lineno) for key, plural in texts if key != _BRAND)
    return sorted(found)


def template(sentences: list[Sentence]) -> Catalog:
    """Return the empty catalogue of these sentences."""
    catalogue = Catalog(project="EduPlatform", charset="utf-8", fuzzy=False)
    for sentence in sentences:
        key = (sentence.key, sentence.plural) if sentence.plural else sentence.key
        catalogue.add(key, locations=[(sentence.file, sentence.line)])
    return catalogue


def problems(sentences: list[Sentence], catalogue: Catalog) -> list[str]:
    """Return what is wrong with a translated catalogue, one line per finding; empty when it is complete."""
    found: list[str] = []
    wanted = {sentence.key: sentence for sentence in sentences}
    for key, sentence in wanted.items():
        message = catalogue.get(key)
        where = f"{sentence.file}:{sentence.line}"
        if message is None:
            found.append(f"missing: {key!r} ({where})")
            continue
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if bool(sentence.plural) != message.pluralizable:
            found.append(f"plural in one, not in the other: {key!r} ({where})")
        elif not texts or not all(texts):
            found.append(f"not translated: {key!r} ({where})")
        elif message.fuzzy:
            found.append(f"fuzzy: {key!r} ({where})")
        else:
            known = set(PLACEHOLDER.findall(key + sentence.plural))
            needed = set(PLACEHOLDER.findall(sentence.plural or key)) - {"count"}
            for text in texts:
                named = set(PLACEHOLDER.findall(text))
                if not needed <= named <= known:
                    found.append(f"placeholders differ: {key!r} -> {text!r} ({where})")
    for message in catalogue:
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key and key not in wanted:
            found.append(f"not used any more: {key!r}")
    return found
