"""Lists from files: read row by row, with every number either clear or on a list of problems.

Nothing is stored here, and no digit is ever guessed.
"""
