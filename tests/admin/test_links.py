"""Links taken back at the desk: of a booking or of a patient, with a reason, in the history."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from appointments.manage.links import issue_link, link_of, stands
from appointments.models import Appointment, AppointmentEvent, Centre, ManageLink, User
from appointments.usecases.cancel import cancel_appointment
from refunds.bank import links as payout_links
from refunds.bank.queries import usable_link
from refunds.models import Refund
from tests.admin.desk import address, browser, doctor_account, member, messages_of
from tests.factories import NOW, booked, moving, patient_of


@pytest.fixture
def token(appointment: Appointment) -> str:
    return issue_link(chain_id=appointment.chain_id, now=NOW)


def take_back(user: User, appointment: Appointment, **answers: str) -> Any:
    answers = {"which": "booking", "reason": "The phone was lost", **answers}
    return browser(user).post(address("links", appointment), answers, follow=True)


def revoked(appointment: Appointment) -> list[tuple[str, str]]:
    events = appointment.events.filter(kind="links_revoked").order_by("sequence")
    return list(events.values_list("actor_label", "reason_text"))


def test_links_when_taken_back(front_desk: User, appointment: Appointment, token: str) -> None:
    issue_link(chain_id=appointment.chain_id, now=NOW)
    other = booked(slot=moving(appointment), patient=appointment.chain.patient)
    kept = issue_link(chain_id=other.chain_id, now=NOW)
    detail = browser(front_desk).get(address("change", appointment)).content.decode()
    assert "2 links in messages lead to this booking." in " ".join(detail.split())

    answer = take_back(front_desk, appointment)

    assert messages_of(answer) == ["2 links open nothing any more."]
    assert (link_of(token=token), link_of(token=kept) is not None) == (None, True)
    assert revoked(appointment) == [(f"{front_desk.full_name}, account {front_desk.pk}", "The phone was lost")]
    text = answer.content.decode()
    assert "Links in messages taken back" in text
    assert "The phone was lost" in text


def test_links_when_one_says_where_a_refund_goes(front_desk: User, appointment: Appointment, token: str) -> None:
    """Who has the phone must not name an account either."""
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)
    refund = Refund.objects.get()
    payout_token = payout_links.issue_link(refund_id=refund.pk, actor="test", now=NOW)

    take_back(front_desk, appointment)

    assert usable_link(digest=payout_links.digest_of(payout_token), now=NOW) is None


def test_links_when_of_the_patient(front_desk: User, appointment: Appointment, token: str) -> None:
    """Of every booking that the account sees; another centre's stand."""
    patient = appointment.chain.patient
    other, elsewhere = booked(slot=moving(appointment), patient=patient), booked(patient=patient)
    second, third = (issue_link(chain_id=one.chain_id, now=NOW) for one in (other, elsewhere))

    take_back(front_desk, appointment, which="patient")

    assert [link_of(token=one) is not None for one in (token, second, third)] == [False, False, True]
    assert [len(revoked(one)) for one in (appointment, other, elsewhere)] == [1, 1, 0]


def test_link_when_opened_again_by_sql(front_desk: User, appointment: Appointment, token: str) -> None:
    take_back(front_desk, appointment)

    with pytest.raises(IntegrityError, match="manage_link_stays_revoked"), transaction.atomic():
        ManageLink.objects.update(revoked_at=None)

    assert link_of(token=token) is None


def test_links_when_over(front_desk: User, appointment: Appointment, token: str) -> None:
    """The history of a cancelled appointment goes on; its status does not."""
    cancel_appointment(appointment_id=appointment.pk, actor=patient_of(appointment), now=NOW)

    take_back(front_desk, appointment)

    appointment.refresh_from_db()
    assert (appointment.status, link_of(token=token), len(revoked(appointment))) == ("cancelled", None, 1)


def test_visit_when_links_are_taken_back(front_desk: User, appointment: Appointment, token: str) -> None:
    link = ManageLink.objects.get()
    assert stands(pk=link.pk)

    take_back(front_desk, appointment)

    assert not stands(pk=link.pk)


def test_links_when_there_are_none(front_desk: User, appointment: Appointment) -> None:
    assert messages_of(take_back(front_desk, appointment)) == ["Nothing was changed: no link leads here any more."]
    assert revoked(appointment) == []
    assert "Take back links" not in browser(front_desk).get(address("change", appointment)).content.decode()


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"which": ""}, "which"),
        ({"which": "all"}, "which"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
    ],
)
def test_form_when_something_is_missing(
    front_desk: User, appointment: Appointment, token: str, answers: dict[str, str], field: str
) -> None:
    answer = take_back(front_desk, appointment, **answers)

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert (link_of(token=token) is not None, revoked(appointment)) == (True, [])


@pytest.mark.parametrize(
    ("role", "allowed"), [("front desk", True), ("centre manager", True), ("cashier", False), ("auditor", False)]
)
def test_links_when_role(centre: Centre, appointment: Appointment, token: str, role: str, *, allowed: bool) -> None:
    answer = take_back(member(centre, role), appointment)

    assert answer.status_code == (200 if allowed else 403)
    assert (link_of(token=token) is None) is allowed


def test_links_when_of_others(appointment: Appointment, token: str, centre: Centre) -> None:
    before = AppointmentEvent.objects.count()

    assert take_back(member(None, "front desk"), appointment).status_code == 404
    assert take_back(doctor_account(appointment), appointment).status_code == 403
    assert (link_of(token=token) is not None, AppointmentEvent.objects.count()) == (True, before)
