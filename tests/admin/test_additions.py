"""A manager words additions to mails, for their own centre."""

from typing import Any

import pytest
from django.urls import reverse

from appointments.models import Centre, MessageAddition, User
from tests.admin.desk import browser
from tests.factories import CentreFactory

ADD = reverse("admin:appointments_messageaddition_add")


def words(centre: Centre, **values: Any) -> dict[str, Any]:
    return {"centre": centre.pk, "kind": "booked", "language": "en", "text": "Bring your card, {patient}."} | values


def test_addition_when_worded(centre: Centre, manager: User) -> None:
    client = browser(manager)

    client.post(ADD, words(centre))
    again = client.post(ADD, words(centre)).content.decode()

    one = MessageAddition.objects.get()
    shown = client.get(reverse("admin:appointments_messageaddition_change", args=[one.pk])).content.decode()
    assert "Bring your card, Meera Nair." in shown
    assert "There is an addition to this mail in this language already." in again


@pytest.mark.parametrize(
    "values",
    [{"text": "{amount}"}, {"text": ""}, {"text": "x" * 301}, {"kind": "refund_completed"}, {"language": "xx"}],
)
def test_addition_when_it_will_not_do(values: dict[str, str], centre: Centre, manager: User) -> None:
    answer = browser(manager).post(ADD, words(centre, **values))

    assert list(answer.context["adminform"].form.errors) == list(values)
    assert not MessageAddition.objects.exists()


def test_addition_when_not_allowed(centre: Centre, manager: User, front_desk: User) -> None:
    assert browser(front_desk).post(ADD, words(centre)).status_code == 403
    browser(manager).post(ADD, words(CentreFactory.create()))

    assert not MessageAddition.objects.exists()
