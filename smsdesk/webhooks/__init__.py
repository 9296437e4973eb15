"""The only room that listens: receipts and replies that Vonage brings by itself."""
