"""The doors to the machine, one file each: folders, settings, keyring, lock, clock, log, words.

What goes through a door is decided by the rooms above.
"""
