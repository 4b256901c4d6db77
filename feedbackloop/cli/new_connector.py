"""The command `new-connector`: what does a stranger's connector project look like on its first day?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from feedbackloop import __version__
from feedbackloop.cli.session import Session
from feedbackloop.errors import UsageError

PROJECT = {
    "pyproject.toml": "pyproject.toml.j2",
    "README.md": "README.md.j2",
    ".gitignore": "gitignore.j2",
    ".github/workflows/tests.yml": "workflow.yml.j2",
    "src/{package}/__init__.py": "package.py.j2",
    "src/{package}/connector.py": "connector.py.j2",
    "src/{package}/py.typed": None,
    "tests/desk.py": "desk.py.j2",
    "tests/test_contract.py": "test_contract.py.j2",
}
"""File of the project -> the template it is made from; None for an empty file."""
FROM_OPENAPI = {
    "README.md": "README.md.j2",
    "src/{package}/connector.py": "connector.py.j2",
    "tests/desk.py": "desk.py.j2",
    "tests/test_contract.py": "test_contract.py.j2",
}
"""What of it is made from other templates where an interface's description is given."""
TAKEN = ("connectors", "plugins", "quickstart")
"""The packages feedbackloop_NAME that come with feedbackloop itself."""


@click.command("new-connector")
@click.argument("name")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False, metavar="[DIR]")
@click.option(
    "--from-openapi",
    "description",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Start from an interface's description: OpenAPI 3 or Swagger 2, JSON or YAML.",
)
@click.option(
    "--list", "list_path", metavar="PATH", help="The description's path that lists feedback, if another is chosen."
)
@click.pass_obj
def new_connector(
    session: Session, name: str, folder: Path | None, description: Path | None, list_path: str | None
) -> None:
    """Write an installable connector project whose contract tests run; never overwrites.

    It goes to feedbackloop-NAME unless DIR says otherwise.

    Example: feedbackloop new-connector mydesk --from-openapi openapi.yaml
    """
    usable_name(name, session.plugins.connectors)
    if list_path and not description:
        raise UsageError("--list belongs to --from-openapi FILE")
    project = folder or Path(f"feedbackloop-{name}")
    start = _read(description, list_path) if description else None
    written = write_project(name, project, start)
    session.say(f"wrote {len(written)} files to {project}/")
    points = start["open_points"] if start else []
    if points:
        session.say(f"{len(points)} things could not be guessed; {project}/README.md lists them")
    session.say(f"next: cd {project} && pip install -e . && pytest")
    session.finish({"files": [str(path) for path in written], "open_points": points})


def _read(description: Path, list_path: str | None) -> dict[str, Any]:
    from feedbackloop.openapi.description import start_from  # late: the command line needs none of it
    from feedbackloop.openapi.project import template_words

    return template_words(start_from(description, list_path), description.name)


def usable_name(name: str, known: object = ()) -> None:
    """Accept a connector's name: what stands in `connector = "…"`, in the package's name and in the project's.

    Args:
        name: As typed.
        known: The connectors that are installed already; anything with `in`.

    Raises:
        UsageError: It cannot be one; the nearest that can is named.
    """
    if name in TAKEN or (hasattr(known, "__contains__") and name in known):
        raise UsageError(f"{name} is taken already: two connectors of one name are an error; choose another")
    if re.fullmatch(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*", name) and len(name) <= 50:
        return
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower().removeprefix("feedbackloop")).strip("-")[:50].strip("-")
    nearest = plain if re.match(r"[a-z]", plain) else f"desk-{plain}".strip("-")
    raise UsageError(
        f"{name!r} cannot be a connector's name: lower-case letters, digits, - and _, a letter first; "
        f"for example {nearest}"
    )


def write_project(name: str, folder: Path, start: Mapping[str, Any] | None = None) -> list[Path]:
    """Write all files of the project; `start` as in `project_texts`.

    Returns:
        The files, in the order of `PROJECT`.

    Raises:
        UsageError: One of them exists already, or the folder cannot be written; nothing was overwritten.
    """
    texts = {folder / path: text for path, text in project_texts(name, start).items()}
    standing = next((path for path in texts if path.exists()), None)
    if standing:
        raise UsageError(f"{standing} exists already and stays as it is; name another folder")
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise UsageError(f"{error.filename or folder} cannot be written: {error.strerror}") from error
    return list(texts)


def project_texts(name: str, start: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Give file of the project -> its text.

    Args:
        name: Of the connector.
        start: What was read out of an interface's description, as words of the templates.
    """
    import jinja2  # late: `feedbackloop --help` needs none of it

    plain = files("feedbackloop") / "templates" / "new_connector"
    templates = {path: plain / template for path, template in PROJECT.items() if template}
    if start is not None:
        described = files("feedbackloop") / "templates" / "new_connector_openapi"
        templates |= {path: described / template for path, template in FROM_OPENAPI.items()}
    environment = jinja2.Environment(keep_trailing_newline=True, undefined=jinja2.StrictUndefined)  # noqa: S701 - code, not HTML
    package = "feedbackloop_" + name.replace("-", "_")
    words: dict[str, Any] = {
        "name": name,
        "project": f"feedbackloop-{name}",
        "package": package,
        "class_name": "".join(part.capitalize() for part in re.split("[-_]", name)),
        "version": __version__,
    }
    words |= {"variable": name.upper().replace("-", "_")} | dict(start or {})
    return {
        path.format(package=package): environment.from_string(
            templates[path].read_text(encoding="utf-8") if path in templates else ""
        ).render(words)
        for path in PROJECT
    }
