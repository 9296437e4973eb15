"""The address book: its dialog, one contact, and the import of files."""
