"""The Reports API, synchronous part: `GET /v2/reports/records` for the product MESSAGES.

Written from the Reports API documents 2.1.17 to 3.1.4. The records are `book`'s.
"""

import base64
import binascii
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from smsdesk.simulator.book import MessageBook, MessageRecord
from smsdesk.simulator.prices import CURRENCY, country_of
from smsdesk.simulator.wire import Json, Reply, json_reply, problem

PATH = "/v2/reports/records"
MOST_IDS = 20
REQUESTS_PER_SECOND = 10
_PRODUCTS = ("MESSAGES", "SMS")
_BESIDE_ID = {
    "account_id",
    "product",
    "direction",
    "id",
    "include_message",
    "show_concatenated",
}


class InvalidQueryError(ValueError):
    """The query is refused; `reply` is the answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("invalid query")
        self.reply = reply


class Reports:
    """Answers queries about the messages of one account, at most ten a second."""

    def __init__(
        self,
        book: MessageBook,
        *,
        account_id: str,
        now: Callable[[], float],
        page_size: int = 1000,
        lag_s: float = 0.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._book = book
        self._account_id = account_id
        self._now = now
        self._page_size = page_size
        self._lag_s = lag_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._asked: deque[float] = deque(maxlen=REQUESTS_PER_SECOND)

    def answer(self, query: Mapping[str, str]) -> Reply:
        """The reply to a query that came with good credentials."""
        if self._is_too_fast():
            detail = "Please wait, then retry your request"
            return problem(429, "Rate Limit Hit", detail=detail, anchor="#rate-limit")
        try:
            self._check(query)
            if "id" in query:
                return self._by_id(query)
            return self._by_date(query)
        except InvalidQueryError as error:
            return error.reply

    def _is_too_fast(self) -> bool:
        with self._lock:
            now = self._monotonic()
            is_full = len(self._asked) == REQUESTS_PER_SECOND
            if is_full and now - self._asked[0] < 1.0:
                return True
            self._asked.append(now)
            return False

    def _check(self, query: Mapping[str, str]) -> None:
        for name in ("account_id", "product"):
            if not query.get(name):
                raise _invalid(name, "Missing required parameter")
        if query["product"] not in _PRODUCTS:
            raise _invalid("product", "Could not resolve product name")
        if query["account_id"] != self._account_id:
            detail = "User not authorized to query the requested data"
            raise InvalidQueryError(
                problem(403, "Forbidden", detail=detail, anchor="#forbidden")
            )
        if query.get("direction") not in ("inbound", "outbound"):
            raise _invalid("direction", "Missing required parameter: inbound or outbound")
        if query.get("include_message", "false") not in ("true", "false"):
            raise _invalid("include_message", "true or false")

    def _by_id(self, query: Mapping[str, str]) -> Reply:
        if beside := sorted(set(query) - _BESIDE_ID):
            detail = (
                "When using id, the following parameters are not supported: "
                f"[{', '.join(beside)}]"
            )
            anchor = "/reports#invalid-filter"
            raise InvalidQueryError(
                problem(422, "Invalid filter", detail=detail, anchor=anchor)
            )
        ids = list(dict.fromkeys(i.strip() for i in query["id"].split(",") if i.strip()))
        if not ids or len(ids) > MOST_IDS:
            raise _invalid("id", f"1 to {MOST_IDS} ids are expected")
        for message_uuid in ids:
            try:
                uuid.UUID(message_uuid)
            except ValueError:
                raise _invalid("id", "Is not a UUID") from None
        found = [
            record
            for message_uuid in ids
            if (record := self._book.find(message_uuid)) is not None
            and record.direction == query["direction"]
            and query["product"] == "MESSAGES"
            and self._is_visible(record)
        ]
        missing = [i for i in ids if i not in {record.message_uuid for record in found}]
        envelope = self._envelope(query, found)
        if missing:
            envelope["ids_not_found"] = ",".join(missing)
        return json_reply(envelope)

    def _by_date(self, query: Mapping[str, str]) -> Reply:
        now = datetime.fromtimestamp(self._now(), UTC)
        start = _moment(query, "date_start") or now - timedelta(days=7)
        end = _moment(query, "date_end") or now
        if end <= start:
            raise _invalid("date_end", "Must be after date_start")
        skipped = _read_cursor(query)
        fitting = [
            record
            for record in self._book.records
            if record.direction == query["direction"]
            and query["product"] == "MESSAGES"
            and start.timestamp() <= record.received_at < end.timestamp()
            and _passes(record, query)
            and self._is_visible(record)
        ]
        fitting.sort(key=lambda record: record.received_at)
        page = fitting[skipped : skipped + self._page_size]
        envelope = self._envelope(query, page)
        if skipped + len(page) < len(fitting):
            following = {
                **query,
                "date_start": start.isoformat(),
                "date_end": end.isoformat(),
                "cursor": _write_cursor(skipped + len(page)),
                "iv": uuid.uuid4().hex,
            }
            links = envelope["_links"]
            assert isinstance(links, dict)
            links["next"] = {"href": f"{PATH}?{urlencode(following)}"}
        return json_reply(envelope)

    def _is_visible(self, record: MessageRecord) -> bool:
        return record.received_at + self._lag_s <= self._now()

    def _envelope(self, query: Mapping[str, str], records: list[MessageRecord]) -> Json:
        with_body = query.get("include_message") == "true"
        return {
            "_links": {"self": {"href": f"{PATH}?{urlencode(query)}"}},
            "request_id": str(uuid.uuid4()),
            "request_status": "SUCCESS",
            "received_at": _date(self._now()),
            "price": f"{0.0004 * len(records):.4f}",
            "currency": CURRENCY,
            "direction": query["direction"],
            "product": query["product"],
            "items_count": len(records),
            "records": [self._show(record, with_body=with_body) for record in records],
        }

    def _show(self, record: MessageRecord, *, with_body: bool) -> Json:
        is_outbound = record.direction == "outbound"
        country = country_of(record.to if is_outbound else record.sender)
        shown: Json = {
            "account_id": self._account_id,
            "id": record.message_uuid,
            "message_id": record.message_uuid,
            "direction": record.direction,
            "from": record.sender,
            "to": record.to,
            "provider": record.channel,
            "network": country.network,
            "network_name": country.network_name,
            "date_received": _date(record.received_at),
            "currency": CURRENCY,
            "total_price": record.price if record.is_charged else "0.0000",
        }
        if is_outbound:
            shown |= {
                "client_ref": record.client_ref or "",
                "status": record.status,
                "error_code": record.error_code or "",
                "country": country.code,
                "country_name": country.name,
                "estimated_price": record.price,
            }
            if record.workflow_id is not None:
                shown |= {
                    "workflow_id": record.workflow_id,
                    "workflow_items_number": str(record.workflow_item),
                    "workflow_items_total": str(record.workflow_items),
                }
            if record.finalized_at is not None:
                shown["date_finalized"] = _date(record.finalized_at)
                shown["latency"] = str(int((record.finalized_at - record.received_at) * 1000))
        if with_body:
            shown["message_body"] = record.text
        return shown


def _passes(record: MessageRecord, query: Mapping[str, str]) -> bool:
    other = record.to if record.direction == "outbound" else record.sender
    country = country_of(other)
    shown = {
        "status": record.status,
        "from": record.sender,
        "to": record.to,
        "provider": record.channel,
        "country": country.code,
        "network": country.network,
    }
    return all(query[name] == value for name, value in shown.items() if query.get(name))


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name)
    if not text:
        return None
    try:
        # A plus sign that nobody escaped arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise _invalid(name, "Is not a date in ISO 8601") from None
    if moment.tzinfo is None:
        raise _invalid(name, "Lacks its offset from UTC")
    return moment


def _write_cursor(skipped: int) -> str:
    return base64.urlsafe_b64encode(f"after:{skipped}".encode()).decode()


def _read_cursor(query: Mapping[str, str]) -> int:
    cursor = query.get("cursor")
    if cursor is None:
        return 0
    try:
        word, _, skipped = base64.urlsafe_b64decode(cursor).decode().partition(":")
        if word == "after" and query.get("iv"):
            return int(skipped)
    except (binascii.Error, ValueError):
        pass
    raise _invalid("cursor", "Is not a cursor that was handed out")


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _invalid(name: str, reason: str) -> InvalidQueryError:
    return InvalidQueryError(
        problem(422, "Unprocessable entity", anchor="/reports", invalid=[(name, reason)])
    )
