"""Does what is built hold all that is in the tree, and does it work where only it is installed?"""

from __future__ import annotations

import configparser
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEFTOVERS = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.pyc", "build", "dist", ".*cache", ".hypothesis")


def setup_cfg() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def package_folders() -> dict[str, Path]:
    """Top-level package -> its folder, as `package_dir` maps them."""
    pairs = (line.split("=") for line in setup_cfg()["options"]["package_dir"].split("\n") if line.strip())
    return {name.strip(): ROOT / folder.strip() for name, folder in pairs}


def packages_on_disk() -> set[str]:
    found = set()
    for name, folder in package_folders().items():
        for init in folder.rglob("__init__.py"):
            found.add(".".join((name, *init.parent.relative_to(folder).parts)))
    return found


def test_the_packages_listed_are_the_folders_on_disk() -> None:
    listed = setup_cfg()["options"]["packages"].split()
    assert sorted(listed) == sorted(packages_on_disk())


def test_no_python_file_lies_in_a_folder_that_is_no_package() -> None:
    for folder in package_folders().values():
        for path in folder.rglob("*.py"):
            assert (path.parent / "__init__.py").exists(), f"{path} would be left out of the wheel"


def test_every_top_level_package_is_marked_as_typed() -> None:
    for name, folder in package_folders().items():
        assert (folder / "py.typed").exists(), f"{name} has no py.typed"


def without_checkout() -> dict[str, str]:
    """The environment as it is, but for the paths that would lead Python back into the checkout."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def build(kind: str, source: Path, target: Path) -> Path:
    """Build a wheel or an sdist from a copy of the tree with the build backend itself; needs no network."""
    code = f"import setuptools.build_meta as backend; backend.build_{kind}({str(target)!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=source, env=without_checkout(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return next(target.iterdir())


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what belongs to the project, without what builds and tests leave behind."""
    copy = tmp_path_factory.mktemp("tree") / "feedbackloop"
    shutil.copytree(ROOT, copy, ignore=lambda folder, names: {*LEFTOVERS(folder, names), *kept_out(folder, names)})
    return copy


def kept_out(folder: str, names: list[str]) -> set[str]:
    hidden = {name for name in names if name.startswith(".") and name not in {".ci", ".github", ".gitignore"}}
    return hidden | ({"demo"} & set(names) if Path(folder) == ROOT else set())


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tree, tmp_path_factory.mktemp("wheel"))


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_every_package(wheel: Path, tree: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for name, folder in package_folders().items():
        for path in (tree / folder.relative_to(ROOT)).rglob("*"):
            wanted = f"{name}/{path.relative_to(tree / folder.relative_to(ROOT)).as_posix()}"
            assert path.is_dir() or wanted in inside, f"{wanted} is missing in the wheel"


@pytest.mark.slow
def test_the_wheel_holds_nothing_of_the_tests_and_no_foreign_project(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(package_folders())


@pytest.mark.slow
def test_the_sdist_holds_what_git_tracks(tree: Path, tmp_path: Path) -> None:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("not a git checkout: nothing to compare the sdist with")
    with tarfile.open(build("sdist", tree, tmp_path)) as packed:
        inside = {"/".join(Path(one.name).parts[1:]) for one in packed.getmembers() if one.isfile()}
    made = {"PKG-INFO", *(name for name in inside if "egg-info/" in name)}
    assert inside - made == set(listing.stdout.splitlines()) - {".gitignore"}


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment in which only the wheel and its dependencies are installed.

    The dependencies are those of the running environment, named by a path file: its own path files (an editable checkout) are
    not followed from there.
    """
    home = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    programs = home / "bin"
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(programs / "python"),
        "install",
        "-q",
        "--no-index",
        "--no-deps",
    ]
    done = subprocess.run([*command, str(wheel)], env=without_checkout(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    site = next((home / "lib").glob("python*/site-packages"))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def run(programs: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an installed program far from the checkout."""
    command = [str(programs / arguments[0]), *arguments[1:]]
    return subprocess.run(command, cwd=folder, env=without_checkout(), capture_output=True, text=True, timeout=300)


@pytest.mark.slow
def test_the_installed_command_answers(clean: Path, tmp_path: Path) -> None:
    done = run(clean, tmp_path, "feedbackloop", "--help")
    assert done.returncode == 0, done.stderr
    assert "demo" in done.stdout


@pytest.mark.slow
def test_the_installed_code_is_the_wheel_not_the_checkout(clean: Path, tmp_path: Path) -> None:
    code = "import feedbackloop, feedbackloop_quickstart as q; print(feedbackloop.__file__, q.__file__)"
    done = run(clean, tmp_path, "python", "-c", code)
    assert str(ROOT) not in done.stdout, done.stdout
    assert done.stdout.count(str(clean.parent)) == 2, done.stdout + done.stderr


@pytest.mark.slow
def test_every_plugin_of_the_wheel_loads(clean: Path, tmp_path: Path) -> None:
    done = run(clean, tmp_path, "feedbackloop", "--json", "plugins")
    report = json.loads(done.stdout)
    named = set(setup_cfg()["options.entry_points"]["feedbackloop"].split()[::3])
    assert {plugin["name"] for plugin in report["plugins"]} >= named
    assert not [plugin for plugin in report["plugins"] if plugin["skipped"]]


@pytest.mark.slow
def test_the_demo_works_from_the_wheel(clean: Path, tmp_path: Path) -> None:
    done = run(clean, tmp_path, "feedbackloop", "--json", "demo", "shop")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert all((tmp_path / file).exists() for file in report["files"])
    assert report["files"]
    assert report["findings"]
    assert report["tasks"]
