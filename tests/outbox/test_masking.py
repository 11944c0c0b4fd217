import pytest

from commsoffice.outbox.masking import LONGEST, mask


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("GET /v24.0/feed?access_token=abc123&x=1", "GET /v24.0/feed?access_token=•••&x=1"),
        ('{"access_token": "abc123", "id": 1}', '{"access_token": "•••", "id": 1}'),
        ("Authorization: Bearer abc.def-123", "Authorization: •••"),
        ("{'Authorization': 'OAuth abc123'}", "{'Authorization': '•••'}"),
        ("sent Bearer abcdef123456 to them", "sent Bearer ••• to them"),
        ("smtp://user:secret1@mail.example", "smtp://user:•••@mail.example"),
        ("token EAABsbCS1234567890ZZZZZZ was refused", "token ••• was refused"),
        ("ya29.a0AfH6SMBx1234567 expired", "••• expired"),
        ("client_secret=xyz;refresh_token=1//abc", "client_secret=•••;refresh_token=•••"),
        ("Set-Cookie: session=abc; Path=/", "Set-Cookie: •••"),
        ("550 5.1.1 No such user here", "550 5.1.1 No such user here"),
        ("(#190) Error validating access token: expired", "(#190) Error validating access token: •••"),
        ("nul\x00", "nul"),
    ],
)
def test_no_secret_stays(said: str, shown: str) -> None:
    assert mask(said) == shown


def test_long_answers_are_cut() -> None:
    assert len(mask("x" * 10_000)) == LONGEST
