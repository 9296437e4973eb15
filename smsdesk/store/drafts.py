"""The draft in the compose pane, kept so that it survives a restart.

The time that was chosen for it is one of the small facts of `meta`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.sms.channels.content import PLAIN, read_content, write_content
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.message import Draft, DraftLeg
from smsdesk.sms.schedule import Plan
from smsdesk.store.errors import translated
from smsdesk.store.rows import to_ms

if TYPE_CHECKING:
    from smsdesk.store.database import Database


class DraftShelf:
    """Keeps one draft."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> Draft:
        """The draft as it was last saved, or an empty one."""
        with translated():
            row = self._database.connection.execute(
                "SELECT sender, recipients, text, ref, entity_id, content_id, channels "
                "FROM draft WHERE id = 1"
            ).fetchone()
            when = self._database.connection.execute(
                "SELECT value FROM meta WHERE key = ?", (_WHEN,)
            ).fetchone()
        if row is None:
            return Draft()
        fields = dict(row)
        channels = fields.pop("channels")
        planned = None if when is None else _read_when(when["value"])
        return with_channels(Draft(**fields, when=planned), channels)

    def save(self, draft: Draft, *, at: datetime) -> None:
        """Replace the saved draft.

        A lone surrogate cannot be stored as UTF-8; a question mark is kept in its place.
        """
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO draft (id, sender, recipients, text, ref, entity_id, "
                "content_id, channels, updated_ms) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    _storable(draft.sender),
                    _storable(draft.recipients),
                    _storable(draft.text),
                    _storable(draft.ref),
                    _storable(draft.entity_id),
                    _storable(draft.content_id),
                    _storable(write_channels(draft)),
                    to_ms(at),
                ),
            )
            if draft.when is None:
                connection.execute("DELETE FROM meta WHERE key = ?", (_WHEN,))
            else:
                connection.execute(
                    "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                    (_WHEN, _write_when(draft.when)),
                )


_WHEN = "draft_when"
_THEIRS = "by each recipient's clock"


def _write_when(plan: Plan) -> str:
    whose = f" {_THEIRS}" if plan.is_recipients else ""
    return f"{plan.local.isoformat(timespec='seconds')}{whose}"


def _read_when(text: str) -> Plan | None:
    local, _space, whose = text.partition(" ")
    try:
        return Plan(datetime.fromisoformat(local), is_recipients=whose == _THEIRS)
    except ValueError:  # somebody else has written that
        return None


def write_channels(draft: Draft) -> str:
    """How a draft is to go out, as JSON; "" for a plain SMS."""
    if (draft.channel, draft.content, draft.failover) == (SMS.name, PLAIN, ()):
        return ""
    return json.dumps(
        {
            "channel": draft.channel,
            "content": write_content(draft.content),
            "failover": [
                {
                    "channel": leg.channel,
                    "sender": leg.sender,
                    "text": leg.text,
                    "content": write_content(leg.content),
                }
                for leg in draft.failover
            ],
        },
        ensure_ascii=False,
    )


def with_channels(draft: Draft, stored: str) -> Draft:
    """The draft with what `write_channels` has written of another."""
    if not stored:
        return draft
    fields = json.loads(stored)
    return replace(
        draft,
        channel=fields["channel"],
        content=read_content(fields["content"]),
        failover=tuple(
            DraftLeg(leg["channel"], leg["sender"], leg["text"], read_content(leg["content"]))
            for leg in fields["failover"]
        ),
    )


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
