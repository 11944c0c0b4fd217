"""Loads the demo office from the CSV files beside this module.

The days of its month are moved so that 9 October, the day of «Entrega de luminarias colonia
El Mirador», is the day of loading: the route of the day has something to show.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.text import slugify

from agenda.enums import EventState, Level, Modality
from agenda.models import Event
from citizen_requests.enums import Priority
from citizen_requests.models import Category
from commsoffice.accounts.enums import Role
from commsoffice.accounts.models import User
from commsoffice.accounts.queries import system_user
from commsoffice.office.models import Area, AreaKind, Locality, NonWorkingDay, Office
from commsoffice.office.queries import local_day, office_zone
from media_contacts.enums import Preference, Reach
from media_contacts.models import Contact, MediaList, Outlet
from social.enums import Network, ProfileState
from social.models import Profile

FOLDER = Path(__file__).parent
DOMAIN = "amatista.example"
# Printed by `make run`; loads only where DEMO_ALLOWED says so.
PASSWORD = "amatista-demo-2026"  # noqa: S105  a demo password is no secret
ANCHOR = date(2026, 10, 9)

ROLES = {
    "directora": Role.DIRECTOR,
    "editor": Role.HEAD_OF_PRESS,
    "editor_redes": Role.COMMUNITY_MANAGER,
    "redactor": Role.WRITER,
    "captura": Role.PHOTOGRAPHER,
    "diseño": Role.DESIGNER,
    "monitoreo": Role.MONITOR,
    "atencion": Role.CITIZEN_DESK,
    "borrador": Role.INTERN,
    "contratos": Role.ADMINISTRATOR,
}
AREA_KINDS = {
    "titular": AreaKind.HEAD,
    "staff": AreaKind.STAFF,
    "dependencia": AreaKind.DEPARTMENT,
    "cabildo": AreaKind.COUNCIL,
    "organismo": AreaKind.BODY,
}
MODALITIES = {
    "abierta": Modality.OPEN,
    "gráfica": Modality.PHOTO_ONLY,
    "pool": Modality.POOL,
    "cerrada": Modality.CLOSED,
    "interna": Modality.INTERNAL,
}
REACHES = {
    "local": Reach.LOCAL,
    "regional": Reach.REGIONAL,
    "estatal": Reach.STATE,
    "nacional": Reach.NATIONAL,
}
PREFERENCES = {
    "correo": Preference.EMAIL,
    "WhatsApp": Preference.WHATSAPP,
    "teléfono": Preference.TELEPHONE,
}
# What people report most stands first on the public form, as buttons.
CATEGORY_ICONS = {"C05": "lightbulb", "C07": "cone-striped", "C01": "droplet", "C08": "trash3", "C10": "tree"}
PRIORITIES = {
    "urgente": Priority.URGENT,
    "alta": Priority.HIGH,
    "media": Priority.MEDIUM,
    "baja": Priority.LOW,
}
NETWORKS = {
    "Facebook": Network.FACEBOOK,
    "YouTube": Network.YOUTUBE,
    "X": Network.X,
    "Instagram": Network.INSTAGRAM,
    "WhatsApp": Network.WHATSAPP,
}
# The accounts that the sandbox knows, as it seeds them.
CONNECTED: dict[str, tuple[str, dict[str, str]]] = {
    "R01": ("100000000000001", {"access_token": "EAAG-sandbox-gobierno"}),
    "R07": ("100000000000002", {"access_token": "EAAG-sandbox-proteccion"}),
    "R02": (
        "UCsandboxAmatistaTV00001",
        {
            "client_id": "sandbox-client",
            "client_secret": "sandbox-secret",
            "refresh_token": "1//sandbox-refresh-amatista",
        },
    ),
}
DEFAULT_PROFILES = {"R01", "R02"}
PUBLIC_WORKS_BEATS = {
    "gobierno municipal",
    "política y obra",
    "servicios públicos",
    "colonias",
    "vecinal",
}
NO_PUBLIC_AGENDA = {"reunión", "interna", "entrevista"}


@dataclass(frozen=True)
class Loaded:
    """What a load did."""

    created: bool
    events: int
    contacts: int


def rows(name: str) -> Iterator[dict[str, str]]:
    """Read one CSV file."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load(*, now: datetime) -> Loaded:
    """Load the demo office once; a second call changes nothing.

    Raises ImproperlyConfigured where the settings do not allow demo data.
    """
    if not settings.DEMO_ALLOWED:
        message = "Demo data loads only under the development settings (DEMO_ALLOWED is off here)."
        raise ImproperlyConfigured(message)
    created = not Event.objects.filter(key="E13").exists()
    if created:
        with transaction.atomic():
            _office()
            _places()
            _people()
            _media()
            _categories()
            _profiles()
            _agenda(now)
    return Loaded(created, Event.objects.count(), Contact.objects.count())


