"""The envelope sender that says which delivery came back."""

import pytest
from pytest_django.fixtures import Settings

from commsoffice.outbox.channels.verp import delivery_of_return_address, return_address
from commsoffice.outbox.models import Delivery


@pytest.fixture(autouse=True)
def _return_address(settings: Settings) -> None:
    settings.EMAIL_RETURN_ADDRESS = "rebotes@valle.example"


def test_address_names_its_delivery() -> None:
    address = return_address(Delivery(pk=123))
    assert address.startswith("rebotes+123.")
    assert delivery_of_return_address(address) == 123


@pytest.mark.parametrize("shape", ["<{}>", "Rebotes <{}>", " {} "])
def test_address_is_found_however_it_is_written(shape: str) -> None:
    assert delivery_of_return_address(shape.format(return_address(Delivery(pk=7)).upper())) == 7


@pytest.mark.parametrize(
    "address", ["", "rebotes@valle.example", "rebotes+123.000000000000@valle.example", "rebotes+x.y@valle.example"]
)
def test_address_that_nobody_signed_names_nothing(address: str) -> None:
    assert delivery_of_return_address(address) is None


def test_number_can_not_be_changed() -> None:
    address = return_address(Delivery(pk=123)).replace("+123.", "+124.")
    assert delivery_of_return_address(address) is None


def test_key_that_was_rotated_still_counts(settings: Settings) -> None:
    address = return_address(Delivery(pk=9))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the-next-secret-key-of-the-office"
    assert delivery_of_return_address(address) == 9


def test_without_a_setting_the_sender_is_plain(settings: Settings) -> None:
    settings.EMAIL_RETURN_ADDRESS = ""
    settings.DEFAULT_FROM_EMAIL = "Comunicación <comunicacion@valle.example>"
    assert return_address(Delivery(pk=1)) == "comunicacion@valle.example"
