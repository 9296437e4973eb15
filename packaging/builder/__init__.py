"""Builds what people install: the folder, the Debian package, and what is told about them."""
