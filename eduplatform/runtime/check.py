"""Verifies an installation without starting it: what the code names must exist.

Each check returns sentences about what is wrong; an empty list means that everything it looks at resolves.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from eduplatform.config import Settings
from eduplatform.runtime.toolchain import ROOT

PACKAGE = ROOT / "eduplatform"
INTERNAL_LINK = re.compile(r"^/[^/\\]")
SERVER_PREFIXES = ("/auth/", "/api/", "/files/", "/print/", "/ping")


def check_database(settings: Settings) -> list[str]:
    """The schema is the newest, every table is behind the wall, and the roles cannot leave it."""
    from eduplatform.db import migrate
    from eduplatform.db.rls import unsecured_tables

    problems: list[str] = []
    owner = sa.create_engine(settings.owner_url, poolclass=sa.NullPool)
    try:
        with owner.connect() as connection:
            problems += [f"migration {revision} is missing" for revision in migrate.pending(connection)]
            problems += [f"table {table} has no row-level security" for table in unsecured_tables(connection)]
    except OperationalError as error:
        return [f"the database does not answer: {str(error.orig).strip().splitlines()[0]}"]
    finally:
        owner.dispose()
    if problems:
        return problems
    for url in (settings.app_url, settings.system_url):
        role = sa.create_engine(url, poolclass=sa.NullPool)
        try:
            with role.connect() as connection:
                powers = connection.execute(
                    sa.text(
                        "select rolname, rolsuper or rolbypassrls or rolcreaterole or exists"
                        " (select 1 from pg_tables where tableowner = rolname and schemaname = 'public')"
                        " from pg_roles where rolname = current_user"
                    )
                ).one()
                if powers[1]:
                    problems.append(f"role {powers[0]} could pass the wall between tenants")
        except OperationalError as error:
            problems.append(f"a role cannot connect: {str(error.orig).strip().splitlines()[0]}")
        finally:
            role.dispose()
    return problems


def check_handlers() -> list[str]:
    """Every handler of a state has a policy, and every page's events are handlers with one."""
    from reflex_base.event import EventHandler
    from reflex_base.utils.format import format_event_handler

    from eduplatform.pages.registry import PAGES
    from eduplatform.security.gate import registered_policies, uncovered_handlers

    problems = [f"handler {name} has no policy" for name in uncovered_handlers()]
    policies = registered_policies()
    for page in PAGES:
        for event in page.on_load:
            handler: Any = getattr(event, "handler", event)
            if not isinstance(handler, EventHandler) or format_event_handler(handler) not in policies:
                problems.append(f"page {page.route} loads something without a policy")
    return problems


def check_links() -> list[str]:
    """Every link to a place inside the application that a page or a mail names leads to a route."""
    from eduplatform.pages.registry import PAGES

    patterns = [_pattern(page.route) for page in PAGES]
    problems: list[str] = []
    for path, line, target in _literal_targets():
        if target.startswith(SERVER_PREFIXES) or _is_asset(target):
            continue
        if not any(pattern.fullmatch(target.split("?")[0].split("#")[0]) for pattern in patterns):
            problems.append(f"{path}:{line} links to {target}, which is no page")
    return problems


def _pattern(route: str) -> re.Pattern[str]:
    parts = [r"[^/]+" if part.startswith("[") else re.escape(part) for part in route.strip("/").split("/")]
    return re.compile("/" + "/".join(parts) + "/?")


def _is_asset(target: str) -> bool:
    return (ROOT / "assets" / target.split("?")[0].lstrip("/")).is_file()


