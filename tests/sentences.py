"""Finds the sentences that are marked for translation, in the way Babel asks for.

Babel's own reader of Python sees nothing inside an f-string before Python 3.12, and takes the key
of a table, as in `_(WORDS["left"])`, for a sentence. This one reads the syntax tree.
https://babel.pocoo.org/en/latest/messages.html#writing-extraction-methods
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

Found = tuple[int, str, tuple[str | None, ...] | str, list[str]]


def extract(
    source: IO[bytes],
    keywords: Mapping[str, Sequence[int] | None],
    comment_tags: Sequence[str],
    options: Mapping[str, Any],
) -> Iterator[Found]:
    """The line, function, literals and comments of every call of a keyword, top to bottom."""
    calls = [
        node
        for node in ast.walk(ast.parse(source.read()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in keywords
    ]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        assert isinstance(call.func, ast.Name)
        literals = tuple(_literal(one) for one in call.args)
        if any(literals):
            yield call.lineno, call.func.id, literals, []


def _literal(node: ast.expr) -> str | None:
    return (
        node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
    )
