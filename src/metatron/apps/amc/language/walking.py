"""A tree's nodes in one pass: sqlglot's own walk goes through two generators for each of them."""

from sqlglot import exp


def nodes_of(root: exp.Expr) -> list[exp.Expr]:
    """Return `root` and all below it, each before its parts."""
    found = [root]
    for node in found:  # it grows while it is read
        for value in node.args.values():
            if isinstance(value, exp.Expr):
                found.append(value)
            elif isinstance(value, list):
                found.extend(each for each in value if isinstance(each, exp.Expr))
    return found