def _literal_targets() -> Iterator[tuple[str, int, str]]:
    """Addresses that the code writes down: ``href=`` and ``redirect(...)``; a value in between stands as ``x``."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            values = [keyword.value for keyword in node.keywords if keyword.arg in ("href", "link")]
            if name in ("redirect", "button_link", "link", "menu_link"):
                values += node.args[: 1 if name == "redirect" else 2]
            for value in values:
                target = _address(value)
                if target is not None and INTERNAL_LINK.match(target):
                    yield str(file.relative_to(ROOT)), node.lineno, target


def _address(node: ast.expr) -> str | None:
    """The text of an address expression, or None when it does not begin with a literal."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "x" for part in node.values]
        text = "".join(str(part) for part in parts)
        # A mail's link begins with the installation's public address.
        return text[1:] if isinstance(node.values[0], ast.FormattedValue) and text.startswith("x/") else text
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _address(node.left), _address(node.right)
        return None if left is None else left + (right if right is not None else "x")
    return None


def check_mail() -> list[str]:
    """Every mail template that code names exists and renders in every language."""
    from eduplatform.domain.messaging.mail import TEMPLATES, render
    from eduplatform.i18n import LOCALES

    problems = [
        f"mail template {name} does not exist" for name in _named_templates() if name not in TEMPLATES
    ]
    for name, template in TEMPLATES.items():
        places: list[str] = re.findall(
            r"{(\w+)}", " ".join((template.subject, *template.lines, template.action))
        )
        for locale in LOCALES:
            subject, text, html = render(
                name, locale, link="https://example.test/x", entries=(), **dict.fromkeys(places, "1")
            )
            if not subject or "{" in subject + text or "https://example.test/x" not in html:
                problems.append(f"mail template {name} does not render in {locale}")
    return problems


def _named_templates() -> set[str]:
    names: set[str] = set()
    for file in (PACKAGE / "domain").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "send":
                names |= {
                    keyword.value.value
                    for keyword in node.keywords
                    if keyword.arg == "template"
                    and isinstance(keyword.value, ast.Constant)
                    and isinstance(keyword.value.value, str)
                }
    return names


def check_jobs() -> list[str]:
    """Every job that code asks for exists, and every schedule can be read."""
    from croniter import croniter

    from eduplatform.jobs import worker
    from eduplatform.jobs.registry import JOBS

    assert worker  # importing it registers every job
    problems = [f"job {name} does not exist" for name in sorted(_named_jobs()) if name not in JOBS]
    return problems + [
        f"job {one.name} has a schedule that cannot be read: {one.every}"
        for one in JOBS.values()
        if one.every and not croniter.is_valid(one.every)
    ]


def _named_jobs() -> set[str]:
    names: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "enqueue" or not node.args:
                continue
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                names.add(name.value)
    return names


def check_messages() -> list[str]:
    """Every sentence that a person can read has a translation in every language."""
    from babel.messages.pofile import read_po

    from eduplatform.i18n import LOCALES
    from eduplatform.i18n.catalogue import catalogue_path
    from eduplatform.i18n.extraction import extract, problems

    sentences = extract(PACKAGE)
    found: list[str] = []
    for locale in LOCALES:
        if locale == "en":
            continue
        with Path(catalogue_path(locale)).open("rb") as file:
            found += [f"{locale}: {problem}" for problem in problems(sentences, read_po(file, locale=locale))]
    return found


def check_broad_excepts() -> list[str]:
    """Only the outermost handler of events may catch everything."""
    allowed = {"eduplatform/state/base.py": 1}
    counts: dict[str, int] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        name = str(file.relative_to(ROOT))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and _is_broad(node.type):
                counts[name] = counts.get(name, 0) + 1
    return [f"{name} catches everything {n} times" for name, n in counts.items() if n > allowed.get(name, 0)]


def _is_broad(caught: ast.expr | None) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(name is None or getattr(name, "id", "") in ("Exception", "BaseException") for name in names)


def run(settings: Settings) -> list[str]:
    """All checks, in the order in which one would mend what they find; the application must have been imported."""
    checks: Iterable[list[str]] = (
        check_database(settings),
        check_handlers(),
        check_links(),
        check_mail(),
        check_jobs(),
        check_messages(),
        check_broad_excepts(),
    )
    return [problem for problems in checks for problem in problems]
