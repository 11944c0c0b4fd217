"""Outlets, contacts and lists for tests."""

import factory

from media_contacts.enums import Preference
from media_contacts.models import Contact, MediaList, Outlet


class OutletFactory(factory.django.DjangoModelFactory[Outlet]):
    class Meta:
        model = Outlet

    key = factory.Sequence(lambda n: f"m{n}")
    name = factory.Sequence(lambda n: f"El Faro {n:03d}")
    kind = "impreso diario"


class ContactFactory(factory.django.DjangoModelFactory[Contact]):
    class Meta:
        model = Contact

    outlet = factory.SubFactory(OutletFactory)
    name = factory.Sequence(lambda n: f"Reportera Inventada {n:03d}")
    email = factory.Sequence(lambda n: f"redaccion{n}@medio.example")
    phone = "000 000 0120"
    prefers = Preference.EMAIL


class MediaListFactory(factory.django.DjangoModelFactory[MediaList]):
    class Meta:
        model = MediaList
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Lista {n}")

    @factory.post_generation
    def contacts(self: MediaList, create: bool, extracted: list[Contact] | None) -> None:  # noqa: FBT001  factory-boy calls it so
        if create and extracted:
            self.contacts.set(extracted)
