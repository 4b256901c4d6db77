"""Which connectors of reviews and surveys are there, and before which imitation does each stand?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from feedbackloop.connector import Connector, Context
from feedbackloop.records import Item
from feedbackloop.testing import Fault, System, Write
from feedbackloop.testing.system import CannotDo
from feedbackloop_connectors.reviews.app_store import AppStore
from feedbackloop_connectors.reviews.google_play import GooglePlay
from feedbackloop_connectors.reviews.trustpilot import Trustpilot
from feedbackloop_connectors.surveys.delighted import Delighted
from feedbackloop_connectors.surveys.formbricks import Formbricks
from feedbackloop_connectors.surveys.surveymonkey import SurveyMonkey
from feedbackloop_connectors.surveys.typeform import Typeform
from row_sites import (
    AppStoreSite,
    DelightedSite,
    FormbricksSite,
    GooglePlaySite,
    Site,
    SurveyMonkeySite,
    TrustpilotSite,
    TypeformSite,
    key_pair,
)

Kind = type[Connector[Any]]
Options = Callable[[Any], dict[str, Any]]

SYSTEMS: dict[str, tuple[type[Site], Kind, Options]] = {
    "app_store": (
        AppStoreSite,
        AppStore,
        lambda _: {"app_id": "77", "issuer_id": "i-1", "key_id": "k-1", "private_key": key_pair("ec")[0]},
    ),
    "google_play": (
        GooglePlaySite,
        GooglePlay,
        lambda site: {"package_name": "com.example.shop", "service_account": site.service_account()},
    ),
    "trustpilot": (
        TrustpilotSite,
        Trustpilot,
        lambda _: {"business_unit_id": "bu1", "api_key": "tp-key-1", "api_secret": "tp-secret-1"},
    ),
    "delighted": (DelightedSite, Delighted, lambda _: {"api_key": "dl-key-1"}),
    "typeform": (TypeformSite, Typeform, lambda _: {"form_id": "form1", "token": "tf-token-1"}),
    "surveymonkey": (SurveyMonkeySite, SurveyMonkey, lambda _: {"survey_id": "s1", "token": "sm-token-1"}),
    "formbricks": (FormbricksSite, Formbricks, lambda _: {"survey_id": "s1", "api_key": "fb-key-1"}),
}
SECRETS = {
    "app_store": lambda: (key_pair("ec")[0],),
    "google_play": lambda: (key_pair("rsa")[0], "play-token"),
    "trustpilot": lambda: ("tp-key-1", "tp-secret-1", "tp-token"),
    "delighted": lambda: ("dl-key-1",),
    "typeform": lambda: ("tf-token-1",),
    "surveymonkey": lambda: ("sm-token-1",),
    "formbricks": lambda: ("fb-key-1",),
}
UNEDITABLE = {"typeform"}
ANSWERING = {"app_store", "google_play", "trustpilot"}
"""These take a public answer."""


class RowSystem(System):
    """One imitation behind its connector."""

    faults: ClassVar[frozenset[Fault]] = frozenset(Fault)
    one_text = True
    absent_id = "e404"

    def __init__(self, name: str) -> None:
        made, self._kind, options = SYSTEMS[name]
        self.name = name
        self.site = made()
        self.options = {"connector": name, "base_url": self.site.base_url, "page_size": 3} | options(self.site)
        self.secrets = SECRETS[name]()

    def connect(self) -> Connector[Any]:
        return self._kind(self._kind.Options(**self.options), Context(self.name))

    def put(self, item: Item) -> str:
        if self.name in UNEDITABLE and self.site.key(item.id) in self.site.entries:
            raise CannotDo(f"{self.name} takes no changes to what was submitted")
        points = round(item.ratings[0].value) if item.ratings else 3
        return self.site.put(item.id, item.messages[0].text, points)

    def writes(self) -> Sequence[Write]:
        return [Write("reply", entry.id) for entry in self.site.entries.values() for _ in range(entry.by_us)]

    def lock_out(self) -> None:
        self.site.is_open = False

    def switch_on(self, fault: Fault) -> None:
        if fault is Fault.DROPPED_ANSWERS:
            self.site.server.lose_writes = 1
        elif fault is Fault.REPEATED_ROWS and self.name == "typeform":
            raise CannotDo("its pages begin behind a response, not at a number")
        else:
            self.site.faults.add(fault.value)
