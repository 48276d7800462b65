"""Every option of an installation: its name, default and meaning, read from the environment and nowhere else.

An option ``data_dir`` is set by the variable ``EDU_DATA_DIR``; ``DATABASE_URL``, ``REDIS_URL`` and ``PORT`` are also
understood without the prefix, since hosting platforms set them. Reading the settings opens no connection; the one thing it
may create is the development secret in the data directory. Durations are seconds (``1800``) or ISO 8601 (``PT30M``).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from datetime import timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from eduplatform.errors import Misconfigured

Environment = Literal["development", "production", "test"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]

EMBEDDED_DATABASE = "eduplatform"
EMBEDDED_OWNER = "postgres"
APP_ROLE = "edu_app"
SYSTEM_ROLE = "edu_system"

SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_PATH_MAX_BYTES = 103  # macOS allows 103, Linux 107

SECRET_MIN_BYTES = 32
DATABASE_PASSWORD_MIN_LENGTH = 12
_DISTINCT_CHARACTERS_MIN = 10
_WEAK_WORDS = (
    "changeme",
    "change-me",
    "change_me",
    "password",
    "secret",
    "example",
    "insecure",
    "default",
    "eduplatform",
)
_MODEL_KINDS = ("openai", "anthropic", "google", "ollama", "compatible")
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_POSTGRES_SCHEMES = frozenset({"postgres", "postgresql", "postgresql+psycopg"})


def _checked_database_url(value: SecretStr | None) -> SecretStr | None:
    if value is None:
        return None
    try:
        url = make_url(value.get_secret_value())
    except (ArgumentError, ValueError):
        raise ValueError(
            "is not an address of the form postgresql://user:password@host:5432/database"
        ) from None
    if url.drivername not in _POSTGRES_SCHEMES:
        raise ValueError("must be the address of a PostgreSQL database (postgresql://…)")
    if not url.database or not url.username:
        raise ValueError("must name a user and a database (postgresql://user:password@host:5432/database)")
    return value


def _checked_public_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("must start with http:// or https:// and name a host")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must not have a path: the platform is served from the root of its host")
    return value.rstrip("/")


def _checked_endpoint(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("must start with http:// or https:// and name a host")
    return value.rstrip("/")


def _checked_clamd(value: str) -> str:
    host, _, port = value.rpartition(":")
    if value and not value.startswith("/") and not (host and port.isdigit()):
        raise ValueError("must be the path of a socket, or host:port")
    return value


def _seconds(value: object) -> object:
    return float(value) if isinstance(value, str) and value.replace(".", "", 1).isdigit() else value


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("must be longer than nothing")
    return value


def _absolute(value: Path) -> Path:
    return value.expanduser().absolute()


Duration = Annotated[timedelta, BeforeValidator(_seconds), AfterValidator(_positive)]
DatabaseUrl = Annotated[SecretStr | None, AfterValidator(_checked_database_url)]


def _checked_model(value: str) -> str:
    kind, _, model = value.partition(":")
    if value and (kind not in _MODEL_KINDS or not model):
        raise ValueError(f"must be KIND:MODEL with one of {', '.join(_MODEL_KINDS)}")
    return value


class Settings(BaseSettings):
    """The typed options. Use ``get_settings()``; construct directly only in tests."""

    model_config = SettingsConfigDict(
        env_prefix="EDU_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
        validate_default=True,
    )

    environment: Environment = "development"
    """``production`` refuses weak secrets and demonstration data; ``test`` is for the test suite."""

    host: str = "127.0.0.1"
    """Address to listen on. Other machines reach the server only with ``0.0.0.0`` or behind a proxy."""

    port: int = Field(8000, ge=1, le=65535, validation_alias=AliasChoices("EDU_PORT", "PORT"))
    """The one TCP port of pages, API and sockets."""

    public_url: Annotated[str, AfterValidator(_checked_public_url)] = ""
    """Address that people type, for links in mail and for the origin check; default ``http://localhost:PORT``."""

    base_domain: str | None = None
    """Domain whose subdomains select a tenant, for example ``school.example``; none: people choose after sign-in."""

    trusted_proxy_hops: int = Field(0, ge=0, le=10)
    """Number of own reverse proxies in front, whose X-Forwarded-For entries are believed."""

    data_dir: Annotated[Path, AfterValidator(_absolute)] = Path(".data")
    """Directory of the embedded database, uploaded files, logs of builds and the development secret."""

    database_url: DatabaseUrl = Field(None, validation_alias=AliasChoices("EDU_DATABASE_URL", "DATABASE_URL"))
    """PostgreSQL address of the owner of the tables, who migrates; none: the embedded server."""

    database_app_url: DatabaseUrl = None
    """Address for the tenant plane (role without any bypass); default: the owner's address as ``edu_app``."""

    database_system_url: DatabaseUrl = None
    """Address for identity and audited unscoped work; default: the owner's address as ``edu_system``."""

    database_pool_size: int = Field(10, ge=1, le=200)
    """Connections per process and role; work that finds none free waits for one."""

    database_prepared: bool = False
    """Prepare the statements that run often, at most 100 per connection at about 0.2 MB each; default: with the embedded
    server only, because a transaction pooler in between has to follow it (PgBouncer: ``max_prepared_statements``)."""

    redis_url: SecretStr | None = Field(None, validation_alias=AliasChoices("EDU_REDIS_URL", "REDIS_URL"))
    """Redis address; needed only when several processes serve."""

    workers: int = Field(1, ge=1, le=64)
    """Server processes; more than one needs ``redis_url``."""

    jobs_in_process: bool = True
    """Server processes also do the background jobs; ``false`` where ``python -m eduplatform worker`` runs."""

    jobs_at_once: int = Field(2, ge=1, le=50)
    """Background jobs that one process does at the same time."""

    secret_key: SecretStr = SecretStr("")
    """Root of all derived keys, at least 32 bytes. In development one is made once and kept in ``data_dir``."""

    session_idle_staff: Duration = timedelta(minutes=30)
    """Staff (everybody who sees other people's data) are signed out after this time without a request."""

    session_idle: Duration = timedelta(hours=8)
    """The same for everybody else."""

    session_absolute: Duration = timedelta(hours=12)
    """No session lives longer, however busy."""

    session_remembered: Duration = timedelta(days=30)
    """Life of a session whose owner asked to be remembered; never for staff."""

    argon2_memory_kib: int = Field(19456, ge=8)
    """Memory of one password hash, KiB."""

    argon2_time_cost: int = Field(2, ge=1)
    """Passes over that memory."""

    argon2_parallelism: int = Field(1, ge=1)
    """Lanes of one password hash."""

    rate_sign_in_per_address: int = Field(30, ge=1)
    """Failed sign-ins per network address in 15 minutes before answers slow down."""

    rate_sign_in_per_account: int = Field(10, ge=1)
    """Failed sign-ins per account in 15 minutes before answers slow down; nobody is locked out."""

    rate_events_per_second: float = Field(20.0, gt=0)
    """Sustained page events per tab and second."""

    rate_events_burst: int = Field(60, ge=1)
    """Page events that a tab may send at once."""

    storage_bucket: str | None = None
    """Bucket for uploaded files on a service that speaks S3; none: the directory ``files`` in ``data_dir``."""

    storage_endpoint: Annotated[str, AfterValidator(_checked_endpoint)] = ""
    """Address of that service, for example ``https://PROJECT.supabase.co/storage/v1/s3``; none: Amazon's."""

    storage_region: str = "us-east-1"
    """Region of the bucket."""

    storage_access_key: SecretStr | None = None
    """Name of the key to the bucket; none: what the machine offers (role, environment)."""

    storage_secret_key: SecretStr | None = None
    """The key to the bucket."""

    storage_quota_mb: int = Field(10_000, ge=1)
    """Megabytes of files per organisation, unless the organisation has a limit of its own."""

    clamd_address: Annotated[str, AfterValidator(_checked_clamd)] = ""
    """Virus scanner: path of clamd's socket, or ``host:port``. Files can be downloaded once it found them clean."""

    pusher_app_id: Annotated[str, Field(pattern=r"^[0-9]*$")] = ""
    """Id of the app on pusher.com (digits). With all four ``EDU_PUSHER_…`` set, live updates go through the hosted service."""

    pusher_key: str = ""
    """Key of that app; browsers see it."""

    pusher_secret: SecretStr | None = None
    """Secret of that app."""

    pusher_cluster: Annotated[str, Field(pattern=r"^[a-z0-9-]*$")] = ""
    """Its cluster, for example ``eu``."""

    channels_webhook_url: str = ""
    """Where our own Channels server posts its signed webhooks (channels and members that come and go); empty for nowhere."""

    channels_subscription_counts: bool = False
    """Whether our own Channels server tells the followers of a channel how many they are."""

    channels_connections: int = Field(10_000, ge=1)
    """Connections that one process of our own Channels server takes; who comes after them is closed with 4100 and polls."""

    channels_tenant_connections: int = Field(5_000, ge=1)
    """Connections of one organisation, in all processes; who comes after them is closed with 4004 and polls."""

    ai_provider: Annotated[str, AfterValidator(_checked_model)] = ""
    """Model for organisations without one of their own, as ``kind:model`` (openai, anthropic, google, ollama, compatible)."""

    ai_base_url: str = ""
    """Address of that model where the kind has none of its own, for example ``http://models.internal:8000/v1``."""

    ai_api_key: SecretStr = SecretStr("")
    """Key of that model."""

    ai_allowed_hosts: tuple[str, ...] = ()
    """Hosts outside the internet at which administrators of organisations may call models, as a JSON list."""

    log_level: LogLevel = "INFO"
    """Least important line that is logged."""

    demo: bool = False
    """Demonstration tenants and accounts; on by default in development, refused in production."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if "demo" not in self.model_fields_set:
            self._default("demo", self.environment == "development")
        if "database_prepared" not in self.model_fields_set:
            self._default("database_prepared", self.embedded_database)
        if not self.public_url:
            self._default("public_url", f"http://localhost:{self.port}")
        problems = self._contradictions()
        if self.environment == "production":
            problems |= self._weaknesses()
        if problems:
            raise _misconfigured(problems)
        if not self.secret_key.get_secret_value():
            self._default("secret_key", SecretStr(_development_secret(self.data_dir)))
        return self

    def _default(self, name: str, value: object) -> None:
        # The instance is frozen for everybody else; these defaults depend on other fields.
        object.__setattr__(self, name, value)

    def _contradictions(self) -> dict[str, str]:
        problems: dict[str, str] = {}
        if self.workers > 1 and self.redis_url is None:
            problems["EDU_WORKERS"] = "more than one server process needs REDIS_URL"
        pusher = (self.pusher_app_id, self.pusher_key, self.pusher_secret, self.pusher_cluster)
        if any(pusher) and not all(pusher):
            problems["EDU_PUSHER_KEY"] = (
                "goes together with EDU_PUSHER_APP_ID, EDU_PUSHER_SECRET and EDU_PUSHER_CLUSTER"
            )
        if (self.storage_access_key is None) != (self.storage_secret_key is None):
            problems["EDU_STORAGE_ACCESS_KEY"] = "goes together with EDU_STORAGE_SECRET_KEY"
        if self.session_idle > self.session_absolute or self.session_idle_staff > self.session_absolute:
            problems["EDU_SESSION_ABSOLUTE"] = "must not be shorter than the idle lifetimes"
        return problems

    def _weaknesses(self) -> dict[str, str]:
        """What is tolerable on a developer's machine and not where real people are, by variable."""
        problems: dict[str, str] = {}
        if weakness := _weak_secret(self.secret_key.get_secret_value()):
            problems["EDU_SECRET_KEY"] = weakness
        if self.demo:
            problems["EDU_DEMO"] = (
                "demonstration accounts have a published password and are refused in production"
            )
        public = urlsplit(self.public_url)
        if public.scheme != "https" and public.hostname not in _LOCAL_HOSTS:
            problems["EDU_PUBLIC_URL"] = (
                "must be https:// in production: cookies and passwords travel over it"
            )
        if self.storage_endpoint.startswith("http://"):
            problems["EDU_STORAGE_ENDPOINT"] = "must be https:// in production: people's files travel over it"
        if self.argon2_memory_kib < 19456 or self.argon2_time_cost < 2:
            problems["EDU_ARGON2_MEMORY_KIB"] = (
                "password hashing must not be weaker than 19456 KiB and 2 passes"
            )
        for variable, secret in (
            ("DATABASE_URL", self.database_url),
            ("EDU_DATABASE_APP_URL", self.database_app_url),
            ("EDU_DATABASE_SYSTEM_URL", self.database_system_url),
        ):
            if secret is not None and (
                weakness := _weak_database_password(make_url(secret.get_secret_value()))
            ):
                problems[variable] = weakness
        return problems

    @property
    def embedded_database(self) -> bool:
        """Whether the platform runs its own PostgreSQL server under ``data_dir``."""
        return self.database_url is None

    @property
    def production(self) -> bool:
        """Whether real people's data is served."""
        return self.environment == "production"

    @cached_property
    def owner_url(self) -> str:
        """SQLAlchemy address of the role that owns and migrates the tables."""
        return self._render(self._owner())

    @cached_property
    def app_url(self) -> str:
        """SQLAlchemy address of the role for tenant data: row-level security always applies to it."""
        return self._role_url(APP_ROLE, self.database_app_url)

    @cached_property
    def system_url(self) -> str:
        """SQLAlchemy address of the role for identity and for audited work across tenants."""
        return self._role_url(SYSTEM_ROLE, self.database_system_url)

    @cached_property
    def allowed_origins(self) -> tuple[str, ...]:
        """Exact origins from which pages may open the socket and call the API."""
        origins = {origin_of(self.public_url)}
        if not self.production:
            # Hot reload serves pages from a second port of the same machine.
            origins |= {
                f"http://{name}:{port}" for name in ("localhost", "127.0.0.1") for port in (self.port, 3000)
            }
        return tuple(sorted(origins))

    def allows_origin(self, origin: str) -> bool:
        """Whether a browser's Origin header is ours: listed exactly, or one label below ``base_domain``."""
        if origin in self.allowed_origins:
            return True
        if not self.base_domain:
            return False
        public, asking = urlsplit(self.public_url), urlsplit(origin)
        label, _, rest = (asking.hostname or "").partition(".")
        return (
            bool(label)
            and rest == self.base_domain
            and asking.scheme == public.scheme
            and asking.port == public.port
        )

    def derived_password(self, role: str) -> str:
        """Password of a database role: HMAC-SHA256 of its name under the secret key, in hexadecimal."""
        key = self.secret_key.get_secret_value().encode()
        return hmac.new(key, role.encode(), hashlib.sha256).hexdigest()

    def _owner(self) -> URL:
        if self.database_url is not None:
            return make_url(self.database_url.get_secret_value())
        directory = str(embedded_socket_directory(self.data_dir))
        return URL.create(
            "postgresql", username=EMBEDDED_OWNER, database=EMBEDDED_DATABASE, query={"host": directory}
        )

    def _role_url(self, role: str, given: SecretStr | None) -> str:
        if given is not None:
            return self._render(make_url(given.get_secret_value()))
        return self._render(self._owner().set(username=role, password=self.derived_password(role)))

    @staticmethod
    def _render(url: URL) -> str:
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def embedded_socket_directory(data_dir: Path) -> Path:
    """Where the embedded server of this data directory listens; the same answer in every process.

    A socket's path has at most 107 bytes, so that a deeply nested data directory gets a short one under ``/tmp``;
    who starts the server makes sure that the directory is private.
    """
    home = data_dir.resolve() / "postgres"
    directory = home / "socket"
    if len(os.fsencode(directory / SOCKET_NAME)) <= _SOCKET_PATH_MAX_BYTES:
        return directory
    return Path("/tmp") / f"eduplatform-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"  # noqa: S108


