"""Pages that only show answer nothing to a POST."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from commsoffice.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["agenda:list", "media:list", "media:lists", "monitoring:list", "releases:list"])
def test_a_list_takes_no_post(client: Client, director: User, name: str) -> None:
    client.force_login(director)
    assert client.post(reverse(name)).status_code == HTTPStatus.METHOD_NOT_ALLOWED
