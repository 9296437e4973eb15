"""Where a sender cannot work, it is said beforehand, and by whom the rule is made."""

from pathlib import Path

import pytest

from smsdesk.sms import sender_rules
from smsdesk.sms.sender_id import parse_sender_id
from smsdesk.sms.sender_rules import (
    NumberFacts,
    read_number_facts,
    sender_warnings,
    write_number_facts,
)

GUIDE = Path(__file__).parents[2] / "docs" / "sender-rules.md"
US, UK, TOLL_FREE = "+12025550123", "+447400123456", "+18005550123"


def codes(sender: str, *regions: str | None, registered: tuple[str, ...] = ()) -> list[str]:
    parsed = parse_sender_id(sender, default_region=None)
    found = sender_warnings(parsed, regions, own_numbers={}, registered=registered)
    return [warning.code for warning in found]


@pytest.mark.parametrize(
    ("sender", "region", "expected"),
    [
        ("ACME", "GB", []),
        ("ACME", "US", ["name_refused"]),
        ("ACME", "CA", ["name_refused"]),
        ("ACME", "PR", ["name_refused"]),
        ("ACME", "IN", ["name_needs_dlt"]),
        ("ACME", "SG", ["name_must_be_registered"]),
        (US, "US", ["number_unregistered"]),
        (US, "CA", []),
        (UK, "US", ["number_not_local"]),
        (UK, "CA", ["number_not_local"]),
        (UK, "IN", ["number_replaced"]),
        (UK, "GB", []),
        (TOLL_FREE, "US", ["toll_free_unverified"]),
        ("78787", "US", []),
        ("ACME", None, []),
    ],
)
def test_each_country_has_its_rule(
    sender: str, region: str | None, expected: list[str]
) -> None:
    assert codes(sender, region) == expected


def test_a_number_that_is_registered_is_not_warned_of() -> None:
    assert codes(US, "US", registered=(US,)) == []
    assert codes(TOLL_FREE, "US", registered=(TOLL_FREE,)) == []


def test_each_country_is_named_once_and_in_order() -> None:
    assert codes("ACME", "US", "GB", "US", "IN") == ["name_refused", "name_needs_dlt"]


def test_a_number_of_ours_that_cannot_send_is_named() -> None:
    facts = NumberFacts(UK, can_send_sms=False)
    found = sender_warnings(
        parse_sender_id(UK, default_region=None), ["GB"], own_numbers={UK: facts}
    )

    assert [(warning.code, warning.region) for warning in found] == [
        ("number_without_sms", None)
    ]


def test_a_number_that_stays_at_home_is_named_for_each_country_abroad() -> None:
    facts = NumberFacts(UK, can_send_sms=True, is_domestic_only=True)
    found = sender_warnings(
        parse_sender_id(UK, default_region=None), ["GB", "FR", "DE"], own_numbers={UK: facts}
    )

    assert [warning.region for warning in found] == ["FR", "DE"]


@pytest.mark.parametrize("can_send", [True, False])
@pytest.mark.parametrize("is_domestic", [True, False])
def test_facts_are_kept_as_a_text(*, can_send: bool, is_domestic: bool) -> None:
    facts = NumberFacts(UK, can_send, is_domestic)

    assert read_number_facts([write_number_facts(facts)]) == {UK: facts}


def test_every_rule_has_its_source_in_the_guide() -> None:
    guide = GUIDE.read_text("utf-8")
    sources = {
        *sender_rules.NAMES_REFUSED.values(),
        *sender_rules.NAMES_REGISTERED.values(),
        *(
            value
            for name, value in vars(sender_rules).items()
            if str(value).startswith("https")
        ),
    }

    assert not [source for source in sources if source not in guide]
