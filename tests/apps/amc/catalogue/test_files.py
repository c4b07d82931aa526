"""Files of products and campaigns as people send them."""

import pytest

from metatron.apps.amc.catalogue.files import MOST_PROBLEMS, Unreadable, parse
from metatron.apps.amc.catalogue.words import asked_words, words_of


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", ["\t", ",", ";"])
def test_encodings_and_separators(encoding: str, sign: str) -> None:
    lines = [
        ["ASIN", "Item-Name", "Brand_Name", "Status"],
        ["b00000000x", "Käse", "Ä&B", "Inactive"],
    ]
    content = "\r\n".join(sign.join(line) for line in lines).encode(encoding)
    parsed = parse(content, "asins")
    assert parsed.rows == [
        {
            "asin": "B00000000X",
            "title": "Käse",
            "brand": "Ä&B",
            "marketplace": "",
            "active": "false",
        }
    ]
    assert (parsed.lines, parsed.refused) == (1, 0)


def test_what_is_no_asin_is_told_with_its_line() -> None:
    parsed = parse(b"asin\nB000000001\n\n0306406152\nB00\n=cmd()\n", "asins")
    assert [row["asin"] for row in parsed.rows] == ["B000000001", "0306406152"]
    assert [problem["line"] for problem in parsed.problems] == [5, 6]
    assert parsed.refused == 2


def test_problems_are_bounded_but_counted() -> None:
    parsed = parse(b"asin\n" + b"no\n" * 1_000, "asins")
    assert (len(parsed.problems), parsed.refused) == (MOST_PROBLEMS, 1_000)


def test_of_two_lines_the_last_counts() -> None:
    parsed = parse(b"asin,title\nB000000001,old\nB000000001,new\n", "asins")
    assert [row["title"] for row in parsed.rows] == ["new"]


def test_campaigns_name_their_type() -> None:
    content = b"Campaign ID,Campaign name,Ad product\n12,Spring,Sponsored Brands\n13,Fall,TV\n"
    parsed = parse(content, "campaigns")
    assert parsed.rows == [
        {"campaign_id": "12", "name": "Spring", "kind": "SB", "state": "", "brand": ""}
    ]
    assert parsed.problems[0]["line"] == 3


@pytest.mark.parametrize("content", [b"title\nx\n", b"\n", b'asin,title\n"x\x00', b"\xff\xfe\x00"])
def test_a_file_that_names_no_column_is_refused(content: bytes) -> None:
    if content.startswith(b"asin"):
        assert parse(content, "asins").rows == []
    else:
        with pytest.raises(Unreadable):
            parse(content, "asins")


def test_words() -> None:
    assert words_of("B000000001", "Ämber-Light", "light 12oz") == [
        "b000000001", "ämber", "light", "12oz",
    ]  # fmt: skip
    assert asked_words("of LIGHT a%b") == ["light", "of", "a", "b"]
    assert asked_words(None) == []
