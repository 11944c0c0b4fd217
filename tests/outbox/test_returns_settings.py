"""The address of the return mailbox."""

from dataclasses import astuple

import pytest
from django.core.exceptions import ImproperlyConfigured

from commsoffice.settings import env


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("imap://a:b@mx.example", ("mx.example", 143, "a", "b", "INBOX", False, False)),
        ("imap+tls://mx.example/Rebotes", ("mx.example", 143, "", "", "Rebotes", True, False)),
        (
            "imaps://a%40b.example:p%3A%2F@mx.example:1993/Bandeja/Rebotes",
            ("mx.example", 1993, "a@b.example", "p:/", "Bandeja/Rebotes", False, True),
        ),
    ],
)
def test_the_address_of_the_mailbox_is_read(url: str, read: tuple[object, ...]) -> None:
    assert astuple(env.mailbox(url)) == read


@pytest.mark.parametrize("url", ["pop3://mx.example", "mx.example", "imap:///INBOX"])
def test_a_wrong_address_is_one_clear_sentence(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="IMAP_URL must look like"):
        env.mailbox(url)
