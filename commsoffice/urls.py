"""All addresses. Spanish and stable; the rooms are named by string only."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's documented way
# One page for one's own password, the one that is recorded.
_own_password = RedirectView.as_view(pattern_name="account_change_password")
admin.site.password_change = _own_password  # type: ignore[method-assign,assignment]  # another page instead
admin.site.password_change_done = _own_password  # type: ignore[method-assign,assignment]  # another page instead

urlpatterns = [
    path("", include("pressreleases.urls.public")),
    path("", include("agenda.urls.public")),
    path("", include("media_contacts.urls.public")),
    path("", include("commsoffice.outbox.urls.public")),
    path("", include("commsoffice.office.urls.public")),
    path("", include("commsoffice.files.urls.public")),
    path("", include("commsoffice.home.urls.public")),
    path("atencion/", include("citizen_requests.urls.public")),
    path("cuenta/", include("commsoffice.accounts.urls.public")),
    path("mesa/", include("commsoffice.home.urls.staff")),
    path("mesa/", include("commsoffice.ui.urls.staff")),
    path("mesa/agenda/", include("agenda.urls.staff")),
    path("mesa/cobertura/", include("coverage.urls.staff")),
    path("mesa/comunicados/", include("pressreleases.urls.staff")),
    path("mesa/envios/", include("commsoffice.outbox.urls.staff")),
    path("mesa/atencion/", include("citizen_requests.urls.staff")),
    path("mesa/fotos/", include("commsoffice.files.urls.staff")),
    path("mesa/medios/", include("media_contacts.urls.staff")),
    path("mesa/redes/", include("social.urls.staff")),
    path("mesa/sintesis/", include("monitoring.urls.staff")),
    path("mesa/bitacora/", include("commsoffice.audit.urls.staff")),
    path("admin/", admin.site.urls),
]
