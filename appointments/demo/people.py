"""The people of the demonstration: patients and staff, all with one password that is printed."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from appointments.demo.places import KIRKWOOD, KULKARNI, PUNE, Places
from appointments.models import Patient, User

PASSWORD = "fairslot-demo"  # noqa: S105 (printed for everybody who looks at the demonstration)


@dataclass(frozen=True, slots=True)
class PatientPlan:
    """A patient to be; without an e-mail address there is no account, and no mail reaches them."""

    name: str
    born: date
    email: str = ""
    phone: str = ""
    what: str = ""


MEERA = PatientPlan(
    "Meera Nair",
    date(1988, 4, 17),
    "meera@example.org",
    "+91 55500 01001",
    "refunds of 100% and 75%, moves with a fee and with a price difference",
)
ARJUN = PatientPlan(
    "Arjun Bhosale", date(1979, 11, 2), "arjun@example.org", "+91 55500 01002", "50%, nothing, and just booked: 100%"
)
ZARA = PatientPlan(
    "Zara Khan", date(1995, 7, 30), "zara@example.org", "+91 55500 01003", "moved twice, awaiting approval, a draft"
)
SUNITA = PatientPlan(
    "Sunita Gaikwad", date(1951, 1, 9), "sunita@example.org", "+91 55500 01004", "insured, cash, paid in two parts"
)
IMRAN = PatientPlan(
    "Imran Siddiqui", date(1984, 9, 21), "imran@example.org", "+91 55500 01005", "wallet, platform, refund in trouble"
)
GEORGE = PatientPlan(
    "George Hallam", date(1968, 5, 5), "george@example.org", "+44 7700 900101", "London: pounds, wallet with a deadline"
)
ISHAAN = PatientPlan("Ishaan Pawar", date(2019, 12, 24), "", "+91 55500 01006", "a child booked by phone, no account")
PATIENTS = (MEERA, ARJUN, ZARA, SUNITA, IMRAN, GEORGE, ISHAAN)


@dataclass(frozen=True, slots=True)
class StaffPlan:
    """A member of staff to be: the group gives the rights, the centres say where."""

    name: str
    email: str
    group: str
    centres: tuple[str, ...] = (PUNE, KIRKWOOD)

    @property
    def is_superuser(self) -> bool:
        """Tell whether this account may do everything."""
        return not self.group


FRONT_DESK = StaffPlan("Neha Sawant", "desk@example.org", "front desk", (PUNE,))
LONDON_DESK = StaffPlan("Harriet Moss", "london@example.org", "front desk", (KIRKWOOD,))
DOCTOR = StaffPlan(KULKARNI.name, "doctor@example.org", "doctor", ())
STAFF = (
    FRONT_DESK,
    LONDON_DESK,
    DOCTOR,
    StaffPlan("Anil Kadam", "cashier@example.org", "cashier", (PUNE,)),
    StaffPlan("Rukmini Bhatt", "finance@example.org", "finance"),
    StaffPlan("Vikram Chitnis", "policy@example.org", "policy maker"),
    StaffPlan("Grace Mensah", "manager@example.org", "centre manager"),
    StaffPlan("Oliver Finch", "auditor@example.org", "auditor"),
    StaffPlan("Site administrator", "admin@example.org", ""),
)


@dataclass(frozen=True, slots=True)
class People:
    """What was made, by plan."""

    patients: dict[PatientPlan, Patient]
    staff: dict[StaffPlan, User]


def make_people(*, places: Places) -> People:
    """Make every account and patient; one password hash for all, since a good one takes its time."""
    encoded = make_password(PASSWORD)
    return People(
        {plan: _make_patient(plan, encoded) for plan in PATIENTS},
        {plan: _make_staff(plan, encoded, places) for plan in STAFF},
    )


def _make_patient(plan: PatientPlan, encoded: str) -> Patient:
    phone = plan.phone.replace(" ", "")
    user = None
    if plan.email:
        user = User.objects.create(email=plan.email, phone=phone, full_name=plan.name, password=encoded)
    return Patient.objects.create(user=user, name=plan.name, birth_date=plan.born, email=plan.email, phone=phone)


def _make_staff(plan: StaffPlan, encoded: str, places: Places) -> User:
    user = User.objects.create(
        email=plan.email, full_name=plan.name, password=encoded, is_staff=True, is_superuser=plan.is_superuser
    )
    user.groups.set(Group.objects.filter(name=plan.group))
    user.centres.set([places.centres[slug] for slug in plan.centres])
    if plan is DOCTOR:
        doctor = places.doctors[KULKARNI]
        doctor.user = user
        doctor.save(update_fields=["user"])
    return user
