"""Our accounts on the networks."""

import uuid

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
    # facebook: {"access_token"}; youtube: {"refresh_token"}, and {"client_id", "client_secret"} where these are
    # not those of the settings.
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
    # What the daily check last saw: when, what is missing or ends soon, in words; empty when all is well.
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    check_note = models.CharField(_("what the check saw"), max_length=300, blank=True)
    # When the network says that the permission ends; None where it doesn't, or doesn't say.
    expires_at = models.DateTimeField(_("permission ends"), null=True, blank=True)
    # Posts with an hour are handed to the network at once, which publishes them at theirs.
    schedules_natively = models.BooleanField(_("the network publishes at the hour"), default=False)
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


class Journey(models.Model):
    """A person on the way to a network and back, to connect an account. It lives ten minutes; see the verbs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    profile = models.ForeignKey(Profile, verbose_name=_("profile"), on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+"
    )
    # Digest of what only this session knows: who comes back must be who left.
    browser = models.CharField(_("browser"), max_length=64)
    # Under way: {"verifier"}. Back again: {"offers"}, the pages or channels with their tokens, to be chosen from.
    secrets = EncryptedJSONField(_("secrets"), default=dict, blank=True)
    began_at = models.DateTimeField(_("began"))
    # An answer of the network is taken once.
    returned_at = models.DateTimeField(_("came back"), null=True, blank=True)

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")

    def __str__(self) -> str:
        return str(self.profile)


class QuotaUse(models.Model):
    """What was used of an allowance on one of the network's days. ``bucket`` as in ``enums.QUOTAS``."""

    network = models.CharField(_("network"), max_length=10, choices=Network)
    # Whose allowance it is: the client id of the application.
    project = models.CharField(_("project"), max_length=120)
    bucket = models.CharField(_("allowance"), max_length=20)
    # The network's own day: Google's begins at midnight in California.
    day = models.DateField(_("day"))
    used = models.PositiveIntegerField(_("used"), default=0)

    class Meta:
        verbose_name = _("use of an allowance")
        verbose_name_plural = _("use of allowances")
        constraints = (
            models.UniqueConstraint(fields=("network", "project", "bucket", "day"), name="social_quota_once"),
        )

    def __str__(self) -> str:
        return f"{self.bucket} {self.day}: {self.used}"
