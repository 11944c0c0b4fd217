"""Our accounts on the networks."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from social.enums import Network, ProfileState
from social.fields import EncryptedJSONField


class Profile(models.Model):
    """One account, with who answers for it."""

    key = models.CharField(_("key"), max_length=20, unique=True)
    network = models.CharField(_("network"), max_length=10, choices=Network)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=120)
    # What the network calls it: page id, channel id.
    external_id = models.CharField(_("number on the network"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ProfileState, default=ProfileState.MANUAL)
    # facebook: {"access_token"}; youtube: {"refresh_token", "client_id", "client_secret"}.
    credentials = EncryptedJSONField(_("credentials"), default=dict, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answers for it"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    backup = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("stands in"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    daily_cap = models.PositiveSmallIntegerField(_("posts a day at most"), default=8)
    # A new release starts with it ticked.
    is_default = models.BooleanField(_("used by default"), default=False)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        ordering = ("key",)

    def __str__(self) -> str:
        return f"{self.get_network_display()}: {self.name}"

    @property
    def stage(self) -> ProfileState:
        """The state with its kind, for pages."""
        return ProfileState(self.state)

    @property
    def can_connect(self) -> bool:
        """Whether the worker has a channel for its network."""
        return self.network in {Network.FACEBOOK, Network.YOUTUBE}
