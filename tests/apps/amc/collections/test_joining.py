"""Results side by side: which columns they have together, and which of them a page needs."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from metatron.apps.amc.collections.joined import cut
from metatron.apps.amc.runs.results.joining import Part, joined
from metatron.apps.amc.runs.results.statements import Columns


def test_columns_of_all_results() -> None:
    together = joined(
        [
            Columns({"campaign": "VARCHAR", "reach": "BIGINT", "Client": "BIGINT"}),
            Columns({"campaign": "BIGINT", "Reach": "DECIMAL(9, 2)", "client_": "DATE"}),
        ]
    )
    assert together.shown.types == {
        "client": "VARCHAR", "segment_start": "TIMESTAMP", "segment_end": "TIMESTAMP",
        "campaign": "VARCHAR", "reach": "DOUBLE", "Client__": "BIGINT", "client_": "DATE",
    }  # fmt: skip
    assert together.source["Client__"] == "Client"


@given(st.lists(st.integers(1, 9), max_size=30), st.integers(0, 100), st.integers(1, 20))
def test_a_page_reads_no_more_results_than_it_needs(
    sizes: list[int], offset: int, limit: int
) -> None:
    parts = [Part(Path(str(place)), "c", "", "", size) for place, size in enumerate(sizes)]
    everything = [(part.file, row) for part in parts for row in range(part.row_count)]
    needed, begun = cut(parts, offset, limit)
    there = [(part.file, row) for part in needed for row in range(part.row_count)]
    wanted = everything[offset : offset + limit]
    assert there[begun : begun + limit] == wanted
    assert {part.file for part in needed} == {file for file, _ in wanted}
