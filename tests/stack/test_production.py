"""The processes and settings of docker-compose.yml, with servers on loopback TCP, passwords and the four roles.

PostgreSQL is started apart with the options of the compose file and gets its roles from roles.sql; Redis is the
distribution's where there is one; nginx runs its own configuration with other ports.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import yaml

from coopdesk import roles
from coopdesk.stack.accounts import as_account, service_account
from coopdesk.stack.layout import ROOT, Layout
from coopdesk.stack.processes import Family, Part
from coopdesk.stack.services import Services
from tests.stack.running import clean_env, state_folder, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("stack")]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
HOST = "coopdesk.example.org"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Servers:
    """PostgreSQL and Redis as in the compose file, but started by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.account = service_account([])
        self.passwords = {role: secrets.token_hex(8) for role in ("postgres", *roles.LOGINS, "redis")}
        self.port, self.redis_port = _free_port(), _free_port()
        folder.mkdir()
        if self.account:
            os.chown(folder, self.account.uid, self.account.gid)
        self.tools = Services(Layout(folder, os.geteuid()), self.account, {}).tools
        self.family = Family(folder)

    def start(self) -> None:
        self._make_cluster()
        command = [self.tools / "postgres", "-D", self.folder / "pg", "-k", "", "-h", "127.0.0.1", "-p", str(self.port)]
        ready = [self.tools / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        self.family.start(
            Part("postgres", command, 0, self.account, os.environ, ready=lambda: subprocess.run(ready).returncode == 0)
        )
        server = shutil.which("redis-server") or Services(Layout(self.folder, 0), self.account, {})._valkey_server
        options = ["--bind", "127.0.0.1", "--port", str(self.redis_port), "--requirepass", self.passwords["redis"]]
        options += ["--appendonly", "yes", "--save", "", "--dir", str(self.folder), "--maxmemory-policy", "noeviction"]
        self.family.start(Part("redis", [server, *options], 0, self.account, os.environ, ready=self._redis_listens))

    def _redis_listens(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.redis_port)) == 0

    def _make_cluster(self) -> None:
        words = COMPOSE["services"]["db"]["environment"]["POSTGRES_INITDB_ARGS"].split()
        secret = self.folder / "password"
        secret.write_text(self.passwords["postgres"])
        secret.chmod(0o644)
        command = [self.tools / "initdb", "-D", self.folder / "pg", "-U", "postgres", "-A", "scram-sha-256"]
        subprocess.run(
            [*command, f"--pwfile={secret}", *words], check=True, stdout=subprocess.DEVNULL, **as_account(self.account)
        )

    def make_roles(self) -> None:
        """As deploy/postgres/roles.sh does."""
        given = {name.removeprefix("coopdesk_"): self.passwords[name] for name in roles.LOGINS}
        variables = [word for role, value in given.items() for word in ("-v", f"{role}_password={value}")]
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        subprocess.run(
            [self.tools / "psql", "-q", *place, *variables, "-f", ROOT / "deploy" / "postgres" / "roles.sql"],
            check=True,
            env=os.environ | {"PGPASSWORD": self.passwords["postgres"]},
        )

    def url(self, role: str) -> str:
        return f"postgres://{role}:{self.passwords[role]}@127.0.0.1:{self.port}/{roles.DATABASE}"


@pytest.fixture(scope="module")
def production():
    """Servers with roles, and the environment that the compose file gives its containers."""
    with state_folder("servers") as folder:
        servers = Servers(folder)
        key = folder.parent / "audit.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
        key.chmod(0o644)  # the application may run as another account than the tests
        public = key.with_suffix(".pub")
        subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
        try:
            servers.start()
            servers.make_roles()
            env = clean_env(
                REDIS_URL=f"redis://:{servers.passwords['redis']}@127.0.0.1:{servers.redis_port}/0",
                DATABASE_URL=servers.url(roles.APP),
                WORKER_DATABASE_URL=servers.url(roles.WORKER),
                MIGRATE_DATABASE_URL=servers.url(roles.MIGRATE),
                COOPDESK_SECRET_KEY=secrets.token_hex(32),
                COOPDESK_HOSTS=HOST,
                COOPDESK_ORIGIN=f"https://{HOST}",
                COOPDESK_AUDIT_PUBLIC_KEY=str(public),
                COOPDESK_STATE=str(folder.parent / "data"),
                COOPDESK_STATIC=str(folder.parent / "static"),
                EMAIL_URL="consolemail://",
            )
            del env["COOPDESK_DEMO"]
            # The image compresses them too, which takes a minute; the manifest is the same.
            _manage("collectstatic", "--no-input", env=env | {"COOPDESK_EMBEDDED": "1"})
            yield servers, env
        finally:
            servers.family.stop()


def _manage(*arguments, env, check=True):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def _ask(port, path, *, host=HOST, method="GET", **headers):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request(method, path, headers={"Host": host, **headers})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def _command(service):
    """The compose file's own command, with this interpreter."""
    program, *words = COMPOSE["services"][service]["command"]
    return [sys.executable, "-m", program, *words]


