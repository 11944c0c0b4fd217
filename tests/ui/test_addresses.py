"""Addresses that no page can answer."""

import pytest
from django.test import Client

from commsoffice.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("contacto/%00:1/", 404),
        ("de/a%00.b/1/", 404),
        ("cuenta/facebook/%00/", 404),
        ("?account=%00&ref=%00:1", 200),
    ],
)
def test_a_nul_finds_nothing(client: Client, director: User, address: str, status: int) -> None:
    client.force_login(director)
    assert client.get(f"/mesa/envios/{address}").status_code == status
