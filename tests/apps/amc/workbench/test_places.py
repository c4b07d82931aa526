"""Places in a query are counted as editors count them, whatever stands around them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metatron.apps.amc.language.checking import Checking, check
from metatron.apps.amc.language.places import characters, line_starts, place_of, units
from metatron.apps.amc.runs.one_line import problem_of
from metatron.apps.amc.workbench import schemas
from tests.apps.amc.house import House

PARTY, FLAG = "\N{PARTY POPPER}", "\N{REGIONAL INDICATOR SYMBOL LETTER N}" * 2
BREAKS = ("\n", "\r\n", "\r")


def _part(text: str, place: dict[str, int]) -> str:
    """Return what an editor marks: it knows lines, and in them UTF-16 units."""
    lines = re.split(r"\r\n|\r|\n", text)
    wide = [each.encode("utf-16-le") for each in lines[place["start_line"] - 1 :]]
    wide = wide[: place["end_line"] - place["start_line"] + 1]
    wide[-1] = wide[-1][: 2 * (place["end_column"] - 1)]
    wide[0] = wide[0][2 * (place["start_column"] - 1) :]
    return "\n".join(each.decode("utf-16-le") for each in wide)


def _marked(text: str, code: str) -> str:
    told = check(text, Checking()).as_json()
    assert told["unit"] == "utf-16"
    return _part(text, next(each["range"] for each in told["findings"] if each["code"] == code))


@pytest.mark.parametrize("end", BREAKS)
@pytest.mark.parametrize("sign", [PARTY, FLAG, "\u2028", "\x85", "e\u0301"])
def test_a_mark_is_where_the_word_is(sign: str, end: str) -> None:
    before = f"SELECT '{sign}' AS a,{end}  '{sign}' AS b, COUNT(*) AS n FROM dsp_viewz"
    assert _marked(before, "AMC001") == "dsp_viewz"
    after = f"SELECT COUNT(*) AS n FROM dsp_viewz{end} WHERE campaign = '{sign}'"
    assert _marked(after, "AMC001") == "dsp_viewz"
    inside = f"SELECT COUNT(*) AS n{end}FROM dsp_views WHERE '{sign}' = `no{sign}body` AND TRUE"
    assert _marked(inside, "AMC002") == f"`no{sign}body`"
    remarked = f"/* {sign}{end}{sign} */ SELECT COUNT(*) AS n FROM dsp_viewz"
    assert _marked(remarked, "AMC001") == "dsp_viewz"
    unread = f"SELECT '{sign}' AS a,{end} '{sign}', (1 FROM dsp_views"
    assert _marked(unread, "AMC022") == "FROM"


@pytest.mark.parametrize("end", BREAKS)
def test_the_whole_text_ends_where_it_ends(end: str) -> None:
    text = f"DROP TABLE a{end}-- {PARTY}"
    assert _marked(text, "AMC023") == text.replace(end, "\n")


@given(st.text(st.sampled_from(["\r", "\n", "a", " ", PARTY, "\u2028", "\x85"]), max_size=30))
def test_every_offset_has_its_place(text: str) -> None:
    starts = line_starts(text)
    assert len(starts) == len(re.split(r"\r\n|\r|\n", text))
    for offset in range(len(text) + 1):
        place = place_of(text, offset)
        lead = text[starts[place.line - 1] : offset]
        assert characters(text, units(text[:offset])) == offset
        inside_break = text[offset - 1 : offset + 1] == "\r\n" if offset else False
        assert place.column == units(lead.removesuffix("\r") if inside_break else lead) + 1


@pytest.mark.parametrize("end", BREAKS)
def test_amazons_place_leads_to_the_authors(end: str) -> None:
    sql = f"SELECT '{PARTY}' AS a, -- {PARTY}{end}  '{PARTY}' AS b, lost FROM dsp_views"
    sent = f"SELECT '{PARTY}' AS a, '{PARTY}' AS b, "
    told = problem_of(sql, f"Unknown column (line 1, column {units(sent) + 1})")
    assert (told["line"], told["column"]) == (2, units(f"  '{PARTY}' AS b, ") + 1)


async def test_the_workbench_says_what_it_counts(house: House) -> None:
    sql = f"SELECT '{PARTY}' AS a,\r\n '{PARTY}' AS b, COUNT(*) AS n FROM dsp_viewz"
    answer = await house.viewer.post("/amc/check", json={"sql": sql})
    told = schemas.CheckAnswer.model_validate(answer.json())
    assert told.unit == "utf-16"
    (unknown,) = (each for each in told.findings if each.code == "AMC001")
    assert _part(sql, unknown.range.model_dump()) == "dsp_viewz"
    assert unknown.fix is not None
    assert _part(sql, unknown.fix.range.model_dump()) == "dsp_viewz"
    assert unknown.fix.text == "dsp_views"


@pytest.mark.parametrize("end", BREAKS)
async def test_offers_replace_what_is_typed(house: House, end: str) -> None:
    lead = f"SELECT '{PARTY}' AS a,{end}  -- {PARTY}{end}'{PARTY}' AS b, COUNT(*) AS n FROM "
    body = {"sql": f"{lead}dsp_cl", "offset": units(lead) + 3}
    answer = schemas.CompleteAnswer.model_validate(
        (await house.viewer.post("/amc/complete", json=body)).json()
    )
    assert (answer.start, answer.end, answer.unit) == (units(lead), units(lead) + 6, "utf-16")
    assert any(each.insert == "dsp_clicks" for each in answer.items)


@pytest.mark.parametrize("end", BREAKS)
async def test_a_layout_keeps_texts_and_remarks(house: House, end: str) -> None:
    sql = f"select '{PARTY}' as a, -- {FLAG}{end} count(*) as n from dsp_views"
    laid = (await house.viewer.post("/amc/format", json={"sql": sql})).json()["sql"]
    assert f"'{PARTY}' AS a" in laid
    assert f"-- {FLAG}\n" in laid
    again = (await house.viewer.post("/amc/format", json={"sql": laid})).json()["sql"]
    assert again == laid
