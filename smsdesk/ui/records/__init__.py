"""What persons did, the copies of the log, and erasing somebody: the dialogs of each."""
