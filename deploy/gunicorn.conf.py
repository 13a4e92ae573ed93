"""The web server, in the embedded stack and in containers alike."""

import os
import shutil

worker_class = "gthread"
workers = int(os.environ.get("COOPDESK_WEB_WORKERS", "2"))
threads = int(os.environ.get("COOPDESK_WEB_THREADS", "4"))
preload_app = True  # one import of the application, then forks
timeout = 60
graceful_timeout = 20
keepalive = 5
control_socket_disable = True  # it would lie in the home folder, shared by every checkout
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 (a heartbeat must not wait for a disk)

_metrics = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
if _metrics:  # figures of processes that are gone would be counted again
    shutil.rmtree(_metrics, ignore_errors=True)
    os.makedirs(_metrics, mode=0o700)


def child_exit(server, worker):
    """Take a worker that is gone out of /metrics."""
    if _metrics:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
