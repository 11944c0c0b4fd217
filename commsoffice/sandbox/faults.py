"""Faults on request: what the simulated network shall do wrong, to whom, and how often."""

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from commsoffice.sandbox.stalls import Stalls
from commsoffice.sandbox.store import Store

# What happens to the connection, the same for every HTTP service.
CONNECTION_FAULTS = {
    "drop_before": "Cuelga sin hacer nada",
    "drop_during": "Cuelga a la mitad de los datos",
    "accept_then_drop": "Lo hace y cuelga sin responder",
    "accept_then_error": "Lo hace y responde error",
    "accept_then_slow": "Lo hace y tarda en responder",
    "slow": "Tarda antes de hacerlo",
    "stall": "Se queda quieto hasta que se le suelte",
    "bad_gateway": "Responde 502 con una página HTML",
}

# Service → fault → what it does, in the words of the index page.
CATALOGUE: dict[str, dict[str, str]] = {
    "graph": {
        **CONNECTION_FAULTS,
        "expired_token": "Credencial vencida (190/463)",
        "password_changed": "Credencial anulada por cambio de contraseña (190/460)",
        "checkpoint": "Cuenta en revisión de seguridad (190/459)",
        "app_removed": "Aplicación retirada (190/458)",
        "role_lost": "Ya no administra la página (190/492)",
        "permission": "Falta permiso (200)",
        "invalid_parameter": "Parámetro no válido (100)",
        "blocked": "Bloqueo temporal por políticas (368)",
        "duplicate": "Publicación repetida (506)",
        "app_throttle": "Límite de la aplicación (4)",
        "user_throttle": "Límite del usuario (17)",
        "page_throttle": "Límite de la página (32)",
        "throttle": "Límite de uso de negocio (80000)",
        "http_500": "Error desconocido (1, HTTP 500)",
        "unavailable": "Servicio no disponible (2, HTTP 400)",
        "chunk_lost": "Guarda solo parte del trozo de video (6001/1363037)",
        "session_lost": "Sesión de video perdida (6000/1363041)",
        "processing": "Recibe el video y tarda en procesarlo",
        "processing_fails": "Recibe el video y después no puede procesarlo",
        "too_much_data": "Pide que se le pregunte por menos a la vez (1, HTTP 500)",
        "late_listing": "Publica, y tarda en mostrarlo en sus listas",
        "late_media": "Publica, y tarda en decir qué fotos lleva",
    },
    "youtube": {
        **CONNECTION_FAULTS,
        "expired_token": "Credencial rechazada (authError)",
        "quota_exceeded": "Cuota diaria agotada (quotaExceeded)",
        "upload_limit": "El canal ya no puede subir más (uploadLimitExceeded)",
        "throttle": "Límite diario de subidas del proyecto (rateLimitExceeded)",
        "too_fast": "Demasiadas llamadas por minuto (rateLimitExceeded)",
        "forbidden": "Sin permiso (forbidden)",
        "http_500": "Error del servidor (500)",
        "unavailable": "Servicio no disponible (503)",
        "session_lost": "Sesión de subida perdida (404)",
        "session_gone": "Sesión de subida vencida (410)",
        "processing": "Recibe el video y tarda en procesarlo",
        "late_listing": "Hace el video, y tarda en mostrarlo en la lista del canal",
        "force_private": "El video queda privado aunque se pida público",
        "reject_video": "El video se rechaza después de subirlo",
    },
    "token": {
        **CONNECTION_FAULTS,
        "invalid_grant": "Permiso retirado (invalid_grant)",
        "invalid_client": "Cliente desconocido (invalid_client)",
        "short_lived": "La credencial dura muy poco",
        "http_500": "Error del servidor (500)",
    },
    "smtp": {
        "refuse_recipient": "Rechaza al destinatario (550)",
        "defer_recipient": "Aplaza al destinatario (452)",
        "refuse_sender": "Rechaza al remitente (553)",
        "defer_sender": "Pide volver después (451)",
        "refuse_data": "Rechaza antes de recibir el texto (554)",
        "refuse_message": "Rechaza el mensaje recibido (554)",
        "defer_message": "Aplaza el mensaje recibido (451)",
        "too_big": "Mensaje demasiado grande (552)",
        "drop_before": "Cuelga antes de recibir",
        "drop_after_dot": "Cuelga después del punto final, sin guardar",
        "accept_then_drop": "Guarda el mensaje y cuelga sin responder",
        "slow": "Tarda en responder después del punto final",
        "stall": "Se queda quieto hasta que se le suelte",
        "bounce_later": "Lo acepta y después lo devuelve",
        "auto_reply": "Lo acepta y contesta «fuera de la oficina»",
        "complain": "Lo acepta y el lector lo marca como no deseado",
    },
    "imap": {
        "refuse_login": "Rechaza la contraseña",
        "unavailable": "Pide volver después",
        "in_use": "El buzón está ocupado",
        "drop_before": "Cuelga sin hacer nada",
        "drop_during": "Cuelga a la mitad de la respuesta",
        "accept_then_drop": "Lo hace y cuelga sin responder",
        "slow": "Tarda antes de hacerlo",
        "stall": "Se queda quieto hasta que se le suelte",
    },
}

