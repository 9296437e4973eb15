"""`GET /v2/reports/records`, seen from outside."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import requests

from smsdesk.simulator.server import Simulator
from tests.simulator.customer import BASIC, Start, ask_reports, send, wait_until_delivered

NOBODY = "00000000-0000-4000-8000-000000000000"


def moment(delta_s: float = 0.0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=delta_s)).isoformat()


def test_a_delivered_message_is_found_by_its_id(start: Start) -> None:
    simulator = start()
    message_uuid = send(simulator, client_ref="ref-1").json()["message_uuid"]
    wait_until_delivered(simulator)

    answer = ask_reports(simulator, id=f"{message_uuid},{NOBODY}").json()

    assert answer["ids_not_found"] == NOBODY
    assert answer["request_status"] == "SUCCESS"
    assert answer["items_count"] == 1
    [record] = answer["records"]
    assert datetime.fromisoformat(record["date_received"]).tzinfo is not None
    assert record["message_id"] == message_uuid
    assert record["status"] == "delivered"
    assert record["client_ref"] == "ref-1"
    assert (record["from"], record["to"]) == ("447700900001", "447700900000")
    assert (record["country"], record["network"]) == ("GB", "23410")
    assert (record["total_price"], record["currency"]) == ("0.0412", "EUR")
    assert record["provider"] == "sms"
    assert "date_finalized" in record
    assert "message_body" not in record


def test_the_text_comes_only_when_asked_for(start: Start) -> None:
    simulator = start()
    message_uuid = send(simulator, text="Grüße").json()["message_uuid"]

    answer = ask_reports(simulator, id=message_uuid, include_message="true").json()

    assert answer["records"][0]["message_body"] == "Grüße"


def test_a_rejected_message_has_its_code(start: Start) -> None:
    simulator = start()
    message_uuid = send(simulator, to="447700900101").json()["message_uuid"]
    simulator.wait_for_messages(lambda messages: messages[0].is_final)

    [record] = ask_reports(simulator, id=message_uuid).json()["records"]

    assert (record["status"], record["error_code"]) == ("rejected", "1240")


def test_twenty_ids_are_taken_and_not_one_more(start: Start) -> None:
    simulator = start()
    ids = [str(uuid.uuid4()) for _ in range(21)]

    assert ask_reports(simulator, id=",".join(ids[:20])).status_code == 200
    assert ask_reports(simulator, id=",".join(ids)).status_code == 422


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"account_id": ""}, "account_id"),
        ({"product": ""}, "product"),
        ({"product": "PIGEONS"}, "product"),
        ({"direction": ""}, "direction"),
        ({"direction": "sideways"}, "direction"),
        ({"include_message": "perhaps"}, "include_message"),
        ({"id": "7"}, "id"),
        ({"id": ","}, "id"),
        ({"date_start": "yesterday"}, "date_start"),
        ({"date_start": "2026-01-01T00:00:00"}, "date_start"),
        ({"date_end": "2020-01-01T00:00:00Z"}, "date_end"),
        ({"cursor": "made-up"}, "cursor"),
    ],
)
def test_a_bad_query_is_refused_by_name(start: Start, query: dict[str, str], name: str) -> None:
    answer = ask_reports(start(), **query)

    assert answer.status_code == 422
    assert [entry["name"] for entry in answer.json()["invalid_parameters"]] == [name]


def test_ids_and_filters_do_not_go_together(start: Start) -> None:
    answer = ask_reports(start(), id=NOBODY, status="delivered")

    assert answer.status_code == 422
    assert answer.json()["title"] == "Invalid filter"


def test_another_account_is_forbidden(start: Start) -> None:
    assert ask_reports(start(), account_id="abcd1234").status_code == 403


def test_without_credentials_nothing_is_told(start: Start) -> None:
    url = f"{start().url}/v2/reports/records"

    assert requests.get(url, timeout=10).status_code == 401


def test_the_eleventh_query_in_a_second_is_too_many(start: Start) -> None:
    simulator = start()

    statuses = {ask_reports(simulator, id=NOBODY).status_code for _ in range(40)}

    assert statuses == {200, 429}


def records(answer: requests.Response) -> list[str]:
    return [record["message_id"] for record in answer.json()["records"]]


def test_a_date_window_takes_its_start_and_leaves_its_end(start: Start) -> None:
    clock = [1_800_000_000.0]
    simulator = start(now=lambda: clock[0])
    first = send(simulator).json()["message_uuid"]
    clock[0] += 60
    send(simulator)

    def window(begin_s: float, end_s: float) -> list[str]:
        return records(
            ask_reports(
                simulator,
                date_start=datetime.fromtimestamp(begin_s, UTC).isoformat(),
                date_end=datetime.fromtimestamp(end_s, UTC).isoformat(),
            )
        )

    assert window(1_800_000_000, 1_800_000_060) == [first]
    assert window(1_800_000_001, 1_800_000_060) == []
    assert len(window(1_800_000_000, 1_800_000_061)) == 2


def test_pages_follow_each_other_by_their_links(start: Start) -> None:
    simulator = start(reports_page_size=2)
    sent = [send(simulator).json()["message_uuid"] for _ in range(5)]

    seen: list[str] = []
    answer = ask_reports(simulator, date_start=moment(-60), date_end=moment(60))
    seen += records(answer)
    pages = 1
    while following := answer.json()["_links"].get("next"):
        assert "cursor=" in following["href"]
        assert "iv=" in following["href"]
        answer = requests.get(simulator.url + following["href"], auth=BASIC, timeout=10)
        seen += records(answer)
        pages += 1

    assert seen == sent
    assert pages == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"to": "447700900000"}, 1),
        ({"to": "491711234567"}, 1),
        ({"from": "447700900001"}, 2),
        ({"status": "rejected"}, 0),
        ({"country": "DE"}, 1),
        ({"network": "23410"}, 1),
        ({"provider": "whatsapp"}, 0),
        ({"product": "SMS"}, 0),
        ({"direction": "inbound"}, 0),
    ],
)
def test_a_filter_keeps_what_fits(start: Start, query: dict[str, str], found: int) -> None:
    simulator = start()
    send(simulator)
    send(simulator, to="491711234567")

    answer = ask_reports(simulator, date_end=moment(60), **query)

    assert len(records(answer)) == found


def test_replies_are_found_inbound(start: Start) -> None:
    simulator = start()
    reply = simulator.receive(sender="447700900555", to="447700900000", text="Hello?")

    answer = ask_reports(
        simulator, direction="inbound", include_message="true", date_end=moment(60)
    )

    assert records(answer) == [reply.message_uuid]
    assert answer.json()["records"][0]["message_body"] == "Hello?"
    assert "status" not in answer.json()["records"][0]


def test_records_may_lag_behind(start: Start) -> None:
    clock = [1_800_000_000.0]
    simulator: Simulator = start(now=lambda: clock[0], reports_lag_s=100.0, pace=0.1)
    message_uuid = send(simulator).json()["message_uuid"]

    early = ask_reports(simulator, id=message_uuid).json()
    clock[0] += 10
    late = ask_reports(simulator, id=message_uuid).json()

    assert early["ids_not_found"] == message_uuid
    assert "ids_not_found" not in late
