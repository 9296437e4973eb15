"""Times that tests of the window choose, by the clock that runs while they do."""

from datetime import datetime, timedelta

from smsdesk.desk.desk import Desk
from smsdesk.sms.schedule import Plan
from smsdesk.sms.zones import zone


def tomorrow(desk: Desk, *, is_recipients: bool = False) -> Plan:
    """This hour tomorrow."""
    now = desk.compose.timing.now_here().replace(minute=0, second=0, microsecond=0)
    return Plan(now + timedelta(days=1), is_recipients)


def just_now() -> str:
    """Quiet hours that hold in London while the test runs."""
    now = datetime.now(zone("Europe/London"))
    begin, end = now - timedelta(hours=2), now + timedelta(hours=2)
    return f"{begin:%H:%M}-{end:%H:%M}"