def test_it_all_runs(production):
    servers, env = production
    _manage("setup", "--no-static", env=env)
    _manage("setup", "--no-static", env=env)  # a second time changes nothing
    assert "sysadmin" in _manage("bootstrap", env=env).stdout
    _manage("check", "--deploy", "--database", "default", "--fail-level", "ERROR", env=env)

    port = _free_port()
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "coopdesk.wsgi",
        "-c",
        "deploy/gunicorn.conf.py",
        "-b",
        f"127.0.0.1:{port}",
    ]
    web_env = env | {"PROMETHEUS_MULTIPROC_DIR": str(servers.folder.parent / "metrics")}
    worker_env = env | {"COOPDESK_DB_ROLE": "worker", "COOPDESK_AUDIT_KEY": str(servers.folder.parent / "audit.pem")}
    family = Family(servers.folder)
    try:
        family.start(Part("web", web, 1, env=web_env, cwd=ROOT, ready=lambda: _ready(port)), timeout=90)
        family.start(Part("worker", _command("worker"), 1, env=worker_env, cwd=ROOT))
        schedule = [str(servers.folder / "schedule") if word == "/tmp/schedule" else word for word in _command("beat")]
        family.start(Part("beat", schedule, 1, env=env, cwd=ROOT))

        probe = env | {"COOPDESK_HOSTS": HOST}
        healthy = [sys.executable, "deploy/healthy.py", f"http://127.0.0.1:{port}/readyz"]
        subprocess.run(healthy, cwd=ROOT, env=probe, check=True)
        status, headers, _ = _ask(port, "/account/login/", **{"X-Forwarded-Proto": "https"})
        assert status == 200
        assert "Secure" in headers["Set-Cookie"]
        assert "max-age" in headers["Strict-Transport-Security"]
        assert _ask(port, "/account/login/", host="evil.example")[0] == 400
        assert b"django_http_requests_total" in _ask(port, "/metrics")[2]
        # Beat and worker, in their own role, seal what bootstrap wrote into the trail.
        wait_for(lambda: _sealed(servers), 90)
        _manage("verify_audit", env=env)
        _through_nginx(servers.folder, port, family)
    finally:
        codes = family.stop()
    assert codes["web"] == codes["worker"] == 0


def _ready(port):
    with contextlib.suppress(OSError):
        status, _, body = _ask(port, "/readyz")
        return status == 200 and json.loads(body)["status"] == "ready"
    return False


def _sealed(servers):
    with psycopg.connect(servers.url(roles.WORKER)) as connection:
        row = connection.execute("SELECT count(*) FROM agencies_auditseal").fetchone()
        return row is not None and row[0] > 3


def _through_nginx(folder, port, family):
    """The proxy's own configuration, with ports and a certificate of this test."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        return
    plain, tls = _free_port(), _free_port()
    place = folder.parent / "nginx"
    place.mkdir()
    subject = ["-subj", f"/CN={HOST}", "-days", "2", "-nodes", "-newkey", "rsa:2048"]
    files = ["-keyout", place / "privkey.pem", "-out", place / "fullchain.pem"]
    subprocess.run(["openssl", "req", "-x509", *subject, *files], check=True, capture_output=True)
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for old, new in (
        ("/etc/nginx/tls", str(place)),
        ("listen 80 ", f"listen 127.0.0.1:{plain} "),
        ("listen 443 ", f"listen 127.0.0.1:{tls} "),
        ("http://web:8000", f"http://127.0.0.1:{port}"),
        ("http {", f"pid {place}/pid;\nerror_log {place}/error.log;\nhttp {{"),
    ):
        assert old in text
        text = text.replace(old, new)
    (place / "nginx.conf").write_text(text)
    listening = lambda: socket.socket().connect_ex(("127.0.0.1", plain)) == 0  # noqa: E731
    family.start(
        Part("nginx", [program, "-c", place / "nginx.conf", "-g", "daemon off;"], 2, env=os.environ, ready=listening)
    )
    assert _ask(plain, "/account/login/")[0] == 301
    assert _ask(plain, "/api/v1/cases/")[0] == 403

    def curl(path):
        command = ["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", "--resolve", f"{HOST}:{tls}:127.0.0.1"]
        done = subprocess.run([*command, f"https://{HOST}:{tls}{path}"], capture_output=True, text=True, check=True)
        return int(done.stdout)

    asked = {"/account/login/": 200, "/metrics": 404, "/readyz": 404, "/healthz": 200, "/nginx-health": 200}
    assert {path: curl(path) for path in asked} == asked


@pytest.mark.parametrize(
    "fault, expected",
    [
        ({"COOPDESK_DEBUG": "1"}, "E001"),
        ({"COOPDESK_SECRET_KEY": "short"}, "E002"),
        ({"COOPDESK_HOSTS": ""}, "E003"),
        ({"COOPDESK_AUDIT_PUBLIC_KEY": "/nonexistent"}, "E004"),
        ({"COOPDESK_DEMO": "1"}, "E005"),
    ],
)
def test_the_web_server_does_not_start_with(production, fault, expected):
    _, env = production
    command = [sys.executable, "-m", "gunicorn", "coopdesk.wsgi", "-c", "deploy/gunicorn.conf.py", "-b", "127.0.0.1:0"]
    done = subprocess.run(command, cwd=ROOT, env=env | fault, capture_output=True, text=True, check=False, timeout=90)
    assert done.returncode != 0
    assert f"coopdesk.{expected}" in done.stderr


def test_make_run_uses_servers_that_are_named(production):
    """The supervisor starts neither PostgreSQL nor Valkey then, and no demo world."""
    servers, env = production
    # Its static files are in its state folder: it may run as another account than the one that collected those above.
    env = {name: value for name, value in env.items() if name != "COOPDESK_STATIC"}
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "coopdesk.stack", "run"],
        cwd=ROOT,
        env=env | {"COOPDESK_PORT": str(port), "COOPDESK_AUDIT_KEY": str(servers.folder.parent / "audit.pem")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with contextlib.suppress(AssertionError):
        wait_for(lambda: _ready(port) or process.poll() is not None, 400)
    process.terminate()
    said = process.communicate(timeout=60)[0]
    assert "READY" in said, said
    assert "PostgreSQL" not in said
    assert process.returncode == 0
