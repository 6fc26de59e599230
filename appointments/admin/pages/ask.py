"""What one person may not do alone: a second one is asked, or the agent has to be there."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _

from appointments.admin.desk import Desk
from appointments.errors import NotAllowedError, NotPermittedError, WrongStatusError
from appointments.reasons import Reason
from appointments.usecases.override import ask_for_override


def agent_gone() -> str:
    """Say that the agent a page was opened with does not stand at the desk any more."""
    return _("Nothing was changed: the agent’s visit or right has ended, or another began. Look again.")


def ask_second_person(
    desk: Desk, *, reason: Reason, percent: Decimal | None = None, slot_id: int | None = None
) -> HttpResponse:
    """Make the one call that asks. Raises ReasonMissingError or ReasonUnknownError."""
    try:
        ask_for_override(
            appointment_id=desk.appointment.pk,
            asked_by=desk.user,
            now=desk.now,
            reason=reason,
            percent=percent,
            slot_id=slot_id,
        )
    except NotAllowedError as error:
        return desk.back(refused=desk.refused(error.quote.refusal) if error.quote.refusal else "")
    except WrongStatusError:
        return desk.back(refused=_("Nothing was changed: another override of this appointment waits already."))
    except NotPermittedError as error:
        raise PermissionDenied from error
    return desk.back(done=_("Nothing was done yet: a second person has been asked. The appointment stands until then."))
