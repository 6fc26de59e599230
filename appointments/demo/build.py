"""The whole demonstration, made once."""

from dataclasses import dataclass
from datetime import datetime

from appointments.actor import Actor
from appointments.demo.deeds import Deeds
from appointments.demo.partner import make_partner
from appointments.demo.people import FRONT_DESK, People, make_people
from appointments.demo.places import DOCTORS, PLATFORM, Places, make_places
from appointments.demo.scenes import Scenes, play_scenes
from appointments.demo.terms import publish_policies
from appointments.models import Centre, Doctor, User


class OtherDataError(Exception):
    """The database holds something that is not the demonstration; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made."""

    places: Places
    people: People
    scenes: Scenes


def build_demo(*, now: datetime) -> Demo | None:
    """Fill an empty database, and return what was made; None where the demonstration is there already.

    Raises OtherDataError for a database that holds other people's data.
    """
    if Doctor.objects.filter(name=DOCTORS[0].name, user__isnull=False).exists():
        return None
    if Centre.objects.exists() or User.objects.exists():
        raise OtherDataError
    policies = publish_policies(now=now)
    places = make_places(policies=policies, now=now)
    make_partner(channel=places.channels[PLATFORM])
    people = make_people(places=places)
    desk = Actor.staff(people.staff[FRONT_DESK])
    scenes = play_scenes(Deeds(places, people, desk), now=now)
    return Demo(places, people, scenes)