# What a pattern looks at, in the words of the index page.
_FACTS = {"recipient": "destinatario", "sender": "remitente", "method": "método", "path": "ruta"}

# Faults that strike while the service works, not when a call arrives.
LATE_FAULTS = {
    "graph": frozenset({"late_listing", "late_media", "too_much_data"}),
    "youtube": frozenset({"processing", "late_listing", "force_private", "reject_video"}),
}

# Where a fault makes sense, unless the request says otherwise.
USUAL_MATCH: dict[tuple[str, str], dict[str, str]] = {
    ("graph", "chunk_lost"): {"path": "/videos$", "form.upload_phase": "^transfer$"},
    ("graph", "session_lost"): {"path": "/videos$", "form.upload_phase": "^(transfer|finish)$"},
    ("graph", "processing"): {"path": "/videos$", "form.upload_phase": "^finish$"},
    ("graph", "processing_fails"): {"path": "/videos$", "form.upload_phase": "^finish$"},
    ("graph", "duplicate"): {"method": "^POST$", "path": "/feed$"},
    ("youtube", "upload_limit"): {"path": "/upload/"},
    ("youtube", "throttle"): {"path": "/upload/"},
    ("youtube", "session_lost"): {"method": "^PUT$", "path": "/upload/"},
    ("youtube", "session_gone"): {"method": "^PUT$", "path": "/upload/"},
    ("imap", "refuse_login"): {"method": "^LOGIN$"},
    ("imap", "unavailable"): {"method": "^LOGIN$"},
    ("imap", "in_use"): {"method": "^(SELECT|EXAMINE)$"},
    ("imap", "drop_before"): {"method": "FETCH$"},
    ("imap", "drop_during"): {"method": "FETCH$"},
    ("imap", "accept_then_drop"): {"method": "(STORE|MOVE|COPY|EXPUNGE)$"},
    ("imap", "slow"): {"method": "FETCH$"},
    ("imap", "stall"): {"method": "FETCH$"},
}


class UnknownFault(Exception):
    """The service can't fail in that way; the message says which ways there are."""


@dataclass
class Fault:
    """One thing to do wrong.

    `match` holds regular expressions, all of which must be found in what is known about the call: method, path,
    recipient, sender, form.<field>, query.<field>, header.<name>. `skip` lets that many matching calls pass
    first; `times` is how often it happens, None meaning until it is taken away.
    """

    id: str
    service: str
    fault: str
    match: dict[str, str] = field(default_factory=dict)
    times: int | None = 1
    skip: int = 0
    params: dict[str, Any] = field(default_factory=dict)
    hits: int = 0

    def seconds(self, default: float = 5.0) -> float:
        """How long a slow answer takes."""
        return float(self.params.get("seconds", default))

    def hits_on(self, facts: dict[str, str]) -> bool:
        """Whether all its patterns are found in the facts of a call."""
        return all(re.search(pattern, facts.get(name, "")) is not None for name, pattern in self.match.items())


