"""Batches in the window: the line above the list, the page of one, and the list of all."""
