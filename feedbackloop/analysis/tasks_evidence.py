"""What stands behind a finding: which items, which words, where they cluster?"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from feedbackloop.records import Finding

CLUSTER = 0.6
"""A cause may be looked for where at least this share of the shortfalls lies together ..."""

CLUSTER_ITEMS = 3
"""... where at least so many of them do ..."""

UNUSUAL = 0.15
"""... and where the share is higher than among all items by at least this much. Where nobody knows how common the value is among
all items, nothing is said: that most complaints came by mail means nothing where most customers write mail."""


class Quote(Struct, frozen=True, omit_defaults=True):
    """Words of one customer with personal data masked, and where they stand."""

    words: str
    item: str
    url: str | None = None


class Example(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One expectation against its experience, as gaps hold them, and how many items of the finding have the same."""

    expected: float | int | str
    experienced: float | int | str | None = None
    unit: str | None = None
    items: int = 1


class Evidence(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The evidence of one finding.

    Attributes:
        items: Keys (`SOURCE/ID`) of the items that fell short, clearest first.
        quotes: Masked words, clearest first; three are shown.
        examples: What was expected against what came, most frequent first.
        clusters: What the shortfalls have in common: `segment`, `channel`, `source`, `language`, `standard` ... -> value ->
            how many of the shortfalls.
        usual: The same over all items of the group, as shares 0..1; without it nobody can say whether a cluster is one.
        source: Where the task shall be filed; None: the config's `tasks_in`.
    """

    items: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    examples: tuple[Example, ...] = ()
    clusters: Mapping[str, Mapping[str, int]] = {}
    usual: Mapping[str, Mapping[str, float]] = {}
    source: str | None = None


class Cluster(Struct, frozen=True, kw_only=True):
    """Where shortfalls lie together: `items` of the `known` ones share a value that a share `usual` of all items has."""

    what: str
    value: str
    items: int
    known: int
    usual: float | None = None


def clusters(evidence: Evidence, finding: Finding) -> list[Cluster]:
    """Give where the shortfalls lie together, most items first.

    What the finding is grouped by says nothing new and is left out; so is what is nearly as common among all items, and what
    nobody knows to be less so.
    """
    found = [
        Cluster(what=what, value=value, items=items, known=sum(values.values()), usual=_usual(evidence, what, value))
        for what, values in evidence.clusters.items()
        if what not in finding.group and len(values) > 1
        for value, items in values.items()
    ]
    return sorted(filter(_stands_out, found), key=lambda cluster: (-cluster.items, cluster.what, cluster.value))


def _usual(evidence: Evidence, what: str, value: str) -> float | None:
    shares = evidence.usual.get(what)
    return shares.get(value, 0.0) if shares is not None else None


def _stands_out(cluster: Cluster) -> bool:
    share = cluster.items / cluster.known
    is_more = cluster.usual is not None and share >= cluster.usual + UNUSUAL
    return cluster.items >= CLUSTER_ITEMS and share >= CLUSTER and is_more
