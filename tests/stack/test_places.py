"""Where things lie, who owns them, which port, which servers: the decisions before anything starts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from coopdesk.stack import accounts, environment
from coopdesk.stack.application import listen
from coopdesk.stack.follow import Follower
from coopdesk.stack.layout import ROOT, SOCKET_FOLDER_LIMIT, Layout, StackError, default_state
from coopdesk.stack.lock import Lock
from coopdesk.stack.services import clear_stale_pid

ALL = dict.fromkeys(environment.SERVERS, "x")


@pytest.mark.parametrize("name", ["x" * 120, "案" * 40])
def test_sockets_lie_elsewhere_when_the_path_is_too_long_in_bytes(name):
    layout = Layout(Path("/srv") / name, 1000)
    assert layout.sockets.parent != layout.state
    assert len(os.fsencode(layout.sockets)) <= SOCKET_FOLDER_LIMIT


def test_sockets_lie_in_the_state_folder_when_it_is_short():
    assert Layout(Path("/srv/案件"), 1000).sockets == Path("/srv/案件/run")


def test_two_state_folders_never_share_sockets():
    one, other = (Layout(Path("/srv") / (letter * 120), 1000) for letter in "ab")
    assert one.sockets != other.sockets


def test_the_state_folder_can_be_chosen():
    assert default_state({"COOPDESK_STATE": "/srv/data"}) == Path("/srv/data")
    assert default_state({}) == (ROOT / "var").resolve()


def test_servers_are_named_all_or_none():
    assert environment.names_servers(ALL)
    assert not environment.names_servers({})
    with pytest.raises(StackError, match="missing: REDIS_URL"):
        environment.names_servers({name: url for name, url in ALL.items() if name != "REDIS_URL"})


def test_a_taken_port_is_refused_when_it_was_asked_for_and_passed_over_otherwise():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StackError, match=f"port {port}.*COOPDESK_PORT"):
            listen(str(port))
    with listen(None) as first, listen(None) as second:
        assert 8000 <= first.getsockname()[1] < second.getsockname()[1]


@pytest.mark.parametrize("nonsense", ["", "0", "70000", "http", "-1", "８０００．"])
def test_a_port_that_is_none_is_refused(nonsense):
    with pytest.raises(StackError, match="not a port"):
        listen(nonsense)


def test_private_files_are_private(tmp_path):
    path = tmp_path / "secret"
    environment.write_private(path, "old", None)
    environment.write_private(path, "new", None)
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600


class TestLock:
    def test_one_holder_at_a_time(self, tmp_path):
        lock = Lock(tmp_path / "lock")
        assert lock.holder() is None
        lock.take()
        lock.note("http://localhost:8000")
        with pytest.raises(StackError, match=rf"process {os.getpid()}, http://localhost:8000"):
            Lock(tmp_path / "lock").take()

    def test_a_free_lock_needs_no_stopping(self, tmp_path):
        (tmp_path / "lock").write_text("process 1, http://localhost:8000")
        assert Lock(tmp_path / "lock").holder() is None
        assert not Lock(tmp_path / "lock").stop_holder()


class TestStalePid:
    """postmaster.pid after a kill: removed unless a server really runs on this data."""

    @pytest.mark.parametrize(
        "content",
        ["", "garbage", f"{os.getpid()}\n/elsewhere\n", "4194304\n"],
        ids=["empty", "garbage", "other-folder", "gone"],
    )
    def test_removed(self, tmp_path, content):
        (tmp_path / "postmaster.pid").write_text(content)
        clear_stale_pid(tmp_path)
        assert not (tmp_path / "postmaster.pid").exists()

    def test_removed_when_the_process_is_a_zombie(self, tmp_path):
        child = subprocess.Popen(["true"], cwd=tmp_path)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        (tmp_path / "postmaster.pid").write_text(f"{child.pid}\n")
        clear_stale_pid(tmp_path)
        assert not (tmp_path / "postmaster.pid").exists()
        child.wait()

    def test_a_server_that_runs_on_the_data_is_asked_to_leave(self, tmp_path):
        # A background job of a shell ignores the signal; PostgreSQL sets its own handler.
        sleeper = ["env", "--default-signal=INT", "sleep", "60"]
        with subprocess.Popen(sleeper, cwd=tmp_path) as server:
            (tmp_path / "postmaster.pid").write_text(f"{server.pid}\n")
            clear_stale_pid(tmp_path)
            assert server.wait(5) == -2


def test_the_terminal_shows_errors_and_only_new_ones(tmp_path):
    log = tmp_path / "web.log"
    log.write_text('{"level": "error", "event": "old"}\n')
    follower = Follower([log, tmp_path / "absent.log"])
    assert list(follower.errors()) == []
    with log.open("a") as file:
        file.write('{"level": "info", "event": "quiet"}\n{"event": "boom", "level": "error"}\n{"level": "err')
    assert list(follower.errors()) == ['web: {"event": "boom", "level": "error"}']
    with log.open("a") as file:
        file.write('or", "event": "half"}\n')
    assert list(follower.errors()) == ['web: {"level": "error", "event": "half"}']


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands over")
class TestRoot:
    def test_the_owner_of_the_data_is_the_account(self, tmp_path):
        os.chown(tmp_path, 1, 1)
        assert accounts.service_account([tmp_path / "absent", tmp_path]).uid == 1

    def test_without_an_owner_it_is_an_unprivileged_service_account(self, tmp_path):
        account = accounts.service_account([tmp_path])
        assert account.uid != 0
        assert account.name in accounts.SERVICE_ACCOUNTS

    def test_what_the_account_can_do_is_tried_not_guessed(self, tmp_path):
        account = accounts.service_account([])
        (tmp_path / "closed").mkdir(mode=0o700)
        assert accounts.works(account, "true")
        assert not accounts.works(account, "test", "-x", tmp_path / "closed")

    def test_it_never_follows_what_the_account_planted(self, tmp_path):
        account = accounts.service_account([])
        (tmp_path / "precious").write_text("precious")
        state = tmp_path / "state"
        state.mkdir()
        for name in ("stack.lock", "web.log"):
            (state / name).symlink_to(tmp_path / "precious")
        os.link(tmp_path / "precious", state / "second-name")
        with pytest.raises(OSError, match="symbolic links"):
            Lock(state / "stack.lock").take()
        with pytest.raises(OSError, match="symbolic links"):
            accounts.open_for(account, state / "web.log", os.O_WRONLY | os.O_TRUNC)
        accounts._give(state, account)
        assert (tmp_path / "precious").read_text() == "precious"
        assert (tmp_path / "precious").stat().st_uid == 0
        assert state.stat().st_uid == account.uid

    def test_what_vanishes_meanwhile_needs_no_owner(self, tmp_path):
        """As when the initdb of a start that was killed still removes its folder."""
        account, clears = accounts.service_account([]), f"while mkdir -p {tmp_path}/a/b/c; do rm -r {tmp_path}/a; done"
        with subprocess.Popen(["sh", "-c", clears], start_new_session=True) as process:
            try:
                until = time.monotonic() + 0.5
                while time.monotonic() < until:
                    accounts._give(tmp_path, account)
            finally:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use any folder")
def test_data_of_somebody_else_is_left_alone():
    with pytest.raises(StackError, match=r"belongs to root.*COOPDESK_STATE"):
        accounts.claim(Layout(Path("/etc"), os.geteuid()), None)
