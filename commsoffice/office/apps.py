"""The room of the office itself."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    """Who we are."""

    name = "commsoffice.office"
    label = "office"
    verbose_name = _("Office")

    audit_words = {
        "office.save": _("changed its data"),
        "office.remove": _("removed it"),
    }

    def ready(self) -> None:
        """See to it that there is one office, still unnamed, wherever the table is."""
        post_migrate.connect(_make_office, sender=self)


def _make_office(using: str, **_kwargs: object) -> None:
    from commsoffice.office.models import Office

    Office.objects.using(using).get_or_create(
        pk=1,
        defaults={
            "name": "Dirección de Comunicación Social",
            "government": "Gobierno Municipal",
            "municipality": "Municipio",
            "state": "Estado",
            "email": "comunicacion@invalid.example",
        },
    )
