"""``python -m eduplatform``: the commands of an installation."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from eduplatform.cli_eval import evaluate
from eduplatform.config import get_settings
from eduplatform.db import engine
from eduplatform.db import migrate as migrations
from eduplatform.errors import EduError
from eduplatform.runtime import serve

T = TypeVar("T")


def _with_database(task: Callable[[], Awaitable[T]]) -> T:
    """Run a task on a migrated database, and say a domain error in one sentence."""
    settings = get_settings()

    async def work() -> T:
        try:
            return await task()
        finally:
            await engine.dispose()

    try:
        with serve.database(settings):
            migrations.upgrade()
            return asyncio.run(work())
    except EduError as error:
        problems = "; ".join(f"{name}: {text}" for name, text in error.fields.items())
        raise click.ClickException(problems or serve.explain(error)) from error


@click.group()
def main() -> None:
    """Run and look after an EduPlatform installation."""


main.add_command(evaluate)


@main.command()
@click.option("--dev", is_flag=True, help="Hot reload instead of the built pages.")
def run(dev: bool) -> None:
    """Start everything: database, data, pages, server."""
    raise SystemExit(serve.run(dev=dev))


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    with serve.database(get_settings()):
        migrations.upgrade()
    click.echo("The database is up to date.")


@main.command()
def worker() -> None:
    """Do background jobs until stopped; set EDU_JOBS_IN_PROCESS=false for the servers beside it."""
    from eduplatform.jobs.worker import run as work
    from eduplatform.observability.logs import configure_logging

    settings = get_settings()
    configure_logging(settings.log_level, json=settings.production)
    _with_database(work)


@main.command()
def seed() -> None:
    """Add the demonstration data, once; refused in production."""
    from eduplatform.demo.seed import seed as seed_demo

    click.echo(
        "Demonstration data added."
        if _with_database(seed_demo)
        else "The demonstration data is already there."
    )


@main.group()
def tenant() -> None:
    """Organisations."""


@tenant.command("create")
@click.argument("slug")
@click.argument("name")
@click.option(
    "--kind", type=click.Choice(["school", "company", "tutor"]), default="school", show_default=True
)
@click.option("--locale", default="en", show_default=True)
@click.option("--timezone", default="UTC", show_default=True)
def create_tenant(slug: str, name: str, kind: str, locale: str, timezone: str) -> None:
    """Make an organisation."""
    from eduplatform.db.unit_of_work import identity_work
    from eduplatform.domain.tenants import service

    async def task() -> None:
        async with identity_work() as work:
            await service.create_tenant(
                work=work, slug=slug, name=name, kind=kind, locale=locale, timezone=timezone
            )

    _with_database(task)
    click.echo(f"{name} is there, as {slug}.")


@main.group()
def user() -> None:
    """People."""


@user.command("create")
@click.argument("email")
@click.option("--tenant", "slug", default="", help="The organisation; without it, an operator is made.")
@click.option("--given-name", default="", help="Given name.")
@click.option("--family-name", default="", help="Family name.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(["student", "teacher", "guardian", "admin"]),
    help="May be repeated.",
)
@click.password_option(help="Asked for when it is not given; not changed if the address has one.")
def create_user(
    email: str, slug: str, given_name: str, family_name: str, roles: tuple[str, ...], password: str
) -> None:
    """Make an account."""
    from eduplatform.db.unit_of_work import identity_work
    from eduplatform.domain.accounts import service as accounts
    from eduplatform.domain.tenants import service as tenants
    from eduplatform.errors import NotFound
    from eduplatform.security import passwords
    from eduplatform.security.permissions import Role

    async def task() -> None:
        passwords.check_new_password(password, context=(email, given_name, family_name))
        hashed = await passwords.hash_password(password)
        async with identity_work() as work:
            identity = await accounts.ensure_identity(
                work=work, email=email, password_hash=hashed, operator=not slug
            )
            if not slug:
                return
            found = await tenants.find_tenant(work=work, slug=slug)
            if found is None:
                raise NotFound("There is no organisation of that name")
            await accounts.create_user(
                work=work,
                tenant_id=found.id,
                identity=identity,
                given_name=given_name or email.partition("@")[0],
                family_name=family_name,
                roles=[Role(role) for role in roles],
            )

    _with_database(task)
    click.echo(f"{email} can sign in.")


@main.command()
def check() -> None:
    """Verify the installation without starting it; exits 1 with the list of what does not resolve."""
    import eduplatform.eduplatform  # noqa: F401 - registers every page and handler
    from eduplatform.runtime import check as checks

    settings = get_settings()
    with serve.database(settings):
        problems = checks.run(settings)
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(f"{len(problems)} problems.")
        sys.exit(1)
    click.echo("Settings, database, policies, links, mail templates, jobs and messages: everything resolves.")
