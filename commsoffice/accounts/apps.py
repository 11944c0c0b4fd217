"""The room of people."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The people of the office and what each may do."""

    name = "commsoffice.accounts"
    label = "accounts"
    verbose_name = _("People")

    audit_words = {
        "accounts.create_person": _("made the account"),
        "accounts.edit_person": _("changed its data"),
        "accounts.set_roles": _("gave it other roles"),
        "accounts.set_password": _("set a new password"),
        "accounts.reset_password": _("set a new password by the link of an e-mail"),
        "accounts.deactivate": _("closed the account"),
        "accounts.reactivate": _("opened the account again"),
    }

    def ready(self) -> None:
        """See to it that the system user exists wherever the tables do, and listen to the pages of passwords."""
        from commsoffice.accounts import receivers  # noqa: F401  connects by being imported

        post_migrate.connect(_make_system_user, sender=self)


def _make_system_user(using: str, **_kwargs: object) -> None:
    from commsoffice.accounts.models import User

    User.objects.using(using).get_or_create(
        is_system=True,
        # No password fits and the address leads nowhere, so nobody signs in as the system.
        defaults={"email": "sistema@invalid", "name": "Sistema", "password": "!"},
    )
