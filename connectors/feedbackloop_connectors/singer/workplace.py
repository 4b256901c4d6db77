"""Where does a tap find its files, and which command starts it?

In a folder that nobody else can look into, made for one run and gone after it. Its config, with the secrets, its catalog and its
STATE are files there, since a command line is seen by every process of the machine.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from feedbackloop.connector import Context
from feedbackloop.errors import Fatal
from feedbackloop_connectors.singer.catalog import missing_streams, read_catalog, select
from feedbackloop_connectors.singer.options import SingerOptions
from feedbackloop_connectors.singer.process import Limits, Tap


class Workplace:
    """The folder of one run. Use it with `with`."""

    def __init__(self, options: SingerOptions, context: Context) -> None:
        self._options = options
        self._home = Path(context.folder)
        self.folder = Path(tempfile.mkdtemp(prefix="feedbackloop-tap-"))
        self.secrets = [secret.get_secret_value() for secret in options.secrets.values()]

    def __enter__(self) -> Workplace:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def discover(self) -> dict[str, Any]:
        """Ask the tap for its streams.

        Raises:
            Fatal: It fails, or is no tap.
        """
        with self._run(["--config", self._config(), "--discover"]) as tap:
            said = [line for line in tap.lines() if line is not None]
            tap.finish()
        return read_catalog(b"\n".join(said))

    def tap(self, state: Any) -> Tap:
        """Start the tap to read the wanted streams from a STATE on; None: from the beginning.

        Raises:
            Fatal: It cannot be started, or does not offer a stream.
        """
        arguments = ["--config", self._config()]
        arguments += [self._options.catalog_flag, self._catalog()]
        if state is not None:
            arguments += ["--state", self._file("state.json", state)]
        return self._run(arguments)

    def _catalog(self) -> str:
        if self._options.catalog:
            place = self._home / self._options.catalog
            try:
                return self._file("catalog.json", read_catalog(place.read_bytes()))
            except OSError as error:
                raise Fatal(f"catalog: {place} cannot be read: {error.strerror}") from error
        found = self.discover()
        missing = missing_streams(found, self._options.wanted)
        if missing:
            raise Fatal(f"streams: {missing}")
        return self._file("catalog.json", select(found, self._options.wanted))

    def _config(self) -> str:
        secret = {name: value.get_secret_value() for name, value in self._options.secrets.items()}
        return self._file("config.json", self._options.config | secret)

    def _file(self, name: str, content: Any) -> str:
        place = self.folder / name
        place.unlink(missing_ok=True)
        place.touch(0o600, exist_ok=False)
        place.write_bytes(msgspec.json.encode(content))
        return str(place)

    def _run(self, arguments: Sequence[str]) -> Tap:
        whole, silence = self._options.limits
        limits = Limits(whole, silence)
        return Tap([*self._command(), *arguments], self._environment(), secrets=self.secrets, limits=limits)

    def _command(self) -> list[str]:
        program, *rest = self._options.command
        if self._options.venv:
            place = self._home / self._options.venv / "bin" / program
            if not place.is_file():
                raise Fatal(f"there is no {place}; install the tap there: {place.parent}/pip install NAME")
            return [str(place.absolute()), *rest]
        if "/" in program:
            return [str((self._home / program).absolute()), *rest]
        return [program, *rest]

    def _environment(self) -> dict[str, str]:
        path = os.environ.get("PATH", os.defpath)
        found = {"HOME": str(self.folder), "TMPDIR": str(self.folder), "LANG": "C.UTF-8", "TZ": "UTC", "PATH": path}
        if self._options.venv:
            venv = (self._home / self._options.venv).absolute()
            found |= {"VIRTUAL_ENV": str(venv), "PATH": f"{venv}/bin{os.pathsep}{path}"}
        if self._options.proxy:
            found |= {"HTTP_PROXY": self._options.proxy, "HTTPS_PROXY": self._options.proxy}
        if self._options.ca_file:
            authority = str((self._home / self._options.ca_file).absolute())
            found |= {"SSL_CERT_FILE": authority, "REQUESTS_CA_BUNDLE": authority}
        return found | self._options.environment
