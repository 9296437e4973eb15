"""An sms: address becomes a draft, and nothing else."""

import pytest

from smsdesk.sms.link import LONGEST, parse_sms_link
from smsdesk.sms.message import Draft


@pytest.mark.parametrize(
    ("address", "draft"),
    [
        ("sms:+447700900000", Draft(recipients="+447700900000")),
        ("sms:+447700900000?body=Hi%20there", Draft("", "+447700900000", "Hi there")),
        ("SMS:+447700900000,+447700900001", Draft("", "+447700900000\n+447700900001")),
        ("smsto:07700900000?body=1+1", Draft("", "07700900000", "1+1")),
        ("sms://+447700900000?&body=Hi", Draft("", "+447700900000", "Hi")),
        (
            "sms:%2B447700900000?subject=x&body=Gr%C3%BC%C3%9Fe",
            Draft("", "+447700900000", "Grüße"),
        ),
        ("sms:?body=Hi", Draft(text="Hi")),
        ("sms:", Draft()),
    ],
)
def test_an_address_fills_a_draft(address: str, draft: Draft) -> None:
    assert parse_sms_link(address) == draft


@pytest.mark.parametrize(
    "address", ["", "tel:+447700900000", "https://example.com", "-style=x"]
)
def test_another_address_is_none(address: str) -> None:
    assert parse_sms_link(address) is None


def test_an_endless_address_is_none() -> None:
    assert parse_sms_link("sms:+447700900000?body=" + "x" * LONGEST) is None
