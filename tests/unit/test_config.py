"""Settings: what an operator may write, what is refused, and what is derived."""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError
from sqlalchemy.engine import make_url

from eduplatform.config import Settings, embedded_socket_directory, get_settings
from eduplatform.errors import Misconfigured

STRONG = "c2f1a90b7d3e4856f0a1b2c3d4e5f60718293a4b5c6d7e8f9012a3b4c5d6e7f8"
Configure = Callable[..., Settings]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Configure]:
    """Reads settings from exactly the given variables."""
    for name in [name for name in os.environ if name.startswith("EDU_")]:
        monkeypatch.delenv(name)
    for name in ("DATABASE_URL", "REDIS_URL", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EDU_DATA_DIR", str(tmp_path))

    def read(**variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        return get_settings()

    yield read
    get_settings.cache_clear()


def production(**more: str) -> dict[str, str]:
    return {
        "EDU_ENVIRONMENT": "production",
        "EDU_SECRET_KEY": STRONG,
        "EDU_PUBLIC_URL": "https://learn.school.example",
        **more,
    }


def test_defaults_serve_a_developer_on_this_machine_only(configure: Configure) -> None:
    settings = configure()
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8000, "http://localhost:8000")
    assert settings.embedded_database
    assert settings.demo


@pytest.mark.parametrize("name", ["PORT", "EDU_PORT"])
def test_the_port_moves_everything_that_depends_on_it(configure: Configure, name: str) -> None:
    settings = configure(**{name: "8123"})
    assert settings.port == 8123
    assert settings.public_url == "http://localhost:8123"
    assert "http://localhost:8123" in settings.allowed_origins


def test_an_empty_variable_counts_as_not_set(configure: Configure) -> None:
    settings = configure(DATABASE_URL="", EDU_SECRET_KEY="", EDU_PUBLIC_URL="", PORT="")
    assert settings.embedded_database
    assert settings.port == 8000


def test_all_problems_are_listed_at_once(configure: Configure) -> None:
    with pytest.raises(Misconfigured) as caught:
        configure(
            EDU_ENVIRONMENT="production",
            EDU_DEMO="true",
            EDU_PUBLIC_URL="http://learn.school.example",
            DATABASE_URL="postgresql://owner:postgres@db/edu",
            EDU_ARGON2_MEMORY_KIB="64",
        )
    assert set(caught.value.fields) == {
        "EDU_SECRET_KEY",
        "EDU_DEMO",
        "EDU_PUBLIC_URL",
        "DATABASE_URL",
        "EDU_ARGON2_MEMORY_KIB",
    }
    for variable in caught.value.fields:
        assert variable in caught.value.detail


@pytest.mark.parametrize(
    "secret",
    ["", "short", "a" * 64, "changeme" * 8, "my-secret-key-0123456789-0123456789", "0123456789abcdef"],
)
def test_production_refuses_a_weak_secret_and_does_not_repeat_it(configure: Configure, secret: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        configure(**production(EDU_SECRET_KEY=secret))
    assert set(caught.value.fields) == {"EDU_SECRET_KEY"}
    assert not secret or secret not in str(caught.value)


def test_production_never_has_demonstration_accounts(configure: Configure) -> None:
    assert not configure(**production()).demo
    with pytest.raises(Misconfigured) as caught:
        configure(**production(EDU_DEMO="1"))
    assert set(caught.value.fields) == {"EDU_DEMO"}


def test_production_allows_only_the_public_origin(configure: Configure) -> None:
    assert configure(**production()).allowed_origins == ("https://learn.school.example",)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://school.example", True),
        ("https://north.school.example", True),
        ("http://north.school.example", False),
        ("https://north.school.example:8443", False),
        ("https://a.north.school.example", False),
        ("https://.school.example", False),
        ("https://school.example.evil.test", False),
        ("https://evilschool.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_one_label_below_the_base_domain_is_ours(
    configure: Configure, origin: str, *, allowed: bool
) -> None:
    public = {"EDU_PUBLIC_URL": "https://school.example", "EDU_BASE_DOMAIN": "school.example"}
    assert configure(**production(**public)).allows_origin(origin) is allowed


def test_malformed_values_are_named_as_the_operator_wrote_them(configure: Configure) -> None:
    with pytest.raises(Misconfigured) as caught:
        configure(PORT="http", EDU_LOG_LEVEL="loud", DATABASE_URL="mysql://root:hunter2secret@db/edu")
    assert set(caught.value.fields) == {"PORT", "EDU_LOG_LEVEL", "DATABASE_URL"}
    assert "hunter2secret" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["nonsense", "postgresql://", "postgresql://host/db", "postgresql://user@host", "sqlite:///x.db"],
)
def test_a_database_address_must_be_complete(configure: Configure, address: str) -> None:
    with pytest.raises(Misconfigured):
        configure(DATABASE_URL=address)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_roles_are_derived_from_the_owner_and_share_no_password(configure: Configure, scheme: str) -> None:
    settings = configure(
        **production(DATABASE_URL=f"{scheme}://owner:kV8z-Lq2w-Rt5y@db:5433/edu?sslmode=require")
    )
    owner, app, system = (
        make_url(url) for url in (settings.owner_url, settings.app_url, settings.system_url)
    )
    assert {url.drivername for url in (owner, app, system)} == {"postgresql+psycopg"}
    assert {(url.host, url.port, url.database, url.query["sslmode"]) for url in (owner, app, system)} == {
        ("db", 5433, "edu", "require")
    }
    assert [url.username for url in (owner, app, system)] == ["owner", "edu_app", "edu_system"]
    assert len({owner.password, app.password, system.password}) == 3


def test_derived_passwords_follow_the_secret(configure: Configure) -> None:
    first = configure(**production()).derived_password("edu_app")
    assert configure(**production()).derived_password("edu_app") == first
    other = configure(**production(EDU_SECRET_KEY=STRONG[::-1])).derived_password("edu_app")
    assert other != first
    assert STRONG not in first


def test_a_given_role_address_is_used_as_it_is(configure: Configure) -> None:
    settings = configure(EDU_DATABASE_APP_URL="postgresql://pooled:Zx81-mnbv-4432@bouncer:6432/edu")
    assert settings.app_url == "postgresql+psycopg://pooled:Zx81-mnbv-4432@bouncer:6432/edu"


def test_the_development_secret_is_private_and_stays_the_same(configure: Configure, tmp_path: Path) -> None:
    first = configure().secret_key.get_secret_value()
    assert len(first.encode()) >= 32
    assert configure().secret_key.get_secret_value() == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_starters_at_the_same_moment_agree_on_the_secret(configure: Configure, tmp_path: Path) -> None:
    configure()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads change places as often as processes might
    try:
        for _ in range(20):
            (tmp_path / "secret_key").unlink()
            together = threading.Barrier(8)

            def start(together: threading.Barrier = together) -> str:
                together.wait()
                return Settings().secret_key.get_secret_value()

            with ThreadPoolExecutor(8) as pool:
                secrets = {future.result() for future in [pool.submit(start) for _ in range(8)]}
            assert len(secrets) == 1
    finally:
        sys.setswitchinterval(interval)
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_refused_address_is_not_repeated_with_its_password(configure: Configure) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(database_url=SecretStr("mysql://root:hunter2secret@db/edu"), log_level="hunter2secret")  # type: ignore[arg-type]
    assert "hunter2secret" not in str(caught.value)


def test_a_data_directory_that_cannot_be_used_is_named(configure: Configure, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured) as caught:
        configure(EDU_DATA_DIR=str(tmp_path / "file" / "data"))
    assert set(caught.value.fields) == {"EDU_DATA_DIR"}


def test_secrets_do_not_show_when_settings_are_printed(configure: Configure) -> None:
    settings = configure(
        **production(
            DATABASE_URL="postgresql://owner:kV8z-Lq2w-Rt5y@db/edu", REDIS_URL="redis://:Pq7-kLm2-Zx9@cache/0"
        )
    )
    shown = repr(settings) + str(settings) + settings.model_dump_json()
    for secret in (STRONG, "kV8z-Lq2w-Rt5y", "Pq7-kLm2-Zx9"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("text", "expected"), [("1800", 1800), ("90.5", 90.5), ("PT30M", 1800), ("PT8H", 28800)]
)
def test_durations_are_seconds_or_iso(configure: Configure, text: str, expected: float) -> None:
    assert configure(EDU_SESSION_IDLE=text).session_idle == timedelta(seconds=expected)


@pytest.mark.parametrize("text", ["0", "-5", "soon", "-PT5M"])
def test_a_session_must_last(configure: Configure, text: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        configure(EDU_SESSION_IDLE_STAFF=text)
    assert set(caught.value.fields) == {"EDU_SESSION_IDLE_STAFF"}


def test_contradictions_are_refused_everywhere(configure: Configure) -> None:
    with pytest.raises(Misconfigured) as caught:
        configure(EDU_WORKERS="4", EDU_SESSION_ABSOLUTE="60")
    assert set(caught.value.fields) == {"EDU_WORKERS", "EDU_SESSION_ABSOLUTE"}


@given(st.lists(st.text(alphabet="abcdeé/ ", min_size=1, max_size=40), min_size=1, max_size=8))
def test_the_socket_path_always_fits_and_is_stable(parts: list[str]) -> None:
    data_dir = Path("/srv").joinpath(*(part.strip("/ ") or "x" for part in parts))
    directory = embedded_socket_directory(data_dir)
    assert len(os.fsencode(directory / ".s.PGSQL.5432")) <= 107
    assert embedded_socket_directory(data_dir) == directory
