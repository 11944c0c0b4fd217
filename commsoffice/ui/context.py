"""What every page knows: the sections and the time."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from commsoffice.accounts.models import User
from commsoffice.ui.banners import Banner
from commsoffice.ui.navigation import Link, public_links, staff_links
from commsoffice.ui.seams import banners


def navigation(request: HttpRequest) -> dict[str, object]:
    """Lazy: a page or a fragment that shows none of it pays no query."""

    def sections() -> list[Link]:
        user = request.user
        return staff_links(request, user) if isinstance(user, User) else []

    def above() -> list[Banner]:
        user = request.user
        return banners(user) if isinstance(user, User) else []

    return {
        "banners": SimpleLazyObject(above),
        "nav_sections": SimpleLazyObject(sections),
        "public_sections": SimpleLazyObject(lambda: public_links(request)),
        "now": timezone.localtime(),
    }
