"""Who calls the API through an app: the account that allowed it, seeing what it sees on its pages."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from oauth2_provider.models import get_access_token_model

from appointments import visitors
from appointments.actor import Actor
from appointments.carers import rights_of
from appointments.models import Appointment, User
from appointments.patient_apps.consents import app_of_client, consent_for, note_use
from appointments.patient_apps.scopes import ACT, READ
from appointments.visitors import Visitor

_REQUESTS_A_MINUTE = 120
_LONGEST_LABEL = 80


@dataclass(frozen=True, slots=True)
class AppCaller:
    """An account that calls through an app. Both have to be allowed: the account by its rights, the app by its scopes."""

    user: User
    visitor: Visitor
    app_name: str
    may_read: bool
    may_write: bool
    requests_per_minute: int = _REQUESTS_A_MINUTE
    is_authenticated: bool = True

    @property
    def counted_as(self) -> str:
        """By what its requests are counted: the account, whichever app it uses."""
        return f"account-{self.user.pk}"

    @property
    def keeps_answers(self) -> dict[str, int]:
        """Whose Idempotency-Keys these are."""
        return {"account_id": self.user.pk}

    def actor_on(self, appointment: Appointment) -> Actor:
        """Return the patient or carer as the one who acts on an appointment they may act on, by the rules of patients."""
        actor = visitors.actor_for(self.visitor, appointment)
        return replace(actor, label=f"{actor.label}, app {self.app_name}"[:_LONGEST_LABEL])


def caller_with_app_token(token: str, *, now: datetime) -> AppCaller | None:
    """Return the account for which this access token was given to an app, or None for a token that opens nothing (any more)."""
    checksum = hashlib.sha256(token.encode()).hexdigest()
    row = (
        get_access_token_model()
        .objects.select_related("application")
        .filter(token_checksum=checksum, expires__gt=now, application__isnull=False, user__isnull=False)
        .first()
    )
    app = app_of_client(row.application.client_id) if row else None
    consent = consent_for(app_id=app.pk, user_id=row.user_id, now=now) if row and app else None
    if row is None or consent is None:
        return None
    note_use(consent, now=now)
    scopes, user = set(row.scope.split()), consent.user
    return AppCaller(
        user=user,
        visitor=Visitor(user, None, rights_of(user, now=now)),
        app_name=consent.app.name,
        may_read=READ in scopes,
        may_write=ACT in scopes,
    )
