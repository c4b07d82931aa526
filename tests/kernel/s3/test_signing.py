"""Signatures against the examples that AWS publishes."""

import hashlib
from datetime import UTC, datetime

import pytest

from metatron.kernel.s3.signing import (
    EMPTY_SHA256,
    Signer,
    encoded_path,
    encoded_query,
)

AT = datetime(2013, 5, 24, tzinfo=UTC)
HOST = {"host": "examplebucket.s3.amazonaws.com"}
EXAMPLE = Signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
WELCOME = hashlib.sha256(b"Welcome to Amazon S3.").hexdigest()


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "payload", "signature"),
    [
        ("GET", "/test.txt", {}, {"range": "bytes=0-9"}, EMPTY_SHA256,
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        ("PUT", "/test$file.text", {},
         {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
         WELCOME, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        ("GET", "/", {"lifecycle": ""}, {}, EMPTY_SHA256,
         "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("GET", "/", {"prefix": "J", "max-keys": "2"}, {}, EMPTY_SHA256,
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)  # fmt: skip
def test_the_examples_of_s3(
    method: str,
    path: str,
    *,
    query: dict[str, str],
    headers: dict[str, str],
    payload: str,
    signature: str,
) -> None:
    told = EXAMPLE.headers(
        method, encoded_path(path), encoded_query(query), HOST | headers, payload_sha256=payload,
        at=AT,
    )  # fmt: skip
    assert told["authorization"].endswith(f"Signature={signature}")
    assert told["x-amz-date"] == "20130524T000000Z"


def test_the_vanilla_request_of_the_test_suite() -> None:
    signer = Signer(
        "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"
    )
    told = signer.headers(
        "GET", "/", "", {"host": "example.amazonaws.com"}, payload_sha256=EMPTY_SHA256,
        at=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )  # fmt: skip
    assert told["authorization"].endswith(
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    )


def test_a_signer_does_not_show_its_key() -> None:
    assert EXAMPLE.secret_access_key not in repr(EXAMPLE)


def test_paths_and_queries_are_encoded_once() -> None:
    assert encoded_path("/a b/client=1/ü") == "/a%20b/client%3D1/%C3%BC"
    assert encoded_query({"b": "/", "a": ""}) == "a=&b=%2F"
