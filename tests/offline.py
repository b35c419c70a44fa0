"""Run code in an interpreter that reaches nothing beyond this machine."""

import os
import subprocess
import sys
from pathlib import Path

from bot.settings import PREFIX

ROOT = Path(__file__).resolve().parent.parent

# Refuses every connection beyond this machine, in whatever module it is begun.
NO_NETWORK = """
import socket

def guarded(connect):
    def refuse(self, address, *rest):
        host = address[0] if isinstance(address, tuple) else "local"
        if host not in ("127.0.0.1", "::1", "localhost", "local"):
            raise AssertionError(f"reached out to {address}")
        return connect(self, address, *rest)
    return refuse

def no_names(host, *rest, **options):
    raise AssertionError(f"looked up {host}")

socket.socket.connect = guarded(socket.socket.connect)
socket.socket.connect_ex = guarded(socket.socket.connect_ex)
socket.getaddrinfo = no_names
"""


def python(
    code: str, tmp_path: Path, timeout: float = 60, *, succeeds: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in an interpreter of its own, in an empty folder and with a home there."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", PREFIX))
    }
    folder = tmp_path / "work"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={
            **inherited,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8",
            "HOME": str(folder),
        },
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    assert (done.returncode == 0) is succeeds, done.stderr
    return done
