"""What an account allows an app: given, looked up at every use, and ended at once with everything it opened."""

import hmac
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from oauth2_provider.models import (
    get_access_token_model,
    get_application_model,
    get_grant_model,
    get_refresh_token_model,
)

from appointments.errors import ChangedMeanwhileError
from appointments.locks import lock_app_consent
from appointments.models import AppConsent, PatientApp, User
from appointments.transactions import in_one_transaction

#: After so long the patient is asked again, used or not.
LASTS = timedelta(days=180)
#: How exactly the last use is known; a row written at every request would be a row fought over.
_LAST_USE_WITHIN = timedelta(minutes=1)


def stands(consent: AppConsent, *, now: datetime) -> bool:
    """Tell whether a consent, its account loaded, still opens anything: not ended, not too old, under the same password."""
    user = consent.user
    marks = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    is_same = any(hmac.compare_digest(consent.password_mark, mark) for mark in marks)
    return consent.ended_at is None and user.is_active and is_same and now - consent.allowed_at < LASTS


@in_one_transaction
def allow_app(*, app_id: int, user: User, may_act: bool, now: datetime) -> AppConsent:
    """Let an app into an account. What it was allowed before stays allowed; a consent that no longer stands ends with its tokens."""
    before = lock_app_consent(app_id=app_id, user_id=user.pk)
    if before is not None and not stands(before, now=now):
        _end(before, now=now)
        before = None
    consent = before or _begin(app_id, user, now) or lock_app_consent(app_id=app_id, user_id=user.pk)
    if consent is None:
        raise ChangedMeanwhileError
    consent.allowed_at, consent.may_act = now, consent.may_act or may_act
    consent.save(update_fields=["allowed_at", "may_act"])
    return consent


@in_one_transaction
def end_app(*, consent_id: UUID, user: User, now: datetime) -> bool:
    """End what the account allowed; every token and code of the app for it opens nothing from now on. False if it had ended."""
    found = AppConsent.objects.filter(pk=consent_id, user=user, ended_at__isnull=True).first()
    consent = lock_app_consent(app_id=found.app_id, user_id=user.pk) if found else None
    if consent is None or consent.pk != consent_id:
        return False
    _end(consent, now=now)
    return True


def consent_for(*, app_id: int, user_id: int, now: datetime) -> AppConsent | None:
    """Return the consent of an account for an app that stands now, or None."""
    found = (
        AppConsent.objects.select_related("app", "user")
        .filter(app=app_id, user=user_id, ended_at__isnull=True, app__is_active=True)
        .first()
    )
    return found if found and stands(found, now=now) else None


def consents_of(user: User, *, now: datetime) -> list[AppConsent]:
    """Return what an account allows now, by the app's name."""
    found = AppConsent.objects.filter(user=user, ended_at__isnull=True).select_related("app", "user")
    return [consent for consent in found.order_by("app__name", "pk") if stands(consent, now=now)]


def app_of_client(client_id: str) -> PatientApp | None:
    """Return the app that may be used and has this client at the token endpoint, or None."""
    return PatientApp.objects.filter(oauth_client_id=client_id, is_active=True).first()


def consent_to_end(user: User, *, consent_id: UUID) -> AppConsent | None:
    """Return what this account allowed and has not ended, or None."""
    found = AppConsent.objects.filter(pk=consent_id, user=user, ended_at__isnull=True)
    return found.select_related("app", "user").first()


def note_use(consent: AppConsent, *, now: datetime) -> None:
    """Keep when an app last called, to the minute."""
    if consent.last_used_at is None or now - consent.last_used_at >= _LAST_USE_WITHIN:
        AppConsent.objects.filter(pk=consent.pk).update(last_used_at=now)


def _begin(app_id: int, user: User, now: datetime) -> AppConsent | None:
    """Make the consent, or return None where the same account has just done so on another page."""
    try:
        with transaction.atomic():
            mark = user.get_session_auth_hash()
            return AppConsent.objects.create(app_id=app_id, user=user, password_mark=mark, allowed_at=now)
    except IntegrityError:
        return None


def _end(consent: AppConsent, *, now: datetime) -> None:
    AppConsent.objects.filter(pk=consent.pk).update(ended_at=now)
    client = get_application_model().objects.filter(client_id=consent.app.oauth_client_id)
    _theirs(get_grant_model().objects.all(), consent, client).delete()
    live = _theirs(get_refresh_token_model().objects.filter(revoked__isnull=True), consent, client)
    live.update(revoked=now, updated=now)
    _theirs(get_access_token_model().objects.all(), consent, client).delete()


def _theirs(rows: QuerySet[Any], consent: AppConsent, client: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(user=consent.user_id, application__in=client)
