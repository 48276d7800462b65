"""``eduplatform check`` names what does not resolve, and finds nothing in the tree as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from reflex_base.registry import RegistrationContext

import eduplatform.eduplatform  # noqa: F401 - registers every page and handler
from eduplatform.config import Settings, get_settings
from eduplatform.domain.messaging import mail
from eduplatform.i18n import catalogue
from eduplatform.runtime import check


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An application of a few lines in place of ours."""
    planted = tmp_path / "eduplatform"
    (planted / "domain").mkdir(parents=True)
    (planted / "state").mkdir()
    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(check, "PACKAGE", planted)
    return planted


def owner(statement: str) -> None:
    with psycopg.connect(
        get_settings().owner_url.replace("postgresql+psycopg", "postgresql"), autocommit=True
    ) as connection:
        connection.execute(statement.encode())


def test_the_tree_as_it_is_resolves(migrated: None) -> None:
    assert check.run(get_settings()) == []


def test_a_table_outside_the_wall_is_found(migrated: None) -> None:
    name = f"open_{uuid4().hex[:8]}"
    owner(f"create table {name} (id int)")
    try:
        assert check.check_database(get_settings()) == [f"table {name} has no row-level security"]
    finally:
        owner(f"drop table {name}")


@pytest.fixture
def newest(migrated: None) -> Iterator[str]:
    """The newest revision, which the database has forgotten for the length of a test."""
    with psycopg.connect(
        get_settings().owner_url.replace("postgresql+psycopg", "postgresql"), autocommit=True
    ) as connection:
        row = connection.execute("select version_num from alembic_version").fetchone()
        assert row is not None
        connection.execute("delete from alembic_version")
        yield row[0]
        connection.execute("insert into alembic_version values (%s)", [row[0]])


def test_a_missing_migration_is_found(newest: str) -> None:
    assert check.check_database(get_settings())[-1] == f"migration {newest} is missing"


def test_a_role_that_could_pass_the_wall_is_found(migrated: None) -> None:
    owner("alter role edu_app bypassrls")
    try:
        assert check.check_database(get_settings()) == ["role edu_app could pass the wall between tenants"]
    finally:
        owner("alter role edu_app nobypassrls")


def test_a_role_that_cannot_connect_is_found(migrated: None) -> None:
    owner("alter role edu_system nologin")
    try:
        (problem,) = check.check_database(get_settings())
    finally:
        owner("alter role edu_system login")
    assert problem.startswith("a role cannot connect: ")


def test_a_database_that_does_not_answer_is_one_sentence() -> None:
    nowhere = Settings(database_url="postgresql://nobody:secret@127.0.0.1:1/none")  # pyright: ignore[reportArgumentType, reportCallIssue]
    (problem,) = check.check_database(nowhere)
    assert problem.startswith("the database does not answer: ")
    assert "secret" not in problem
    assert "\n" not in problem


def test_a_handler_without_policy_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = RegistrationContext.get().event_handlers
    name = next(name for name in sorted(handlers) if name.endswith("security_state.load"))
    bare = "reflex___state____state.eduplatform___state___planted____planted_state.steal"
    monkeypatch.setitem(handlers, bare, handlers[name])
    fn = handlers[name].handler.fn
    monkeypatch.delattr(fn, "__edu_policy__")
    problems = check.check_handlers()
    assert f"handler {bare} has no policy" in problems
    assert f"handler {name} has no policy" in problems
    assert "page /settings/security loads something without a policy" in problems


LINKS = {
    'rx.el.a("x", href="/no/such/page")': "/no/such/page",
    'rx.redirect("/gone?x=1")': "/gone?x=1",
    'send(link=f"{url}/nowhere/{token}")': "/nowhere/x",
    'button_link("Go", "/lost")': "/lost",
    'rx.el.a(href="/lost/" + identifier)': "/lost/x",
    'rx.el.a(href="/lost/" + "there")': "/lost/there",
}
GOOD_LINKS = (
    'rx.el.a(href="/login?next=/x#top")',
    'rx.redirect("/courses" if x else y)',
    'rx.el.a(href=f"{url}/reset/{token}")',
    'rx.el.a(href=f"{base}x")',
    'rx.el.a(href="https://example.test/x")',
    'rx.el.a(href="//elsewhere.test")',
    'rx.el.a(href="/api/openapi.json")',
    'rx.el.a(href="/logo.svg?v=1")',
    "rx.el.a(href=7)",
    "rx.el.a(href=start + '/x')",
    "rx.el.a(href=start - 1)",
    "functions[0](href='/login')",
)


@pytest.mark.parametrize(("line", "target"), LINKS.items())
def test_a_link_to_no_page_is_found(package: Path, line: str, target: str) -> None:
    (package / "planted.py").write_text(f"\n{line}\n", encoding="utf-8")
    assert check.check_links() == [f"eduplatform/planted.py:2 links to {target}, which is no page"]


@pytest.mark.parametrize("line", GOOD_LINKS)
def test_other_links_are_left_alone(package: Path, line: str) -> None:
    (package.parent / "assets").mkdir()
    (package.parent / "assets" / "logo.svg").touch()
    (package / "planted.py").write_text(line, encoding="utf-8")
    assert check.check_links() == []


def test_a_mail_template_that_does_not_exist_is_found(package: Path) -> None:
    code = 'mail.send(template="goodbye")\nmail.send(template=chosen)\nmail.send(link="/x")\nsend(template="no")\n'
    (package / "domain" / "planted.py").write_text(code, encoding="utf-8")
    assert check.check_mail() == ["mail template goodbye does not exist"]


def test_a_mail_that_does_not_render_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mail.TEMPLATES, "broken", mail.MailTemplate("{", ("A line",), "Go"))
    assert "mail template broken does not render in en" in check.check_mail()


def test_a_sentence_without_translation_is_found(package: Path) -> None:
    (package / "planted.py").write_text('_("Nobody ever translated this.")', encoding="utf-8")
    problems = check.check_messages()
    for locale in set(catalogue.LOCALES) - {"en"}:
        assert f"{locale}: missing: 'Nobody ever translated this.' (eduplatform/planted.py:1)" in problems, (
            problems[:3]
        )


BROAD = ("except:", "except Exception:", "except BaseException as error:", "except (ValueError, Exception):")


@pytest.mark.parametrize("clause", BROAD)
def test_catching_everything_is_found(package: Path, clause: str) -> None:
    (package / "planted.py").write_text(f"try:\n    x()\n{clause}\n    pass\n", encoding="utf-8")
    assert check.check_broad_excepts() == ["eduplatform/planted.py catches everything 1 times"]


def test_one_place_may_catch_everything_once(package: Path) -> None:
    block = (
        "try:\n    x()\nexcept Exception:\n    pass\ntry:\n    x()\nexcept (OSError, ValueError):\n    pass\n"
    )
    (package / "state" / "base.py").write_text(block, encoding="utf-8")
    assert check.check_broad_excepts() == []
    (package / "state" / "base.py").write_text(block * 2, encoding="utf-8")
    assert check.check_broad_excepts() == ["eduplatform/state/base.py catches everything 2 times"]
