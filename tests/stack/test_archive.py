"""Backup and restore, done for real: what was lost comes back, and what is no backup changes nothing."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile

import pytest

from coopdesk.stack import archive
from coopdesk.stack.layout import ROOT, StackError
from tests.stack.running import Stack, clean_env, state_folder, wait_for


def _tar(path, **members):
    with tarfile.open(path, "w") as made:
        for name, content in members.items():
            info = tarfile.TarInfo(name.replace("__", "/"))
            info.size = len(content)
            made.addfile(info, io.BytesIO(content))
    return path


class TestWhatIsNoBackup:
    @pytest.mark.parametrize("name", ["..__evil", "files__..__..__evil", "stack.env", "__etc__passwd"])
    def test_a_member_outside_its_place(self, tmp_path, name):
        (tmp_path / "work").mkdir()
        source = _tar(tmp_path / "a.tar", **{name: b"x"})
        with pytest.raises(StackError, match="not a backup"):
            archive._unpack(source, tmp_path / "work")
        assert not (tmp_path / "evil").exists()

    def test_a_file_that_is_no_archive(self, tmp_path):
        (tmp_path / "a.tar").write_text("no archive")
        with pytest.raises(StackError, match="not a whole backup"):
            archive._unpack(tmp_path / "a.tar", tmp_path)

    def test_a_damaged_dump(self, tmp_path):
        manifest = b'{"database_sha256": "00"}'
        source = _tar(tmp_path / "a.tar", **{"database.dump": b"x", "manifest.json": manifest})
        (tmp_path / "work").mkdir()
        with pytest.raises(StackError, match="damaged"):
            archive._unpack(source, tmp_path / "work")


def _stack(command, *arguments, state, backups):
    env = clean_env(COOPDESK_STATE=str(state), COOPDESK_BACKUPS=str(backups))
    done = subprocess.run(
        [sys.executable, "-m", "coopdesk.stack", command, *map(str, arguments)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.xdist_group("stack")
def test_there_and_back(tmp_path, state):
    with Stack(state) as stack:
        stack.sql("CREATE TABLE kept AS SELECT 1 AS n")
        assert _manage("bootstrap", state).returncode == 0  # something for the trail
        wait_for(lambda: stack.sql("SELECT count(*) > 4 FROM agencies_auditseal") == [(True,)], 60)
        (state / "files" / "a").write_bytes(b"attachment")
        assert _stack("backup", state=state, backups=tmp_path)[0] == 0  # beside the running stack
        code, said = _stack("restore", "x.tar", state=state, backups=tmp_path)
        assert code == 1, said
    (backup,) = tmp_path.glob("coopdesk-*.tar")
    assert backup.stat().st_mode & 0o777 == 0o600

    with Stack(state) as stack:  # the loss
        stack.sql("DROP TABLE kept")
        (state / "files" / "a").write_bytes(b"overwritten")
        (state / "files" / "b").write_bytes(b"later")
        events = stack.sql("SELECT count(*) FROM agencies_auditevent")
        running = _stack("restore", backup, state=state, backups=tmp_path)
        assert running[0] == 1
        assert "already running" in running[1]

    code, said = _stack("restore", backup, state=state, backups=tmp_path)
    assert code == 0, said
    assert list(tmp_path.glob("before-restore-*.tar")), "what was there is kept"
    with Stack(state) as stack:
        assert stack.sql("SELECT n FROM kept") == [(1,)]
        assert stack.sql("SELECT count(*) FROM agencies_auditevent") == events
        assert sorted(os.listdir(state / "files")) == ["a"]
        assert (state / "files" / "a").read_bytes() == b"attachment"
        owners = stack.sql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert owners == [("coopdesk_owner",)]
        verified = _manage("verify_audit", state)
        assert verified.returncode == 0, verified.stdout


def _manage(command, state):
    env = clean_env(COOPDESK_STATE=str(state))
    return subprocess.run(
        [sys.executable, "manage.py", command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
@pytest.mark.xdist_group("stack")
def test_a_backup_moves_to_another_machine_with_its_keys(tmp_path, state):
    """A stopped stack is backed up, an empty folder receives it: the chain still verifies, since the key came along."""
    with state_folder() as second:
        with Stack(state) as stack:
            stack.sql("DROP TABLE IF EXISTS kept")
            stack.sql("CREATE TABLE kept AS SELECT 7 AS n")
        assert _stack("backup", state=state, backups=tmp_path)[0] == 0
        (backup,) = tmp_path.glob("coopdesk-*.tar")
        code, said = _stack("restore", backup, state=second, backups=tmp_path)
        assert code == 0, said
        assert (second / "audit.key").read_bytes() == (state / "audit.key").read_bytes()
        with Stack(second) as stack:
            assert stack.sql("SELECT n FROM kept") == [(7,)]
            assert _manage("verify_audit", second).returncode == 0
