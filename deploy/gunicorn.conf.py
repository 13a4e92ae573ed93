"""The web server, in the embedded stack and in containers alike."""

import os

worker_class = "gthread"
workers = int(os.environ.get("COOPDESK_WEB_WORKERS", "2"))
threads = int(os.environ.get("COOPDESK_WEB_THREADS", "4"))
preload_app = True  # one import of the application, then forks
timeout = 60
graceful_timeout = 20
keepalive = 5
control_socket_disable = True  # it would lie in the home folder, shared by every checkout
forwarded_allow_ips = os.environ.get("COOPDESK_PROXIES", "127.0.0.1")
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 (a heartbeat must not wait for a disk)


def child_exit(server, worker):
    """Take the figures of a worker that is gone out of /metrics."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
