"""Small files, small functions, telling names. Every message says how to mend."""

import ast
import statistics

from tests.style.tree import ROOT, SOURCES, functions, modules

LONGEST_FILE = 300
LONGEST_FUNCTION = 50
MEDIAN_FILE = 80
VAGUE = {"utils", "helpers", "common", "manager", "base", "misc", "util", "helper"}
WEB_LONGEST = 250


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]  # a docstring may be as long as it is useful
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_file_is_long() -> None:
    sizes = {path: len((ROOT / path).read_text().splitlines()) for path in modules()}
    long = {str(path): size for path, size in sizes.items() if size > LONGEST_FILE}
    assert not long, f"split by capability until each has <= {LONGEST_FILE} lines: {long}"
    sql = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in SOURCES.rglob("*.sql")
    }
    long = {path: size for path, size in sql.items() if size > LONGEST_FILE}
    assert not long, f"split the script: {long}"
    assert statistics.median(sizes.values()) <= MEDIAN_FILE


def test_no_function_is_long() -> None:
    long = [
        f"{path}:{node.lineno} {node.name} has {_lines(node)} lines"
        for path, tree in modules().items()
        for node in functions(tree)
        if _lines(node) > LONGEST_FUNCTION
    ]
    assert not long, f"name the steps and move them out: {long}"


def test_names_tell_what_is_inside() -> None:
    vague = [str(path) for path in modules() if VAGUE & set(path.with_suffix("").parts)]
    assert not vague, f"name the file after its capability: {vague}"


def test_web_files_are_small() -> None:
    sources = [
        path
        for path in (ROOT / "web" / "src").rglob("*.ts*")
        if not path.name.endswith((".gen.ts", "api-types.ts"))
    ]
    long = [
        f"{path.relative_to(ROOT)} has {size} lines"
        for path in sources
        if (size := len(path.read_text().splitlines())) > WEB_LONGEST
    ]
    assert not long, f"split the component: {long}"
