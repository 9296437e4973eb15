"""A receipt names its message and says something that a receipt can say."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.sms.state import REPORTED, State

RECEIPT = DeliveryReceipt(
    message_uuid="aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
    client_ref="REF",
    status=State.DELIVERED,
    provider_time=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    source="webhook",
    failure=None,
    price="0.0333",
    currency="EUR",
    network="23410",
    parts=1,
    raw="{}",
)


@pytest.mark.parametrize("status", sorted(REPORTED))
def test_a_receipt_brings_any_reported_state(status: State) -> None:
    assert replace(RECEIPT, status=status).status is status


@pytest.mark.parametrize("status", sorted(set(State) - REPORTED))
def test_a_receipt_brings_no_other_state(status: State) -> None:
    with pytest.raises(ValueError, match="no receipt brings"):
        replace(RECEIPT, status=status)


def test_one_reference_is_enough_and_none_is_not() -> None:
    assert replace(RECEIPT, message_uuid=None).client_ref == "REF"
    assert replace(RECEIPT, client_ref=None).message_uuid is not None
    with pytest.raises(ValueError, match="must name the message"):
        replace(RECEIPT, message_uuid=None, client_ref=None)


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        replace(RECEIPT, provider_time=datetime(2026, 1, 2))  # noqa: DTZ001
