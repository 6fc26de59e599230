"""Accounts, patients, and who acts."""

# mypy: disable-error-code="no-untyped-call"
# (factory_boy types its factories, not its declarations)

from typing import Any

from django.contrib.auth.models import Permission
from factory.declarations import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from appointments.actor import Actor
from appointments.models import Appointment, Centre, Patient, User
from tests.factories.names import spoken


class UserFactory(DjangoModelFactory[User]):
    """An account that logs in by e-mail; nobody knows a password unless one is given."""

    class Meta:
        model = User

    email = Sequence(lambda number: f"{spoken(number).lower()}@example.org")
    full_name = Sequence(lambda number: f"Person {spoken(number)}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **kwargs)


class PatientFactory(DjangoModelFactory[Patient]):
    """A patient with an account and its e-mail address."""

    class Meta:
        model = Patient

    user = SubFactory(UserFactory)
    name = Sequence(lambda number: f"Patient {spoken(number)}")
    email = LazyAttribute(lambda patient: patient.user.email if patient.user else "")


def staff_member(centre: Centre, *permissions: str) -> User:
    """Return an account that works for the centre, with these permissions, such as "override_percentage"."""
    user = UserFactory.create(is_staff=True)
    centre.staff.add(user)
    for codename in permissions:
        user.user_permissions.add(Permission.objects.get(content_type__app_label="appointments", codename=codename))
    return user


def patient_of(appointment: Appointment) -> Actor:
    """Return the appointment's own patient as the one who acts."""
    user = appointment.chain.patient.user
    assert user is not None
    return Actor.patient(user)


def staff_of(appointment: Appointment, *permissions: str) -> Actor:
    """Return a new member of the centre's staff, with these permissions, as the one who acts."""
    return Actor.staff(staff_member(appointment.centre, *permissions))


def doctor_of(appointment: Appointment) -> Actor:
    """Return the appointment's own doctor as the one who acts."""
    doctor = appointment.slot.doctor
    if doctor.user is None:
        doctor.user = UserFactory.create(full_name=doctor.name)
        doctor.save(update_fields=["user"])
    return Actor.doctor(doctor.user)


def system() -> Actor:
    """Return a job of the system as the one who acts."""
    return Actor.system("test job")
