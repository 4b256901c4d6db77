"""Does a connector present itself truly, fail in the agreed way, and keep its secrets?"""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from pydantic import SecretStr

from feedbackloop.connector import Ability, Check, Connector, SourceOptions
from feedbackloop.errors import Retriable, SourceError
from feedbackloop.testing.contract_base import ContractBase, filled, possible, reading
from feedbackloop.testing.shelf import Shelf
from feedbackloop.testing.system import System

METHODS = {
    Ability.FETCH: ("fetch",),
    Ability.WEBHOOKS: ("read_webhook",),
    Ability.PRIVATE_NOTES: ("push", "find"),
    Ability.TAGS: ("push", "find"),
    Ability.PUBLIC_REPLIES: ("push", "find"),
    Ability.TASKS: ("push", "find"),
    Ability.TASK_STATUS: ("task_status",),
}
_SECRET_NAME = re.compile(r"password|secret|token|api_key")


class MannersContract(ContractBase):
    """Rules of the class itself, of `check`, of errors and of secrets."""

    def test_it_has_a_name_for_the_config(self, system: System) -> None:
        """`name` is what stands in `connector = "…"`: lower case, no spaces."""
        name = system.connect().name
        assert re.fullmatch(r"[a-z][a-z0-9_-]*", name), f"the name {name!r} must be lower-case letters, digits, - and _"

    def test_every_option_is_documented(self, system: System) -> None:
        """Each option has a description: the docs and `init` are made from it."""
        options = type(system.connect()).Options
        assert issubclass(options, SourceOptions), "Options must be a subclass of feedbackloop.connector.SourceOptions"
        bare = [name for name, field in options.model_fields.items() if not field.description]
        assert not bare, f'options without a description: {", ".join(bare)}. Write Field(..., description="...")'

    def test_secret_options_are_secrets(self, system: System) -> None:
        """A password, token or key is a pydantic.SecretStr, so that it is never shown."""
        fields = type(system.connect()).Options.model_fields
        plain = [
            name
            for name, field in fields.items()
            if _SECRET_NAME.search(name) and "SecretStr" not in str(field.annotation)
        ]
        assert not plain, f"options that hold a secret as plain text: {', '.join(plain)}. Annotate them as SecretStr"

    def test_declared_abilities_are_there(self, system: System) -> None:
        """What is declared in `abilities` is implemented, and what is implemented is declared."""
        kind = type(system.connect())
        for ability, methods in METHODS.items():
            missing = [name for name in methods if getattr(kind, name) is getattr(Connector, name)]
            if ability in kind.abilities:
                assert not missing, f"Ability.{ability.name} is declared and {', '.join(missing)} is not implemented"
        declared = {name for ability, names in METHODS.items() if ability in kind.abilities for name in names}
        optional = {name for names in METHODS.values() for name in names}
        silent = [name for name in sorted(optional - declared) if getattr(kind, name) is not getattr(Connector, name)]
        assert not silent, f"{', '.join(silent)} is implemented and no ability declares it: the core will never call it"

    def test_check_says_how_things_stand(self, system: System) -> None:
        """`check` gives at least one line, all good on a sound system, each with a name and a detail."""
        filled(system, 1)
        checks = system.connect().check()
        assert checks, "check gave nothing: say at least whether the source can be reached, and with which account"
        assert all(isinstance(line, Check) and line.name and line.detail for line in checks), f"{checks}"
        bad = [f"{line.name}: {line.detail}" for line in checks if not line.ok]
        assert not bad, f"check finds fault with a sound system: {'; '.join(bad)}"

    def test_reading_and_checking_write_nothing(self, system: System) -> None:
        """`check` and `pull` leave no trace in the system."""
        filled(system, 2)
        before = list(possible(system.writes))
        system.connect().check()
        reading(system)
        assert list(system.writes()) == before, "check or pull wrote something to the source system"

    def test_a_refusal_is_an_error_of_ours_and_check_names_the_remedy(self, system: System) -> None:
        """Locked out: `pull` raises Fatal or Refused, not Retriable; `check` raises nothing and says what to do."""
        filled(system, 1)
        possible(system.lock_out)
        with pytest.raises(SourceError) as caught:
            Shelf().pull(system.connect(), attempts=1)
        assert not isinstance(caught.value, Retriable), "a refusal does not pass: raise Fatal or Refused"
        assert len(str(caught.value)) > 10, "an error says what is wrong, where, and what to do next"
        checks = [line for line in system.connect().check() if not line.ok]
        assert checks, "check says all is well while the source refuses us"
        assert any(line.fix for line in checks), "a check that is not ok names the remedy in `fix`"

    @pytest.mark.parametrize("cursor", ["", "nonsense", "{}", "[1, 2]", "\x00", "9" * 400])
    def test_a_cursor_that_is_not_ours_breaks_nothing(self, system: System, cursor: str) -> None:
        """A cursor of another version reads from the beginning or raises a typed error; it never loses items silently."""
        expected = filled(system, 3)
        shelf = Shelf(cursor=cursor)
        try:
            shelf.pull(system.connect(), attempts=2)
        except SourceError:
            return
        lost = sorted(expected.keys() - shelf.items.keys())
        assert not lost, f"with the cursor {cursor[:20]!r} items were lost without a word: {lost}"

    def test_no_secret_is_shown(self, system: System, caplog: pytest.LogCaptureFixture) -> None:
        """No secret in a log line, an error, a repr, a check or a cursor, at the most talkative log level."""
        if not system.secrets:
            pytest.skip("the system under test names no secrets")
        filled(system, 2)
        connector = system.connect()
        with caplog.at_level(logging.DEBUG):
            shelf = Shelf().pull(connector)
            shown = [repr(connector), repr(connector.options), str(shelf.cursor), str(connector.check())]
            shown += _error_text(system)
        shown.append(caplog.text)
        for secret in system.secrets:
            leak = next((text for text in shown if secret in text), None)
            assert leak is None, f"the secret {secret[:3]}… is shown in: {(leak or '').replace(secret, '***')[:300]}"
        dumped: Any = connector.options.model_dump()
        assert not any(isinstance(value, SecretStr) and str(value) in system.secrets for value in dumped.values())


def _error_text(system: System) -> list[str]:
    possible(system.lock_out)
    try:
        Shelf().pull(system.connect(), attempts=1)
    except SourceError as error:
        return [str(error), repr(error), repr(error.__cause__)]
    return []
