"""One person's messages, both ways."""
