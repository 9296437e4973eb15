"""The same desk without a window: one module a verb."""

from smsdesk.cli.program import main

__all__ = ["main"]
