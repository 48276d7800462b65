"""The commands of an installation, as somebody types them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner, Result

from eduplatform import cli
from eduplatform.config import get_settings
from eduplatform.db import engine
from eduplatform.db.embedded import EmbeddedPostgres
from eduplatform.runtime import check, serve
from tests.factories.world import PASSWORD
from tests.served import ROOT

COMMANDS = ("run", "seed", "migrate", "tenant create", "user create", "check")


@pytest.fixture(autouse=True)
def engines_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command has its own event loop, and closes its connections at the end: not those of other tests."""
    monkeypatch.setattr(engine, "_engines", {})


def invoke(*words: str) -> Result:
    return CliRunner().invoke(cli.main, list(words))


def test_help_lists_every_command() -> None:
    listed = invoke("--help").output
    for command in COMMANDS:
        assert f"  {command.split()[0]}" in listed
        answer = invoke(*command.split(), "--help")
        assert answer.exit_code == 0
        assert "Usage:" in answer.output


def test_an_unknown_command_is_refused() -> None:
    assert invoke("destroy").exit_code == 2


def test_run_ends_with_the_code_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def start(*, dev: bool) -> int:
        asked.append(dev)
        return 3

    monkeypatch.setattr(serve, "run", start)
    assert invoke("run", "--dev").exit_code == 3
    assert invoke("run").exit_code == 3
    assert asked == [True, False]


def test_migrating_a_current_database_changes_nothing(migrated: None) -> None:
    answer = invoke("migrate")
    assert (answer.exit_code, answer.output) == (0, "The database is up to date.\n")


def test_an_organisation_and_its_people_are_made_once(migrated: None) -> None:
    slug = f"c-{uuid4().hex[:10]}"
    email = f"ada@{slug}.test"
    made = invoke(
        "tenant", "create", slug, "Commanded School", "--locale", "en", "--timezone", "Europe/Berlin"
    )
    assert (made.exit_code, made.output) == (0, f"Commanded School is there, as {slug}.\n")
    again = invoke("tenant", "create", slug, "Commanded School")
    assert again.exit_code == 1
    assert again.output == "Error: This name is taken.\n"
    person = ("user", "create", email, "--tenant", slug, "--role", "teacher", "--role", "admin")
    person += ("--password", PASSWORD, "--family-name", "L")
    answer = invoke(*person)
    assert (answer.exit_code, answer.output) == (0, f"{email} can sign in.\n")


def test_what_is_wrong_is_said_by_field(migrated: None) -> None:
    answer = invoke("tenant", "create", "X!", "Bad name", "--timezone", "Mars/Olympus")
    assert answer.exit_code == 1
    assert "slug: Use 3 to 40 small letters, digits and hyphens." in answer.output
    assert "timezone: " in answer.output
    assert invoke("tenant", "create", "good-name", "Good", "--kind", "zoo").exit_code == 2


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "password: Use at least 12 characters."),
        ("aaaaaaaaaaaaaaaa", "password: Use more different characters."),
        ("newcomer2026!", "password: Do not build it from your name or e-mail address."),
    ],
)
def test_a_weak_password_is_refused_with_a_sentence(migrated: None, password: str, said: str) -> None:
    answer = invoke(
        "user", "create", f"newcomer@{uuid4().hex}.test", "--given-name", "Newcomer", "--password", password
    )
    assert (answer.exit_code, answer.output) == (1, f"Error: {said}\n")


def test_an_unknown_organisation_is_refused_and_leaves_nobody_behind(migrated: None) -> None:
    email = f"lost-{uuid4().hex}@nowhere.test"
    answer = invoke("user", "create", email, "--tenant", "no-such-school", "--password", PASSWORD)
    assert (answer.exit_code, answer.output) == (1, "Error: There is no organisation of that name\n")
    url = get_settings().owner_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url) as connection:
        assert connection.execute("select 1 from identity where email = %s", [email]).fetchall() == []


def test_somebody_without_organisation_is_an_operator(migrated: None) -> None:
    email = f"operator-{uuid4().hex}@platform.test"
    answer = invoke("user", "create", email, "--password", PASSWORD)
    assert answer.output == f"{email} can sign in.\n"


def test_check_is_silent_about_what_resolves_and_lists_what_does_not(
    migrated: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert invoke("check").output.endswith("everything resolves.\n")
    planted = tmp_path / "eduplatform"
    (planted / "domain").mkdir(parents=True)
    (planted / "planted.py").write_text('rx.redirect("/gone")', encoding="utf-8")
    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(check, "PACKAGE", planted)
    answer = invoke("check")
    assert answer.exit_code == 1
    assert "eduplatform/planted.py:1 links to /gone, which is no page\n" in answer.output
    assert answer.output.rstrip().endswith(" problems.")


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data directory of its own, whose database is stopped after the test, whatever happened."""
    yield tmp_path / "data"
    EmbeddedPostgres(tmp_path / "data").stop()


def test_a_new_installation_is_filled_from_the_command_line(data_dir: Path) -> None:
    """In processes of their own, on nothing: the database is made by the first command and found by the second."""

    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "EDU_DATA_DIR": str(data_dir)}
        return subprocess.run(
            [sys.executable, "-m", "eduplatform", *words],
            cwd=ROOT, env=environment, input=f"{PASSWORD}\n{PASSWORD}\n", capture_output=True, text=True, timeout=50, check=False,
        )  # fmt: skip

    made = typed("tenant", "create", "first", "First School")
    assert "First School is there, as first." in made.stdout, made.stderr
    person = typed("user", "create", "ada@first.test", "--tenant", "first", "--role", "admin")
    assert "ada@first.test can sign in." in person.stdout, person.stderr
    assert PASSWORD not in person.stdout
