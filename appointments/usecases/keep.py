"""Give up a move that waits for payment: the appointment stays as it was."""

from datetime import datetime

from appointments.actor import Actor
from appointments.locks import lock_chain
from appointments.transactions import in_one_transaction
from appointments.usecases.cancel import end_waiting_replacement


@in_one_transaction
def keep_appointment(*, appointment_id: int, actor: Actor, now: datetime) -> bool:
    """End the draft that waits to replace this appointment. Returns False if none waits.

    A payment that arrives for it later goes back in full by itself.
    """
    locked = lock_chain(appointment_id=appointment_id)
    if locked.replacement is None:
        return False
    end_waiting_replacement(locked, actor=actor, now=now)
    return True
