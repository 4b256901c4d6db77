"""Is it night where the customer lives, and when does the morning come?"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo


def quiet_until(now: datetime, hours: tuple[time, time], zone: tzinfo) -> datetime | None:
    """Give the end of the quiet hours in which a moment falls; None: it falls in none.

    The span is read on the wall clock of `zone`, may run over midnight, and is right on days when the clock is put forward or
    back. Two equal times mean that there are no quiet hours.

    Args:
        now: An aware moment.
        hours: Begin (inside) and end (outside) of the span.
        zone: The customer's zone.

    Returns:
        A UTC moment later than `now` that lies outside the quiet hours.
    """
    begin, end = hours
    if not _within(now.astimezone(zone).time(), begin, end):
        return None
    today = now.astimezone(zone).date()
    # Four days: the only open minute of a day may fall into the hour that a clock put forward leaves out.
    mornings = (
        datetime.combine(today + timedelta(days=days), end, tzinfo=zone).replace(fold=fold).astimezone(UTC)
        for days in range(4)
        for fold in (0, 1)
    )
    return min(
        moment for moment in mornings if moment > now and not _within(moment.astimezone(zone).time(), begin, end)
    )


def _within(local: time, begin: time, end: time) -> bool:
    if begin <= end:
        return begin <= local < end
    return local >= begin or local < end
