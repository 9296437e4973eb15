"""Vonage's words and ours, and the wire between."""
