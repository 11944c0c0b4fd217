"""Invented categories, areas and requests."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import factory

from citizen_requests.actions import Intake, file_request
from citizen_requests.models import Category, CitizenRequest
from commsoffice.accounts.queries import system_user
from commsoffice.office.models import Area, Locality

# A Wednesday, 11:00 in the office.
NOW = datetime(2026, 10, 14, 17, 0, tzinfo=UTC)


class AreaFactory(factory.django.DjangoModelFactory[Area]):
    class Meta:
        model = Area
        django_get_or_create = ("key",)

    key = "A13"
    name = "Servicios Públicos"
    kind = "department"
    liaison_post = "Jefatura de Cuadrillas"
    liaison_email = "enlace.a13@amatista.example"


class LocalityFactory(factory.django.DjangoModelFactory[Locality]):
    class Meta:
        model = Locality
        django_get_or_create = ("key",)

    key = "L04"
    name = "El Mirador"


class CategoryFactory(factory.django.DjangoModelFactory[Category]):
    class Meta:
        model = Category
        django_get_or_create = ("key",)

    key = "C05"
    name = "Luminaria apagada"
    area = factory.SubFactory(AreaFactory)
    priority = "medium"
    acknowledge_hours = 8
    route_days = 1
    first_answer_days = 3
    solve_days = 7
    icon = "lightbulb"


def intake(**changes: Any) -> Intake:
    given: dict[str, Any] = {
        "submission_key": uuid4(),
        "category": CategoryFactory.create(),
        "description": "La lámpara lleva tres noches apagada.",
        "locality": LocalityFactory.create(),
        "address": "Privada Jacaranda 8, entre Fresno y Encino",
        "name": "Juana Xalpan Ríos",
        "email": "juana.xalpan@correo.example",
        "phone": "000 000 0141",
        **changes,
    }
    return Intake(**given)


def filed(*, now: datetime = NOW, **changes: Any) -> CitizenRequest:
    return file_request(intake(**changes), by=system_user(), now=now)
