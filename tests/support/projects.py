"""How is a project of its own installed beside this one, without network, and its tests run?"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from importlib import import_module
from pathlib import Path

PACKAGES = ("feedbackloop", "feedbackloop_connectors", "feedbackloop_plugins")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHONPATH", "PYTEST_"))}


def installed(project: Path, home: Path) -> Path:
    """Install a project in an environment of its own; give its Python.

    The dependencies, this package among them, are those of the running environment, named by a path file.
    """
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    site = next((home / "lib").glob("python*/site-packages"))
    ways = [str(Path(str(import_module(name).__file__)).parents[1]) for name in PACKAGES]
    lines = dict.fromkeys([*ways, sysconfig.get_path("purelib")])
    (site / "dependencies.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-index", "--no-deps"]
    done = run([*command, "--no-build-isolation", "-e", str(project)], project)
    assert done.returncode == 0, done.stderr[-2000:]
    return python


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command far from this checkout."""
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)


def pytest_says(python: Path, project: Path) -> str:
    """Run a project's tests; give the last line, `31 passed, 15 skipped in 3.44s`, or what failed."""
    done = run([str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider"], project)
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-2000:]
