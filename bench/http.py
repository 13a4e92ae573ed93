"""A gunicorn on loopback, and a client cheap enough not to be what is measured."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.database import ROOT
from bench.figures import CLIENTS

SECONDS = 3.0
_START = 60


@contextlib.contextmanager
def server(application: str, env: Mapping[str, str], log: Path) -> Iterator[int]:
    """gunicorn with the product's own settings; gives its port."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        port = int(listener.getsockname()[1])
        listener.set_inheritable(True)
        command = [sys.executable, "-m", "gunicorn", application, "-c", "deploy/gunicorn.conf.py"]
        process = subprocess.Popen(
            [*command, "-b", f"fd://{listener.fileno()}"],
            cwd=ROOT,
            env={**os.environ, **env},
            stdout=stack.enter_context(log.open("wb")),
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
        )
        try:
            yield port
        finally:
            process.terminate()
            process.wait(30)


class Connection:
    """One kept-alive connection that sends the same request again and again."""

    def __init__(self, port: int, path: str, headers: Mapping[str, str]) -> None:
        lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}", *(f"{k}: {v}" for k, v in headers.items())]
        self._request = "\r\n".join([*lines, "", ""]).encode()
        self._port = port
        self._socket: socket.socket | None = None

    def get(self) -> tuple[int, bytes]:
        """Status and body."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=_START)
        self._socket.sendall(self._request)
        data = self._socket.recv(262144)
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = data[:end].lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        parts, missing = [data[end + 4 :]], length - (len(data) - end - 4)
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        if b"connection: close" in head:
            self.close()
        return int(head[9:12]), b"".join(parts)

    def _more(self) -> bytes:
        assert self._socket is not None
        data = self._socket.recv(262144)
        if not data:
            raise ConnectionError("the server hung up")
        return data

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def rate(port: int, path: str, headers: Mapping[str, str]) -> float:
    """Requests per second with CLIENTS connections for SECONDS; every answer must be a 200."""
    counts = [0] * CLIENTS
    failures: list[BaseException] = []

    def client(index: int, until: float) -> None:
        connection = Connection(port, path, headers)
        try:
            while time.perf_counter() < until:
                status, _body = connection.get()
                if status != 200:
                    raise RuntimeError(f"{path} answered {status}")
                counts[index] += 1
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=client, args=(index, began + SECONDS)) for index in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return sum(counts) / (time.perf_counter() - began)
