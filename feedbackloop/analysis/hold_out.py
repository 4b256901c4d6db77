"""Which customers are left without follow-ups, so that those with follow-ups have something to be compared with?"""

from __future__ import annotations

import hmac


def is_held_out(customer: str | None, share: float, key: bytes) -> bool:
    """Say whether a customer belongs to the random hold-out.

    The draw is a keyed hash of the customer: the same person stays on the same side in every run and over all matters, nobody
    outside can foresee the side, and a larger share keeps everybody who was in the smaller one.

    Args:
        customer: The person's key; None (nobody is known) is never held out.
        share: Share of customers to hold out, 0..1.
        key: The installation's own secret.
    """
    if customer is None:
        return False
    digest = hmac.digest(key, customer.encode("utf-8", "surrogatepass"), "sha256")
    return int.from_bytes(digest[:8], "big") < share * 2**64