def origin_of(url: str) -> str:
    """Scheme, host and non-default port of an address, as browsers write it in the Origin header."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return (
        f"{parts.scheme}://{host}"
        if parts.port in (None, default)
        else f"{parts.scheme}://{host}:{parts.port}"
    )


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        Misconfigured: Some value is missing, malformed, weak or contradicts another; the detail lists all of them.
    """
    try:
        return Settings()  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        raise _misconfigured(
            {
                _variable(str(item["loc"][0])): item["msg"].removeprefix("Value error, ")
                for item in error.errors()
            }
        ) from None


def _variable(location: str) -> str:
    """The variable that the operator set: the plain name of a few options counts when the prefixed one is absent."""
    plain = location.upper().removeprefix("EDU_")
    return plain if f"EDU_{plain}" not in os.environ and plain in os.environ else f"EDU_{plain}"


def _misconfigured(problems: dict[str, str]) -> Misconfigured:
    lines = "\n".join(f"  {variable}: {problem}" for variable, problem in problems.items())
    return Misconfigured(f"The settings cannot be used:\n{lines}", fields=problems)


def _weak_secret(value: str) -> str | None:
    if not value:
        return "is required in production; a good one is printed by: python -c 'import secrets; print(secrets.token_hex(32))'"
    if len(value.encode()) < SECRET_MIN_BYTES:
        return f"must have at least {SECRET_MIN_BYTES} bytes"
    if len(set(value)) < _DISTINCT_CHARACTERS_MIN or any(word in value.lower() for word in _WEAK_WORDS):
        return "can be guessed: use random characters"
    return None


def _weak_database_password(url: URL) -> str | None:
    if (url.host is None or url.host.startswith("/")) and not url.password:
        return None  # the operating system identifies who connects to a local socket
    password = str(url.password or "")
    if len(password) < DATABASE_PASSWORD_MIN_LENGTH or any(word in password.lower() for word in _WEAK_WORDS):
        return (
            f"needs a password of at least {DATABASE_PASSWORD_MIN_LENGTH} characters that cannot be guessed"
        )
    return None


def _development_secret(data_dir: Path) -> str:
    """The key of this data directory; made by the first process that asks, the same for all later ones.

    Raises:
        Misconfigured: The data directory cannot be written.
    """
    path = data_dir / "secret_key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            candidate = data_dir / f".secret_key.{os.getpid()}.{secrets.token_hex(4)}"
            descriptor = os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(secrets.token_hex(32))
            try:
                os.link(candidate, path)  # fails when another process was first, and never overwrites
            except FileExistsError:
                pass
            finally:
                candidate.unlink()
        return path.read_text().strip()
    except OSError as error:
        problem = f"cannot be used ({error.strerror}: {error.filename})"
        raise _misconfigured({"EDU_DATA_DIR": problem}) from error
