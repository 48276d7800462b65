"""``python -m eduplatform``: the commands of an installation."""

from __future__ import annotations

import click

from eduplatform.db import migrate as migrations
from eduplatform.runtime import serve


@click.group()
def main() -> None:
    """Run and look after an EduPlatform installation."""


@main.command()
@click.option("--dev", is_flag=True, help="Hot reload instead of the built pages.")
def run(dev: bool) -> None:
    """Start everything: database, data, pages, server."""
    raise SystemExit(serve.run(dev=dev))


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    with serve.database(serve.get_settings()):
        migrations.upgrade()
    click.echo("The database is up to date.")
