"""What an SMS is: numbers, alphabets, parts, states and the words for what went wrong.

Pure values and functions: no file, no network, no clock, and nothing of ours is imported.
"""
