"""A ModelAdmin that asks the roles page instead of Django's permission tables."""

from typing import ClassVar, TypeVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest

from commsoffice.accounts.enums import Permission
from commsoffice.accounts.models import User

M = TypeVar("M", bound=Model)


class RoleModelAdmin(admin.ModelAdmin[M]):
    """Names the permissions that read and change; nothing named, nothing allowed."""

    view_permission: ClassVar[Permission | None] = None
    change_permission: ClassVar[Permission | None] = None
    add_permission: ClassVar[Permission | None] = None
    delete_permission: ClassVar[Permission | None] = None

    @staticmethod
    def person(request: HttpRequest) -> User:
        """Who asks, for the verbs."""
        if not isinstance(request.user, User):
            raise PermissionDenied
        return request.user

    def _may(self, request: HttpRequest, permission: Permission | None) -> bool:
        user = request.user
        return isinstance(user, User) and permission is not None and user.may(permission)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the app where something of it may be read."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Read."""
        return self._may(request, self.view_permission) or self.has_change_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Change fields that are not a verb's."""
        return self._may(request, self.change_permission)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Add."""
        return self._may(request, self.add_permission)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Delete; hardly anything is."""
        return self._may(request, self.delete_permission)
