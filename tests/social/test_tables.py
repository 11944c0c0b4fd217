"""What the networks' codes mean, as recorded answers carry them."""

import json
from typing import Any

import pytest

from social.channels import facebook_errors, youtube_errors
from social.channels.common import cut, said
from social.channels.facebook_errors import Meaning as Facebook
from social.channels.youtube_errors import Meaning as YouTube

FACEBOOK = [
    ({"code": 190, "error_subcode": 463}, Facebook.EXPIRED),
    ({"code": 190, "error_subcode": 460}, Facebook.EXPIRED),
    ({"code": 190, "error_subcode": 492}, Facebook.EXPIRED),
    ({"code": 190}, Facebook.EXPIRED),
    ({"code": "190"}, Facebook.EXPIRED),
    ({"code": 102}, Facebook.EXPIRED),
    ({"code": 104}, Facebook.EXPIRED),
    ({"code": 2, "is_transient": True}, Facebook.UNKNOWN),
    ({"code": 1, "error_subcode": 99}, Facebook.UNKNOWN),
    ({"code": 1, "error_subcode": 2853001, "is_transient": False}, Facebook.UNKNOWN),
    ({"code": 4}, Facebook.THROTTLED),
    ({"code": 17, "error_subcode": 2446079}, Facebook.THROTTLED),
    ({"code": 32}, Facebook.THROTTLED),
    ({"code": 341}, Facebook.THROTTLED),
    ({"code": 613}, Facebook.THROTTLED),
    ({"code": 80000, "error_subcode": 2446079}, Facebook.THROTTLED),
    ({"code": 80014}, Facebook.THROTTLED),
    ({"code": 368, "error_subcode": 1390008}, Facebook.THROTTLED),
    ({"code": 368, "error_subcode": 1346003}, Facebook.REFUSED),
    ({"code": 368}, Facebook.REFUSED),
    ({"code": 10}, Facebook.REFUSED),
    ({"code": 200}, Facebook.REFUSED),
    ({"code": 283}, Facebook.REFUSED),
    ({"code": 100}, Facebook.REFUSED),
    ({"code": 100, "error_subcode": 33}, Facebook.REFUSED),
    ({"code": 100, "error_subcode": 1366046}, Facebook.REFUSED),
    ({"code": 324, "error_subcode": 2069019}, Facebook.REFUSED),
    ({"code": 1609005}, Facebook.REFUSED),
    ({"code": 200, "error_subcode": 1404078}, Facebook.REFUSED),
    ({"code": 506, "error_subcode": 1455006}, Facebook.SAID_BEFORE),
    ({"code": 100, "error_subcode": 1366051}, Facebook.SAID_BEFORE),
    ({"code": 6001, "error_subcode": 1363037, "is_transient": True}, Facebook.OFFSET),
    ({"code": 6000, "error_subcode": 1363041}, Facebook.SESSION_GONE),
    ({"code": 352, "error_subcode": 1363024}, Facebook.REFUSED),
    ({"code": 987654}, Facebook.UNKNOWN),
    ({"code": None}, Facebook.UNKNOWN),
    ({}, Facebook.UNKNOWN),
]


@pytest.mark.parametrize(("error", "meaning"), FACEBOOK)
def test_facebook(error: dict[str, Any], meaning: Facebook):
    assert facebook_errors.rule_for(error).meaning == meaning


def youtube_body(reason: str, message: str = "") -> bytes:
    return json.dumps({"error": {"message": message, "errors": [{"reason": reason}]}}).encode()


YOUTUBE = [
    (401, youtube_body("authError"), YouTube.EXPIRED),
    (403, youtube_body("quotaExceeded"), YouTube.TOMORROW),
    (400, youtube_body("uploadLimitExceeded"), YouTube.TOMORROW),
    (429, youtube_body("rateLimitExceeded", "limit 'Video Uploads per day'"), YouTube.TOMORROW),
    (429, youtube_body("rateLimitExceeded", "limit 'Queries per minute'"), YouTube.LATER),
    (403, youtube_body("userRateLimitExceeded"), YouTube.LATER),
    (403, youtube_body("forbidden"), YouTube.REFUSED),
    (400, youtube_body("invalidTitle"), YouTube.REFUSED),
    (400, youtube_body("somethingNew"), YouTube.REFUSED),
    (500, youtube_body("backendError"), YouTube.BROKEN),
    (503, youtube_body("somethingNew"), YouTube.BROKEN),
    (502, b"<html>Bad gateway</html>", YouTube.BROKEN),
    (429, b"", YouTube.LATER),
    (404, b"[]", YouTube.REFUSED),
]


@pytest.mark.parametrize(("status", "content", "meaning"), YOUTUBE)
def test_youtube(status: int, content: bytes, meaning: YouTube):
    assert youtube_errors.read(status, content).meaning == meaning


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("GET /me?access_token=EAAGabc123&x=1 failed", "GET /me?access_token=•••&x=1 failed"),
        ("token EAAG-sandbox-gobierno is bad", "token ••• is bad"),
        ("refresh 1//0gAbc-def and ya29.a0Af", "refresh ••• and •••"),
        ("upload?upload_id=AbC12 gone", "upload?upload_id=••• gone"),
        ("the secret is s3cr3t", "the secret is •••"),
        ("BAD REAL REASON", "BAD REAL REASON"),
    ],
)
def test_no_secret_is_repeated(words: str, shown: str):
    assert said(words, ["s3cr3t", ""]) == shown


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [("corto", 10, "corto"), ("uno dos tres", 9, "uno dos…"), ("sinespacios", 5, "sine…")],
)
def test_a_text_is_cut_between_words(text: str, limit: int, short: str):
    assert cut(text, limit) == short
