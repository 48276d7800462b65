"""No page or component shows an English sentence that a reader of another language could not get translated.

A syntax-tree walk over the code of the interface: literals that become text, given to ``rx.el.*`` or to the kit as child
or as one of the attributes that people read, must be wrapped in ``_``. Development pages (the style guide) are free.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3] / "eduplatform"
FOLDERS = ("pages", "components")
FREE_FILES = ("styleguide",)

READ_BY_PEOPLE = {
    "alt",
    "aria_description",
    "aria_label",
    "aria_placeholder",
    "aria_roledescription",
    "aria_valuetext",
    "caption",
    "content",
    "description",
    "empty",
    "error",
    "heading",
    "hint",
    "label",
    "legend",
    "message",
    "placeholder",
    "summary",
    "text",
    "title",
    "tooltip",
}
NAMES = {"EduPlatform", "Ctrl", "Esc", "Tab", "Enter", "Alt", "Shift", "K", "A", "PDF", "CSV", "URL"}
"""The brand, keys of a keyboard and formats: the same in every language."""

NOT_SHOWN = {"style", "script", "meta", "link", "path", "use", "template"}
"""Elements whose content is not text."""


NOT_PARTS = {"_", "_n", "choose", "classes"}
"""What components offer besides parts of a page: the texts themselves, a choice of values, the join of class names."""


def _has_words(text: str) -> bool:
    return text.strip() not in NAMES and any(letter.isalpha() for letter in text)


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_dotted(value)}.{name}"
        case _:
            return ""


def _texts(node: ast.expr) -> Iterator[tuple[int, str]]:
    """Yield the literals that an argument may show."""
    match node:
        case ast.Constant(value=str() as text):
            yield node.lineno, text
        case ast.JoinedStr():
            for part in node.values:
                if isinstance(part, ast.Constant):
                    yield node.lineno, str(part.value)
        case ast.IfExp():
            yield from _texts(node.body)
            yield from _texts(node.orelse)
        case ast.BinOp(op=ast.Add()):
            yield from _texts(node.left)
            yield from _texts(node.right)
        case ast.Starred():
            yield from _texts(node.value)
        case ast.List() | ast.Tuple():
            for element in node.elts:
                yield from _texts(element)
        case ast.Call() if _dotted(node.func) in ("rx.cond", "choose"):
            for argument in node.args[1:]:
                yield from _texts(argument)
        case ast.Call() if _dotted(node.func) == "rx.match":
            for argument in node.args[1:]:
                yield from _texts(argument.elts[-1] if isinstance(argument, ast.Tuple) else argument)
        case _:
            return


def _kit_names(tree: ast.Module) -> set[str]:
    """The functions which a module takes from our own components, under the names it uses."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("eduplatform.components")
        for alias in node.names
    } - NOT_PARTS


def bare_texts(source: str) -> list[tuple[int, str]]:
    """Return line and text of every literal that people would read untranslated."""
    tree = ast.parse(source)
    kit = _kit_names(tree)
    found: set[tuple[int, str]] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _dotted(node.func)
        element = name.startswith("rx.el.") and name.rsplit(".", 1)[-1] not in NOT_SHOWN
        component = name.split(".")[0] in kit
        if not element and not component:
            continue
        for argument in node.args:
            for line, text in _texts(argument):
                # The kit also takes names, such as icon("check"); a text has a capital or several words.
                sentence = " " in text.strip() or text[:1].isupper()
                if _has_words(text) and (element or sentence):
                    found.add((line, text))
        for keyword in node.keywords:
            if keyword.arg in READ_BY_PEOPLE and name != "rx.el.meta":
                found.update(hit for hit in _texts(keyword.value) if _has_words(hit[1]))
    return sorted(found)


FILES = [
    path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if not path.name.startswith(FREE_FILES)
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_text_can_be_translated(path: Path) -> None:
    found = bare_texts(path.read_text(encoding="utf-8"))
    assert not found, "wrap in _(...): " + ", ".join(f"line {line}: {text!r}" for line, text in found)


BARE = """
from eduplatform.components.ui import button, icon, text_input
rx.el.p("Sign in")
rx.el.p(f"Page {n}")
rx.el.p(rx.cond(x, "Open", _("Closed")), class_name="p-4")
rx.el.p(rx.match(x, (1, "One"), "Many"), choose(x, "Yes", "No"))
rx.el.p("Hello " + name, *["World"])
rx.el.p("late" if late else "soon")
rx.el.img(src="/a.png", alt="A river")
rx.el.input(placeholder="Search", aria_label=f"{n} results")
button("Save", variant="primary")
text_input(label="Email", hint="We never share it", name="email")
"""

FINE = """
from eduplatform.components.ui import button, icon, text_input
rx.el.p(_("Sign in"), " · ", "1 / 2", "EduPlatform", class_name=rx.cond(x, "bg-accent text-ink", "Other thing"))
rx.el.p(rx.cond(x, _("Open"), _("Closed")), id="Some id", role="status")
rx.el.style("body { color: red }")
rx.el.kbd("Ctrl"), rx.el.kbd("K")
button(icon("check"), _("Save"), variant="primary")
text_input(label=_("Email"), name="Email", error=State.errors["Email"])
something_else("A text that is not shown")
"""


def test_the_walk_finds_each_kind_of_bare_text() -> None:
    assert [text for _line, text in bare_texts(BARE)] == [
        "Sign in", "Page ", "Open", "Many", "No", "One", "Yes", "Hello ", "World", "late", "soon", "A river",
        " results", "Search", "Save", "Email", "We never share it",
    ]  # fmt: skip


def test_the_walk_leaves_names_and_signs_alone() -> None:
    assert bare_texts(FINE) == []
