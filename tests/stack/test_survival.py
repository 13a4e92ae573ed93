"""`make run` for real: it starts, survives every kill, and leaves nothing behind but the data."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from coopdesk.stack.layout import ROOT
from tests.stack.running import Stack, clean_env, kill, state_folder, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("stack")]
SECRETS = {".": "0o700", "stack.env": "0o600", "secret.key": "0o600", "audit.key": "0o600", "welcome.txt": "0o600"}
PARTS = ["postgres", "valkey", "web", "worker", "beat"]


def ask(command, state, **more):
    """A command of the stack, to its end."""
    arguments = [sys.executable, "-m", "coopdesk.stack", command]
    env = clean_env(COOPDESK_STATE=str(state), **more)
    return subprocess.run(arguments, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=90)


def test_it_starts_serves_and_stops_cleanly(state):
    with Stack(state) as stack:
        assert stack.get("/account/login/") == 200
        assert stack.get("/metrics") == 200
        assert sorted(stack.parts()) == sorted(PARTS)
        assert {name: oct((state / name).stat().st_mode & 0o777) for name in SECRETS} == SECRETS
        stack.process.send_signal(signal.SIGINT)
        stack.process.send_signal(signal.SIGINT)  # impatience must not hurt
        assert stack.process.wait(60) == 0
        assert not stack.survivors()
        assert not (state / "stack.env").exists()
    assert "postgres 0, valkey 0, web 0" in stack.said()


def test_each_part_may_be_killed(state):
    with Stack(state) as stack:
        for name in PARTS:
            before = stack.parts()[name]
            kill(before)
            wait_for(lambda: stack.parts().get(name, before) != before, 30)  # noqa: B023
            wait_for(stack.ready, 30)
        assert stack.get("/account/login/") == 200


def test_web_children_and_database_backends_may_be_killed(state):
    with Stack(state) as stack:
        direct = {stack.process.pid, *stack.parts().values()}
        kill(*(pid for pid in stack.family() if pid not in direct))
        wait_for(stack.ready, 60)


def test_a_killed_supervisor_takes_all_with_it_and_the_next_start_finds_the_data(state):
    with Stack(state) as stack:
        stack.sql("DROP TABLE IF EXISTS kept")
        stack.sql("CREATE TABLE kept AS SELECT 1 AS n")
        kill(stack.process.pid)
        wait_for(lambda: not stack.survivors(), 30)
    with Stack(state) as stack:
        assert stack.sql("SELECT n FROM kept") == [(1,)]


def test_everything_killed_at_once(state):
    with Stack(state) as stack:
        stack.sql("DROP TABLE IF EXISTS kept")
        stack.sql("CREATE TABLE kept AS SELECT 2 AS n")
        kill(*stack.family())
    with Stack(state) as stack:
        assert stack.sql("SELECT n FROM kept") == [(2,)]


def test_killed_during_the_first_start():
    """Whenever the blow falls, the next start succeeds."""
    with state_folder("案件" * 20) as folder:
        for delay in (0.3, 0.7, 1.5, 4):
            stack = Stack(folder)
            stack.begin()
            with contextlib.suppress(subprocess.TimeoutExpired):
                stack.process.wait(delay)
            assert stack.process.poll() is None, f"ended within {delay} s: {stack.said()}"
            stack.process.kill()
            stack.process.wait()
        with Stack(folder) as stack:
            assert stack.get("/account/login/") == 200


def test_one_state_folder_is_not_run_twice(state):
    with Stack(state) as stack:
        again = ask("run", state)
        assert again.returncode == 1
        assert f"process {stack.process.pid}, {stack.address}" in again.stderr
        assert stack.ready()


def test_two_run_side_by_side_and_a_taken_port_is_passed_over(state, prepared):
    with state_folder("甲" * 30 + "/" + "x" * 120) as other:
        shutil.copytree(prepared, other, symlinks=True)
        with Stack(state) as one, Stack(other) as two:
            assert one.address != two.address
            assert one.ready()
            assert two.ready()


def test_a_chosen_port_is_used_or_refused(state):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = ask("run", state, COOPDESK_PORT=str(port))
        assert done.returncode == 1
        assert f"port {port}" in done.stderr
    with Stack(state, COOPDESK_PORT=str(port)) as stack:
        assert stack.address == f"http://localhost:{port}"


def test_stop_and_status_find_it(state):
    with Stack(state) as stack:
        assert stack.address in ask("status", state).stdout
        assert ask("stop", state).stdout == "Stopped.\n"
        assert stack.process.wait(5) == 0
    assert ask("status", state).returncode == 3
    assert ask("stop", state).stdout == "Coopdesk is not running here.\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="what root hands over")
def test_nothing_of_it_runs_as_root(state):
    """But the supervisor; and the application too only where the account cannot run this very interpreter."""
    with Stack(state) as stack:
        services = {name: pid for name, pid in stack.parts().items() if name in ("postgres", "valkey")}
        if "the application runs as root" not in stack.said():
            services = stack.parts()
        assert services
        assert all(os.stat(f"/proc/{pid}").st_uid != 0 for pid in services.values())
