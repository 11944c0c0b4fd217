"""The people of the office."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from commsoffice.accounts.enums import Permission, Role
from commsoffice.accounts.roles import ADMIN_ROLES, permissions_of


class UserManager(BaseUserManager["User"]):
    """Makes users from an address."""

    def create_user(
        self, email: str, password: str | None = None, *, roles: Iterable[str] = (), **fields: Any
    ) -> "User":
        """Create a person; without a password nobody can sign in as them."""
        user = self.model(email=self.normalize_email(email).lower(), roles=list(roles), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an administrator (the name is Django's, for its command)."""
        fields.setdefault("name", email.split("@", maxsplit=1)[0])
        return self.create_user(email, password, roles=[Role.ADMINISTRATOR], **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find by address, whatever its capitals."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in with an e-mail address, or the system itself."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    post = models.CharField(_("post"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    roles = ArrayField(
        models.CharField(max_length=32, choices=Role),
        verbose_name=_("roles"),
        default=list,
        blank=True,
    )
    # Of a liaison: the key of the area (office.Area.key). Text, because the office room lies above.
    area_key = models.CharField(_("area"), max_length=20, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    # The one user in whose name the workers act. Cannot sign in.
    is_system = models.BooleanField(_("system"), default=False, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_ci"),
            models.UniqueConstraint(
                fields=("is_system",), condition=Q(is_system=True), name="accounts_one_system_user"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """All that this person may do."""
        return permissions_of(self.roles) if self.is_active else frozenset()

    def may(self, permission: Permission) -> bool:
        """Say whether this person may do it. The system user may do everything."""
        return self.is_system or permission in self.permissions

    def has_role(self, *roles: Role) -> bool:
        """Say whether the person holds one of these roles."""
        return any(role in self.roles for role in roles)

    @property
    def is_staff(self) -> bool:
        """Say whether Django's admin opens its door (its name for it)."""
        return self.is_active and any(role in ADMIN_ROLES for role in self.roles)

    @property
    def is_superuser(self) -> bool:
        """Nobody is above the roles."""
        return False

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Answer Django's admin; each ModelAdmin of ours asks ``may`` instead."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Show an app in the admin's index where one of its ModelAdmins answers."""
        return self.is_staff

    @property
    def short_name(self) -> str:
        """«N. Galarza»: initial and first family name, as on the route of the day."""
        first, *rest = self.name.split()
        return f"{first[0]}. {rest[0]}" if rest else first