def accounts() -> list[tuple[Role, User]]:
    """Return one person per role, in the order of the roles."""
    people = list(User.objects.filter(is_system=False, is_active=True).order_by("id"))
    found = ((role, next((u for u in people if role in u.roles), None)) for role in Role)
    return [(role, user) for role, user in found if user is not None]


def _office() -> None:
    facts = {row["clave"]: row["valor"] for row in rows("office")}
    Office.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Dirección de Comunicación Social",
            "government": "Gobierno Municipal",
            "municipality": facts["municipio"],
            "state": facts["estado"].split(" (")[0],
            "address": "Palacio Municipal",
            "email": facts["correo"],
            "phone": "000 000 0100",
            "citizen_number": facts["numero_atencion"],
            "press_contact_name": "Nereo Galarza Tut",
            "press_contact_post": "Jefe de Prensa",
            "press_contact_phone": "000 000 0110",
            "press_contact_hours": "lunes a domingo, 7:00 a 21:00 h",
            "slogan": facts["lema"].split("»")[0].strip("«"),
            "time_zone": facts["zona_horaria"],
        },
    )
    NonWorkingDay.objects.bulk_create(
        NonWorkingDay(day=date.fromisoformat(row["fecha"]), reason=row["motivo"]) for row in rows("non_working_days")
    )


def _places() -> None:
    Area.objects.bulk_create(
        Area(
            key=row["area_id"],
            name=row["area"],
            kind=AREA_KINDS[row["tipo"]],
            liaison_post="" if row["enlace"] == "-" else row["enlace"],
            liaison_email=f"enlace.{row['area_id'].lower()}@{DOMAIN}",
            contributes_agenda=row["aporta_agenda"] == "si",
            speaks_in_crisis="Protección Civil" in row["area"],
        )
        for row in rows("departments")
    )
    Locality.objects.bulk_create(
        Locality(
            key=row["localidad_id"],
            name=row["localidad"],
            kind=row["tipo"],
            inhabitants=int(row["habitantes"]),
        )
        for row in rows("localities")
    )


def _people() -> None:
    for number, row in enumerate(rows("staff"), start=1):
        first, last, *_rest = row["nombre_ficticio"].split()
        _person(
            f"{slugify(first)}.{slugify(last)}",
            row["nombre_ficticio"],
            row["puesto"],
            ROLES[row["rol_sistema"]],
            phone=f"000 000 01{number + 8:02d}",
        )
    _person(
        "enlace.a13",
        "Amaranta Robledo Chi",
        "Enlace de Servicios Públicos",
        Role.AREA_LIAISON,
        area_key="A13",
    )
    _person("auditoria", "Leocadio Ponce Baas", "Auditor de la Contraloría", Role.AUDITOR)


def _person(mailbox: str, name: str, post: str, role: Role, **fields: str) -> None:
    User.objects.create_user(f"{mailbox}@{DOMAIN}", PASSWORD, name=name, post=post, roles=[role], **fields)


