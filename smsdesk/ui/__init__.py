"""The windowed face of the desk.

Everything a person sees and touches is here; what a message is, and what becomes of it, is not.
"""
