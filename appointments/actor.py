"""Who acts. Every deed has one; nobody is never an answer."""

from dataclasses import dataclass
from uuid import UUID

from appointments.models import User
from policies.rules.facts import ActorKind

_LONGEST_LABEL = 80
_CARER = "carer, account "


@dataclass(frozen=True, slots=True)
class Actor:
    """A patient, a member of staff, a doctor or a named job of the system, with the rights the edge has checked.

    A partner acts as the patient does, by the patient's rules; `entrance_of` are the channels whose own entrance it is.
    `approves` is the override that this actor decides as the second person.
    """

    kind: ActorKind
    label: str
    user_id: int | None = None
    may_override_percentage: bool = False
    may_override_reschedule_rules: bool = False
    partner_id: int | None = None
    entrance_of: frozenset[int] = frozenset()
    carer_relation_id: UUID | None = None
    approves: UUID | None = None

    @property
    def key(self) -> str:
        """What binds a quote to this actor; whichever of its keys a partner uses."""
        if self.partner_id is not None:
            return f"{self.kind}:partner {self.partner_id}"
        return f"{self.kind}:{self.user_id or self.label}"

    @classmethod
    def patient(cls, user: User) -> "Actor":
        """Return the patient logged in with this account."""
        return cls(ActorKind.PATIENT, f"patient, account {user.pk}", user.pk)

    @classmethod
    def carer(cls, user: User, *, patient_id: int, relation_id: UUID) -> "Actor":
        """Return somebody who acts for a patient by a right that must still stand when the deed is done."""
        label = f"{_CARER}{user.pk}, for patient {patient_id}"
        return cls(ActorKind.PATIENT, label, user.pk, carer_relation_id=relation_id)

    @classmethod
    def guest(cls, *, patient_id: int, came: str) -> "Actor":
        """Return the patient without an account, who passed the second step; `came` says how, such as "manage link 12"."""
        return cls(ActorKind.PATIENT, f"patient {patient_id}, {came}"[:80])

    @classmethod
    def staff(cls, user: User) -> "Actor":
        """Return a member of staff with the rights of their account."""
        return cls(
            ActorKind.STAFF,
            _named(user),
            user.pk,
            may_override_percentage=user.has_perm("appointments.override_percentage"),
            may_override_reschedule_rules=user.has_perm("appointments.override_reschedule_rules"),
        )

    @classmethod
    def second_person(cls, user: User, *, approves: UUID, asked_by: User) -> "Actor":
        """Return who does what somebody else asked for, against the rules; the label names both."""
        label = f"{_named(user, longest=38)}, for {_named(asked_by, longest=37)}"
        return cls(ActorKind.STAFF, label, user.pk, may_override_percentage=True, approves=approves)

    @classmethod
    def with_agent(cls, user: User, *, agent: User, relation: str, relation_id: UUID) -> "Actor":
        """Return a member of staff who does what an agent at the desk asks for: without rights to set rules aside, and while the right stands."""
        label = f"{_named(user, longest=32)}, with {relation[:9]} {_named(agent, longest=31)}"
        return cls(ActorKind.STAFF, label, user.pk, carer_relation_id=relation_id)

    @classmethod
    def doctor(cls, user: User) -> "Actor":
        """Return the doctor logged in with this account."""
        return cls(ActorKind.DOCTOR, _named(user), user.pk)

    @classmethod
    def partner(cls, *, partner_id: int, name: str, key: str, channel_ids: frozenset[int]) -> "Actor":
        """Return a booking platform acting for its customers on its own channels; `key` names the key it used."""
        return cls(
            ActorKind.PATIENT,
            f"partner {name[:30]}, key {key}"[:80],
            partner_id=partner_id,
            entrance_of=channel_ids,
        )

    @classmethod
    def standing_rule(cls, rule_id: int) -> "Actor":
        """Return a standing rule of the house, which sets a percentage as staff would."""
        return cls(ActorKind.STAFF, f"standing rule {rule_id}", may_override_percentage=True)

    @classmethod
    def system(cls, job: str) -> "Actor":
        """Return a named job, such as "draft expiry"."""
        return cls(ActorKind.SYSTEM, f"system: {job}")


def is_carer_label(label: str) -> bool:
    """Tell whether a label names somebody who acted for a patient: it says so for good, whoever holds which account later."""
    return label.startswith(_CARER)


def _named(user: User, *, longest: int = _LONGEST_LABEL) -> str:
    """Return the name and the account, which a long name does not push out."""
    account = f", account {user.pk}"
    return user.full_name[: max(longest - len(account), 0)] + account
