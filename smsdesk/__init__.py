"""SMS Desk: write an SMS, send it through Vonage, and know what became of it."""

__version__ = "0.1.0"
