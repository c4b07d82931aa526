"""What looks like a secret does not reach a line of the log, whatever its name."""

import pytest

from metatron.kernel.telemetry.logs import STRUCK_OUT, strike_out

KIND = "a"
ACCESS = f"Atz{KIND}|IwEBIA.x-y_z|9"


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        (f"refused {ACCESS} twice", ACCESS),
        ("GET https://bucket/r.csv?X-Amz-Signature=ab12cd&x=1", "ab12cd"),
        ("/files/1/r.csv?expires=1&signature=00ff", "00ff"),
    ],
)
def test_shapes(said: str, secret: str) -> None:
    struck = strike_out({"event": {"deep": [said]}})
    assert secret not in str(struck)
    assert STRUCK_OUT in str(struck)


def test_ordinary_words_stay() -> None:
    assert strike_out("Atlas, signatures: 3 of 5") == "Atlas, signatures: 3 of 5"
