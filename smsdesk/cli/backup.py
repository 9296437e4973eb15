"""`smsdesk backup`: makes a copy of the log now, or shows the copies there are."""

from __future__ import annotations

import argparse

from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.desk import wording_copies
from smsdesk.desk.copies import CopiesError
from smsdesk.desk.desk import Desk
from smsdesk.system.i18n import _


def run(options: argparse.Namespace) -> int:
    """Make one, or with --list check all; 1 when one of them is not fit."""
    with opened(options) as session:
        if options.list:
            return _list(session.desk)
        try:
            copy = session.desk.copies.back_up()
        except CopiesError as error:
            raise CliError(wording_copies.copies_sentence(error), Exit.REFUSED) from error
    print(wording_copies.backed_up_sentence(copy))
    return Exit.OK


def _list(desk: Desk) -> int:
    code = Exit.OK
    copies = desk.copies.list()
    for copy in copies:
        try:
            found = wording_copies.inside_sentence(desk.copies.look_into(copy.path))
        except CopiesError as error:
            found, code = wording_copies.unfit_sentence(error), Exit.REFUSED
        made = copy.made_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        size = wording_copies.size_words(copy.size)
        print(f"{made}  {wording_copies.copy_name(copy):<22}  {size:>10}  {found}")
        print(f"  {copy.path}")
    if not copies:
        print(_("There are no copies yet. The first is made within a day."))
    return code
