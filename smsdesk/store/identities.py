"""Who a contact is on channels that do not name people by their number.

A contact has one number and any number of such identities, so that its conversations can be
looked at together. On which channels there are identities is for `sms.channels` to say.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsdesk.sms.channels import CHANNELS, find_channel
from smsdesk.sms.channels.channel import Address
from smsdesk.sms.contact import Contact, words_of
from smsdesk.store.contacts import ContactBook
from smsdesk.store.errors import NumberTakenError, translated

if TYPE_CHECKING:
    from smsdesk.store.database import Database


@dataclass(frozen=True, slots=True)
class Identity:
    """What a person is called by on one channel."""

    channel: str
    address: str


class IdentityBook:
    """Joins identities to contacts, and parts them; `on_change` is told after each commit."""

    def __init__(self, database: Database, on_change: Callable[[], None]) -> None:
        self._database = database
        self._on_change = on_change
        self._contacts = ContactBook(database, on_change)

    def of(self, contact_id: int) -> list[Identity]:
        """What a contact is called by, besides its number."""
        rows = self._rows(
            "SELECT channel, identity FROM contact_identity WHERE contact = ? "
            "ORDER BY channel, identity",
            (contact_id,),
        )
        return [Identity(row["channel"], row["identity"]) for row in rows]

    def contact_of(self, address: str) -> int | None:
        """The contact that has this number, or this identity on some channel."""
        rows = self._rows(_CONTACT_OF, (address, address))
        return int(rows[0]["id"]) if rows else None

    def addresses_with(self, address: str) -> list[str]:
        """This address, and every other by which the same contact is named; it comes first."""
        rows = self._rows(_ADDRESSES, (self.contact_of(address),) * 2)
        return list(dict.fromkeys([address, *(row["address"] for row in rows)]))

    def address_on(self, address: str, channel: str) -> str | None:
        """How the person of an address is called on a channel; None where that is not known."""
        contact_id = self.contact_of(address)
        if contact_id is None:
            return None
        known = find_channel(channel)
        if known is not None and known.recipient is Address.NUMBER:
            contact = self._contacts.get(contact_id)
            return None if contact is None else contact.number
        found = [one.address for one in self.of(contact_id) if one.channel == channel]
        return found[0] if found else None

    def is_known(self, address: str) -> bool:
        """Whether that is somebody's ID: joined to a contact, or written to or from."""
        with translated():
            return is_somebodys_id(self._database.connection, address)

    def complete(self, channel: str, typed: str, *, limit: int) -> list[tuple[Contact, str]]:
        """Contacts that may be meant by what has been typed so far, each with how it is called
        on a channel: by the words of its name, or by the beginning of the ID."""
        wanted, start = words_of(typed), typed.strip()
        found = []
        for row in self._rows(_CALLED_ON, (channel, MOST_LOOKED_AT)):
            words = words_of(row["name"])
            is_named = bool(wanted) and all(
                any(word.startswith(one) for word in words) for one in wanted
            )
            if is_named or row["identity"].startswith(start):
                found.append((row["id"], str(row["identity"])))
                if len(found) == limit:
                    break
        contacts = ((self._contacts.get(contact_id), one) for contact_id, one in found)
        return [(contact, one) for contact, one in contacts if contact is not None]

    def join(self, contact_id: int, identity: Identity) -> None:
        """Let an identity belong to a contact. Raises NumberTakenError when it is another's."""
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT contact FROM contact_identity WHERE channel = ? AND identity = ?",
                (identity.channel, identity.address),
            ).fetchone()
            if row is None:
                connection.execute(
                    "INSERT INTO contact_identity (channel, identity, contact) "
                    "VALUES (?, ?, ?)",
                    (identity.channel, identity.address, contact_id),
                )
        taken = None if row is None else self._contacts.get(row["contact"])
        if taken is not None and taken.id != contact_id:
            raise NumberTakenError(taken)
        self._on_change()

    def part(self, identity: Identity) -> bool:
        """Let an identity be nobody's again; False when it was."""
        with self._database.transaction() as connection:
            parted = connection.execute(
                "DELETE FROM contact_identity WHERE channel = ? AND identity = ?",
                (identity.channel, identity.address),
            ).rowcount
        if parted:
            self._on_change()
        return bool(parted)

    def _rows(self, query: str, parameters: tuple[object, ...]) -> list[sqlite3.Row]:
        with translated():
            return self._database.connection.execute(query, parameters).fetchall()


def is_somebodys_id(connection: sqlite3.Connection, address: str) -> bool:
    """Whether that is an ID, as it is joined to a contact, or as somebody was written to by it, or
    wrote, on a channel that has IDs."""
    names = [one.name for one in CHANNELS.values() if one.recipient is Address.IDENTITY]
    parameters = {"id": address, "channels": json.dumps(names)}
    return connection.execute(_IS_KNOWN, parameters).fetchone() is not None


_WITH_IDS = "channel IN (SELECT value FROM json_each(:channels))"

_IS_KNOWN = f"""
SELECT 1 FROM contact_identity WHERE identity = :id
UNION ALL
SELECT 1 FROM message WHERE recipient = :id AND direction = 'outbound' AND {_WITH_IDS}
UNION ALL
SELECT 1 FROM message WHERE sender = :id AND direction = 'inbound' AND {_WITH_IDS}
UNION ALL
SELECT 1 FROM leg WHERE recipient = :id AND {_WITH_IDS}
LIMIT 1
"""

MOST_LOOKED_AT = 5000
"""IDs are joined one by one by hand, so there are never many."""

_CALLED_ON = """
SELECT contact.id AS id, name, identity
FROM contact_identity JOIN contact ON contact.id = contact
WHERE channel = ? ORDER BY folded, identity LIMIT ?
"""

_CONTACT_OF = """
SELECT id FROM contact WHERE number = ?
UNION ALL
SELECT contact AS id FROM contact_identity WHERE identity = ?
LIMIT 1
"""

_ADDRESSES = """
SELECT number AS address FROM contact WHERE id = ?
UNION ALL
SELECT identity FROM contact_identity WHERE contact = ?
"""
