"""The embedded PostgreSQL server under real starts, crashes and several users."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from eduplatform.config import embedded_socket_directory
from eduplatform.db.embedded import EmbeddedPostgres
from eduplatform.errors import Unavailable

ROOT = Path(__file__).resolve().parents[2]
USER_PROGRAM = """
import sys
from pathlib import Path
from eduplatform.db.embedded import EmbeddedPostgres
_, started = EmbeddedPostgres(Path(sys.argv[1])).attach_or_start()
print("started" if started else "attached", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data directory whose server is stopped after the test, whatever happened."""
    yield tmp_path / "data"
    EmbeddedPostgres(tmp_path / "data").stop()


def another_user(data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER_PROGRAM, str(data_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(user: subprocess.Popen[str]) -> str:
    assert user.stdout is not None
    return user.stdout.readline().strip()


def one(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def write(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (number int)")
        connection.execute("INSERT INTO note VALUES (%s)", [number])


def postmaster(server: EmbeddedPostgres) -> psutil.Process:
    return psutil.Process(int((server.cluster / "postmaster.pid").read_text().splitlines()[0]))


def kill(process: psutil.Process) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def test_starting_twice_uses_one_server(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    url, started = server.attach_or_start()
    assert started
    first = postmaster(server).pid
    assert server.attach_or_start() == (url, False)
    assert postmaster(server).pid == first
    assert server.stop()
    assert not server.is_running()


def test_commits_survive_a_stop_and_the_data_are_synced(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    write(server.start(), 7)
    assert one(server.url, "SELECT current_setting('fsync')") == "on"
    assert one(server.url, "SELECT current_setting('TimeZone')") == "UTC"
    server.stop()
    assert one(server.start(), "SELECT number FROM note") == 7


def test_tests_may_trade_durability_for_speed(data_dir: Path) -> None:
    assert one(EmbeddedPostgres(data_dir, durable=False).start(), "SELECT current_setting('fsync')") == "off"


def test_a_killed_server_comes_back_with_everything_committed(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    write(server.start(), 1)
    kill(postmaster(server))
    later = EmbeddedPostgres(data_dir)
    url, started = later.attach_or_start()
    assert started
    assert one(url, "SELECT count(*) FROM note") == 1
    later.stop()
    server.stop()


def test_a_stale_lock_naming_a_living_stranger_is_no_obstacle(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    write(server.start(), 1)
    kill(postmaster(server))
    lock = server.cluster / "postmaster.pid"
    lock.write_text("\n".join([str(os.getpid()), *lock.read_text().splitlines()[1:]]) + "\n")
    assert not server.is_running()
    assert one(server.start(), "SELECT count(*) FROM note") == 1
    assert psutil.pid_exists(os.getpid())


def test_an_interrupted_first_start_leaves_nothing_half_made(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    draft = server.home / "cluster.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    assert one(server.start(), "SELECT 1") == 1


def test_many_processes_starting_at_once_share_one_server(data_dir: Path) -> None:
    users = [another_user(data_dir) for _ in range(4)]
    try:
        assert sorted(said(user) for user in users) == ["attached", "attached", "attached", "started"]
    finally:
        for user in users:
            user.communicate(timeout=30)


def test_the_last_user_stops_the_server_whoever_started_it(data_dir: Path) -> None:
    user = another_user(data_dir)
    assert said(user) == "started"
    server = EmbeddedPostgres(data_dir)
    assert server.attach_or_start()[1] is False
    assert not server.stop()
    assert server.is_running()
    server.attach_or_start()
    user.communicate(timeout=30)
    assert server.stop()
    assert not server.is_running()


def test_a_killed_user_does_not_keep_the_server_alive(data_dir: Path) -> None:
    user = another_user(data_dir)
    assert said(user) == "started"
    server = EmbeddedPostgres(data_dir)
    server.start()
    user.kill()
    user.communicate(timeout=30)
    assert server.stop()


def test_open_sessions_do_not_delay_the_stop(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    with psycopg.connect(server.start()) as connection:
        connection.execute("SELECT 1")
        assert server.stop()
        connection.close()


def test_stopping_what_was_never_started_is_nothing(data_dir: Path) -> None:
    assert not EmbeddedPostgres(data_dir).stop()
    assert not data_dir.exists()


def test_only_the_owner_can_reach_the_server(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    server.start()
    for private in (server.home, server.cluster, server.socket_directory):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert one(server.url, "SELECT current_setting('listen_addresses')") == ""
    assert not [entry for entry in postmaster(server).net_connections() if entry.family != socket.AF_UNIX]


@pytest.mark.skipif(os.geteuid() != 0, reason="shows what happens when the platform is started as root")
def test_root_does_not_run_the_server_as_root(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    server.start()
    assert postmaster(server).uids().real != 0


def test_a_deep_data_directory_gets_a_short_private_socket_path(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6)
    server = EmbeddedPostgres(deep)
    try:
        assert one(server.start(), "SELECT 1") == 1
        assert stat.S_IMODE(server.socket_directory.stat().st_mode) == 0o700
        assert not server.socket_directory.is_relative_to(deep)
    finally:
        server.stop()
        server.socket_directory.rmdir()


def test_a_socket_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["another-folder-with-a-long-name"] * 6)
    trap, elsewhere = embedded_socket_directory(deep), tmp_path / "elsewhere"
    elsewhere.mkdir()
    trap.symlink_to(elsewhere)
    try:
        with pytest.raises(Unavailable):
            EmbeddedPostgres(deep).start()
    finally:
        trap.unlink()


def test_a_failing_statement_leaves_no_personal_data_in_the_log(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    with psycopg.connect(server.start(), autocommit=True) as connection, pytest.raises(psycopg.Error):
        connection.execute("SELECT %s::int", ["ada.lovelace@riverside.test"])
    with psycopg.connect(server.url, autocommit=True) as connection, pytest.raises(psycopg.Error):
        connection.execute("SELECT 'grace.hopper@riverside.test'::int")
    server.stop()
    log = server.log_path.read_text()
    assert "ada.lovelace" not in log
    assert "grace.hopper" not in log