def _media() -> None:
    everyone: list[Contact] = []
    works: list[Contact] = []
    for number, row in enumerate(rows("media_outlets"), start=1):
        outlet = Outlet.objects.create(
            key=row["id"],
            name=row["nombre_ficticio"],
            kind=row["tipo"],
            reach=REACHES[row["cobertura"]],
            periodicity=row["periodicidad"],
            closing=row["hora_cierre"],
            beat=row["fuente_que_nos_cubre"],
            audience=int(row["alcance"]),
            registry=row["padron_estatal"],
        )
        prefers = PREFERENCES[row["prefiere"]]
        # Those who prefer the telephone have no address: somebody calls them.
        mailbox = slugify(row["nombre_ficticio"].split(" (")[0].removesuffix(".example"))
        contact = Contact.objects.create(
            outlet=outlet,
            post=row["contacto"],
            email="" if prefers == Preference.TELEPHONE else f"redaccion@{mailbox}.example",
            phone=f"000 000 01{number + 40:02d}",
            prefers=prefers,
        )
        if not row["tipo"].startswith("alternativo"):
            everyone.append(contact)
        if row["fuente_que_nos_cubre"] in PUBLIC_WORKS_BEATS or row["id"] == "M12":
            works.append(contact)
    MediaList.objects.create(
        name="Medios locales y estatales",
        description="Todos los medios que reciben boletines",
        is_default=True,
    ).contacts.set(everyone)
    MediaList.objects.create(
        name="Fuente de obra y servicios",
        description="Quienes cubren obra pública, servicios y colonias",
    ).contacts.set(works)


def _categories() -> None:
    areas = {area.key: area for area in Area.objects.all()}
    Category.objects.bulk_create(
        Category(
            key=row["id"],
            name=row["categoria"],
            area=areas[row["area"]],
            priority=PRIORITIES[row["prioridad"]],
            acknowledge_hours=int(row["acuse_h"]),
            route_days=int(row["canalizar_d"]),
            first_answer_days=int(row["primera_respuesta_d"]),
            solve_days=int(row["solucion_d"]),
            needs_place=row["requiere_ubicacion"] == "si",
            verification=row["visita_verificacion"],
            evidence=row["evidencia"],
            is_restricted="reservado" in row["evidencia"] or "restringido" in row["evidencia"],
            icon=CATEGORY_ICONS.get(row["id"], ""),
        )
        for row in rows("request_categories")
    )


def _profiles() -> None:
    posts = {row["equipo_id"]: row["nombre_ficticio"] for row in rows("staff")}
    people = {user.name: user for user in User.objects.all()}
    for row in rows("social_profiles"):
        external_id, credentials = CONNECTED.get(row["cuenta_id"], ("", {}))
        Profile.objects.create(
            key=row["cuenta_id"],
            network=NETWORKS[row["red"]],
            kind=row["tipo_perfil"],
            name=row["nombre"],
            external_id=external_id,
            state=ProfileState.CONNECTED if credentials else ProfileState.MANUAL,
            credentials=credentials,
            owner=people.get(posts.get(row["responsable"], "")),
            backup=people.get(posts.get(row["respaldo"], "")),
            daily_cap=int(row["tope_posts_dia"]),
            is_default=row["cuenta_id"] in DEFAULT_PROFILES,
        )


def _agenda(now: datetime) -> None:
    shift = local_day(now) - ANCHOR
    zone = office_zone()
    areas = {area.key: area for area in Area.objects.all()}
    localities = {place.key: place for place in Locality.objects.all()}
    head = User.objects.get(email=f"nereo.galarza@{DOMAIN}")
    system = system_user()
    events = []
    for row in rows("agenda_2026-10"):
        day = date.fromisoformat(row["fecha"]) + shift
        notice = int(row["anuncio_dias_antes"])
        # It was on the agenda before it had to be announced, and never in the future.
        known = datetime.combine(day - timedelta(days=notice + 1), time(18), tzinfo=zone)
        known = min(known.astimezone(UTC), now)
        events.append(
            Event(
                key=row["id"],
                title=row["evento"],
                kind=row["tipo"],
                area=areas[row["area"]],
                locality=localities[row["localidad"]],
                date=day,
                start_time=time.fromisoformat(row["hora"]),
                presides=row["preside"].capitalize(),
                level=Level(row["nivel"]),
                level_reason=f"preside {row['preside'].capitalize()}",
                modality=MODALITIES[row["modalidad"]],
                notice_days=notice,
                products=row["productos"].replace(";", ", "),
                blackout_class=row["clase_veda"],
                is_public=row["modalidad"] not in {"interna", "cerrada"} and row["tipo"] not in NO_PUBLIC_AGENDA,
                state=EventState.CONFIRMED,
                confirmed_by=head,
                confirmed_at=known,
                created_by=system,
                created_at=known,
            )
        )
    Event.objects.bulk_create(events)
