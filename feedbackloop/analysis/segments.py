"""To which segment does a customer belong?"""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.records import Item
from feedbackloop.settings import Segment

STANDARD = "standard"
"""The segment of everybody whom no other one takes."""


def segment_of(item: Item, segments: Sequence[Segment]) -> str:
    """Give the name of the first segment that takes this item's customer, else `standard`.

    Within a segment all kinds of conditions must hold; of a list of tags one is enough. A segment without any
    condition takes nobody: it would silently swallow all that stand after it.
    """
    return next((segment.name for segment in segments if _takes(segment, item)), STANDARD)


def segment_of_person(items: Sequence[Item], segments: Sequence[Segment]) -> str:
    """Give the segment of a person known from several items: that of their newest item in each source, the first named wins.

    A gold customer's review in a shop that knows no segments is still a gold customer's.

    Args:
        items: Of one person, oldest first.
        segments: As the config names them.
    """
    newest = {(item.source, item.customer_key): item for item in items}
    found = {segment_of(item, segments) for item in newest.values()}
    return next((segment.name for segment in segments if segment.name in found), STANDARD)


def _takes(segment: Segment, item: Item) -> bool:
    who = item.customer
    conditions = []
    if segment.tags:
        conditions.append(any(tag in item.tags or tag in who.tags for tag in segment.tags))
    if segment.organization_tags:
        conditions.append(any(tag in who.organization_tags for tag in segment.organization_tags))
    conditions += [value in (item.fields.get(name), who.fields.get(name)) for name, value in segment.fields.items()]
    return bool(conditions) and all(conditions)
