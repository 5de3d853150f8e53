"""Small changes to a module's syntax tree, each of which some test should notice."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

COMPARED = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
JOINED = {ast.And: ast.Or, ast.Or: ast.And}
DROPPED = (ast.Expr, ast.Assign, ast.AugAssign, ast.Raise, ast.Continue, ast.Break)


@dataclass(frozen=True)
class Mutant:
    """One change: where, what, and how to make it in a fresh tree."""

    line: int
    column: int
    what: str
    node: int
    change: Callable[[ast.AST], None]

    @property
    def key(self) -> str:
        """Its name in one version of the text."""
        return f"{self.line}:{self.column} {self.what}"

    def tree(self, text: str) -> ast.Module:
        """The changed tree of the text it was found in."""
        tree = ast.parse(text)
        self.change(_nodes(tree)[self.node])
        return ast.fix_missing_locations(tree)


def _nodes(tree: ast.Module) -> list[ast.AST]:
    return list(ast.walk(tree))


def _setter(field: str, value: object) -> Callable[[ast.AST], None]:
    return lambda node: setattr(node, field, value)


def _name(kind: type[ast.AST]) -> str:
    return kind.__name__


def _compared(node: ast.Compare) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    for place, operator in enumerate(node.ops):
        for other in COMPARED[type(operator)]:
            yield (
                f"{_name(type(operator))} {place} to {_name(other)}",
                lambda found, at=place, kind=other: found.ops.__setitem__(at, kind()),
            )


def _constant(node: ast.Constant) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} to {not value}", _setter("value", not value)
    elif isinstance(value, int):
        for other in sorted({value + 1, value - 1, value * 2 if value > 1 else value + 1}):
            yield f"{value} to {other}", _setter("value", other)


def _operator(node: ast.AST, table: dict) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    kind = type(node.op)
    if kind in table:
        yield f"{_name(kind)} to {_name(table[kind])}", _setter("op", table[kind]())


def _unary(node: ast.UnaryOp) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    if isinstance(node.op, ast.Not):
        yield "not gone", lambda found: setattr(found, "operand", ast.UnaryOp(ast.Not(), found.operand))
    elif isinstance(node.op, ast.USub):
        yield "minus gone", _setter("op", ast.UAdd())


def _condition(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    for value in (True, False):
        yield f"condition {value}", _setter("test", ast.Constant(value))


def _returned(node: ast.Return) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield "return None", _setter("value", ast.Constant(None))


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    if isinstance(node, ast.Compare):
        yield from _compared(node)
    elif isinstance(node, ast.Constant):
        yield from _constant(node)
    elif isinstance(node, ast.BinOp | ast.AugAssign):
        yield from _operator(node, COMPUTED)
    elif isinstance(node, ast.BoolOp):
        yield from _operator(node, JOINED)
    elif isinstance(node, ast.UnaryOp):
        yield from _unary(node)
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield from _condition(node)
    elif isinstance(node, ast.Return):
        yield from _returned(node)


def _drops(node: ast.AST) -> Iterator[tuple[ast.stmt, str, Callable[[ast.AST], None]]]:
    """Statements of a function's blocks that may be left out."""
    for field in ("body", "orelse", "finalbody"):
        block = getattr(node, field, None)
        for place, statement in enumerate(block if isinstance(block, list) else []):
            docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            if isinstance(statement, DROPPED) and not docstring:
                text = ast.unparse(statement).split("\n")[0][:50]
                yield (
                    statement,
                    f"dropped: {text}",
                    lambda found, name=field, at=place: getattr(found, name).__setitem__(at, ast.Pass()),
                )


def _skipped(tree: ast.Module) -> set[ast.AST]:
    """Annotations: nothing runs there."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        notes = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        found.update(inner for note in notes if note is not None for inner in ast.walk(note))
    return found


def mutants(text: str) -> list[Mutant]:
    """Every mutant of a module's text, in its order."""
    tree = ast.parse(text)
    skipped = _skipped(tree)
    found = []
    for number, node in enumerate(_nodes(tree)):
        if node in skipped:
            continue
        if hasattr(node, "lineno"):
            found += [
                Mutant(node.lineno, node.col_offset, what, number, change) for what, change in _changes(node)
            ]
        if not isinstance(node, ast.Module | ast.ClassDef):
            found += [
                Mutant(inner.lineno, inner.col_offset, what, number, change)
                for inner, what, change in _drops(node)
            ]
    return sorted(found, key=lambda mutant: (mutant.line, mutant.column, mutant.what))
