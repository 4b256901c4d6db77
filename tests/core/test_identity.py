"""By what is a customer known in another source, and by what never?"""

from typing import Any

import pytest

from feedbackloop.analysis.identity import has_verified_mail, identifiers
from feedbackloop.records import Customer, Item
from feedbackloop.testing import makers

BOTH = ("mail", "external_id")


def item(who: dict[str, Any], kind: str = "ticket", **more: Any) -> Item:
    return makers.item("1", kind=kind, customer=Customer(**who), **more)


@pytest.mark.parametrize(
    ("kind", "who", "verified"),
    [
        ("ticket", {"email": "a@b.example"}, True),  # answered there: the desk's own record
        ("review", {"email": "a@b.example"}, False),  # anybody may type an address beside a review
        ("survey", {"email": "a@b.example"}, False),
        ("review", {"id": "c-1", "email": "a@b.example"}, True),  # an account of the source
        (
            "ticket",
            {"id": "c-1", "email": "a@b.example", "fields": {"verified": False}},
            False,
        ),  # the source's own word
        ("review", {"email": "a@b.example", "fields": {"email_verified": "yes"}}, True),
        ("review", {"email": "a@b.example", "fields": {"verified": "no"}}, False),
        ("ticket", {"id": "c-1"}, False),
        ("ticket", {"email": "not an address"}, False),
    ],
)
def test_an_address_counts_where_somebody_vouches_for_it(kind: str, who: dict[str, Any], verified: bool) -> None:
    assert has_verified_mail(item(who, kind)) is verified


def test_names_never_identify_anybody() -> None:
    assert identifiers(item({"name": "Anna Smith", "organization": "ACME"}), (*BOTH, "fields.name")) == ()


@pytest.mark.parametrize(
    ("who", "fields", "link_by", "found"),
    [
        ({"email": " Anna@B.Example "}, {}, BOTH, ("mail:anna@b.example",)),
        ({"email": "anna@b.example"}, {}, ("external_id",), ()),  # the operator says what counts
        ({"fields": {"external_id": "CRM-7"}}, {}, BOTH, ("external_id:crm-7",)),
        ({"fields": {"crm": 7}}, {"crm": 8}, ("fields.crm",), ("fields.crm:7", "fields.crm:8")),
        ({}, {"external_id": "x-1"}, BOTH, ()),  # the item's external id is not its customer's
        ({"fields": {"crm": "N/A"}}, {}, ("fields.crm",), ()),  # what a form holds where nobody knew
        ({"fields": {"crm": " "}}, {}, ("fields.crm",), ()),
        ({"fields": {"crm": True}}, {}, ("fields.crm",), ()),  # a tick is no identity
        ({"fields": {"crm": ["a"]}}, {}, ("fields.crm",), ()),
        ({"fields": {"crm": "x" * 201}}, {}, ("fields.crm",), ()),
        ({}, {}, BOTH, ()),
    ],
)
def test_what_counts_is_what_the_config_names(
    who: dict[str, Any], fields: dict[str, Any], link_by: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert identifiers(item(who, fields=fields), link_by) == found
