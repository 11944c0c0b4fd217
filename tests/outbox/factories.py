"""Rows of the ledger in any state."""

from datetime import UTC, datetime, timedelta

import factory

from commsoffice.office.models import Area, AreaKind
from commsoffice.outbox.enums import SETTLED, DeliveryState, Purpose
from commsoffice.outbox.models import Delivery, Message

NOW = datetime(2026, 10, 14, 13, 30, tzinfo=UTC)


class AreaFactory(factory.django.DjangoModelFactory[Area]):
    class Meta:
        model = Area

    key = factory.Sequence(lambda n: f"T{n}")
    name = "Servicios Públicos"
    kind = AreaKind.DEPARTMENT


class MessageFactory(factory.django.DjangoModelFactory[Message]):
    class Meta:
        model = Message

    channel = "scripted"
    payload = {"text": "Se entregan luminarias."}
    sha256 = "0" * 64
    created_at = NOW


class DeliveryFactory(factory.django.DjangoModelFactory[Delivery]):
    class Meta:
        model = Delivery

    key = factory.Sequence(lambda n: f"test:{n}")
    purpose = Purpose.RELEASE
    channel = "scripted"
    recipient = factory.Sequence(lambda n: f"redaccion{n}@valle.example")
    recipient_name = factory.Sequence(lambda n: f"Redacción {n}")
    message = factory.SubFactory(MessageFactory, channel=factory.SelfAttribute("..channel"))
    subject_type = "office.area"
    subject_id = 1
    subject_label = "Entrega de luminarias"
    state = DeliveryState.QUEUED
    not_before = NOW
    planned_for = factory.SelfAttribute("not_before")
    created_at = NOW
    publish_at = factory.LazyAttribute(lambda o: NOW if o.state == DeliveryState.SCHEDULED else None)
    settled_at = factory.LazyAttribute(lambda o: NOW if o.state in SETTLED else None)
    lease_until = factory.LazyAttribute(
        lambda o: NOW + timedelta(minutes=5) if o.state == DeliveryState.SENDING else None
    )
