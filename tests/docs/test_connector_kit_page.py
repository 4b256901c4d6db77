"""Does the connector on the page about testing keep the contract, and are all names of the kit on that page?"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from feedbackloop import testing
from feedbackloop.testing import Fault, System, makers

PAGE = (Path(__file__).parents[2] / "docs" / "connector-kit.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)


def test_the_connector_on_the_page_keeps_the_contract(tmp_path: Path) -> None:
    (tmp_path / "test_letters.py").write_text("\n".join(EXAMPLES), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rs", "test_letters.py"]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": ":".join(sys.path)}, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed[1]) >= 18, done.stdout[-3000:]


def test_every_name_of_the_kit_stands_on_the_page() -> None:
    names = [*testing.__all__, *(fault.name for fault in Fault)]
    names += [name for name in vars(System) if not name.startswith("_")]
    names += [
        name
        for name in vars(makers)
        if getattr(vars(makers)[name], "__module__", "") == makers.__name__ and name != "at"
    ]
    assert [name for name in names if not re.search(rf"\b{name}\b", PAGE)] == []
