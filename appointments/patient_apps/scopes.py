"""What a client may ask for at the token endpoint: patients' apps theirs, partners theirs."""

from collections.abc import Iterable
from typing import Any

from oauth2_provider.models import AbstractApplication

from appointments.partners.tokens import PartnerScopes

READ, ACT = "appointments:read", "appointments:write"
DESCRIBED = {READ: "See appointments, quotes and refunds", ACT: "Cancel and move appointments"}


class Scopes(PartnerScopes):
    """Those of a patient's account for apps, and those of bookings for partners. Nobody is given the other's."""

    def get_all_scopes(self) -> dict[str, str]:
        """Return the scopes that do not depend on who asks."""
        return super().get_all_scopes() | DESCRIBED

    def get_available_scopes(self, application: Any = None, request: Any = None, *_: Any, **__: Any) -> list[str]:
        """Return what this client may ask for."""
        if is_patient_app(application):
            return [READ, ACT]
        return super().get_available_scopes(application, request)

    def get_default_scopes(self, application: Any = None, request: Any = None, *_: Any, **__: Any) -> list[str]:
        """Return what a client gets that asks for nothing: an app may look, a partner gets all of its own."""
        return [READ] if is_patient_app(application) else super().get_default_scopes(application, request)


def is_patient_app(client: AbstractApplication | None) -> bool:
    """Tell whether a client of the token endpoint is an app of patients."""
    return client is not None and client.authorization_grant_type == AbstractApplication.GRANT_AUTHORIZATION_CODE


def make_sense(scopes: Iterable[str]) -> bool:
    """Tell whether somebody could use these together: what nobody may see nobody can change."""
    return ACT not in scopes or READ in scopes