class Faults:
    """The faults that are switched on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.stalls = Stalls()

    def add(
        self,
        service: str,
        fault: str,
        *,
        match: dict[str, str] | None = None,
        times: int | None = 1,
        skip: int = 0,
        params: dict[str, Any] | None = None,
    ) -> Fault:
        """Switch a fault on. Raises UnknownFault, or re.error for a pattern that is none."""
        known = CATALOGUE.get(service)
        if known is None:
            raise UnknownFault(f"No service {service!r}; there are {', '.join(CATALOGUE)}.")
        if fault not in known:
            raise UnknownFault(f"{service} has no fault {fault!r}; there are {', '.join(known)}.")
        if match is None:
            match = USUAL_MATCH.get((service, fault), {})
        match = {name: str(pattern) for name, pattern in match.items()}
        for pattern in match.values():
            re.compile(pattern)
        number = str(self._store.next_number("fault"))
        added = Fault(number, service, fault, match, times, skip, params or {})
        self._store.put("fault", number, asdict(added))
        return added

    def all(self) -> list[Fault]:
        """Every fault that is switched on, oldest first."""
        return [Fault(**record) for record in self._store.all("fault")]

    def wanted_facts(self, service: str) -> set[str]:
        """Names of the facts that the faults of a service look at."""
        return {name for fault in self.all() if fault.service == service for name in fault.match}

    def take(self, service: str, facts: dict[str, str], *, only: frozenset[str] | None = None) -> Fault | None:
        """Use up one hit of the first fault that matches the call, and return it.

        `only` restricts it to faults that can strike at this moment of the protocol.
        """
        with self._store.lock:
            for fault in self.all():
                if fault.service != service or (only is not None and fault.fault not in only):
                    continue
                if not fault.hits_on(facts):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    self._store.put("fault", fault.id, asdict(fault))
                    continue
                fault.hits += 1
                if fault.times is not None and fault.hits >= fault.times:
                    self._store.delete("fault", fault.id)
                else:
                    self._store.put("fault", fault.id, asdict(fault))
                return fault
        return None

    def clear(self) -> None:
        """Switch every fault off."""
        for record in self._store.all("fault"):
            self._store.delete("fault", record["id"])


def fault_from_json(faults: Faults, body: object) -> Fault:
    """Switch on the fault that a JSON body describes. Raises ValueError with the reason."""
    if not isinstance(body, dict):
        raise ValueError("The body must be a JSON object.")  # noqa: TRY004 - the caller answers 400 to ValueError
    unknown = set(body) - {"service", "fault", "match", "times", "skip", "params"}
    if unknown:
        raise ValueError(f"Unknown keys: {', '.join(sorted(unknown))}.")
    times = body.get("times", 1)
    if times is not None and (not isinstance(times, int) or times < 1):
        raise ValueError("times must be a number above 0, or null.")
    try:
        return faults.add(
            str(body.get("service", "")),
            str(body.get("fault", "")),
            match=body.get("match"),
            times=times,
            skip=int(body.get("skip", 0)),
            params=body.get("params"),
        )
    except (UnknownFault, re.error) as error:
        raise ValueError(str(error)) from error


def facts_summary(fault: Fault) -> str:
    """Whom or what it strikes, on one line, for the index page."""
    return ", ".join(f"{_FACTS.get(name, name)}: {_plain(pattern)}" for name, pattern in fault.match.items())


def _plain(pattern: str) -> str:
    """An address as it is written, where the pattern is only that address."""
    plain = re.sub(r"\\(.)", r"\1", pattern)
    return plain if re.escape(plain) == pattern else pattern
