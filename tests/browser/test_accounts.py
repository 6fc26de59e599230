"""G1, G2, G3 in a real browser: a passkey, a link from a mail with its code, and how the pages of both look."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from appointments.actor import Actor
from appointments.manage import links
from appointments.models import Appointment
from appointments.usecases.carers import Invitation, invite_carer
from tests.browser.conftest import Look, show
from tests.browser.patients import PASSWORD, appointment_of, sign_in
from tests.portal.mail_box import newest_code

pytestmark = pytest.mark.django_db(transaction=True)

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def appointment(live_server: object) -> Appointment:
    return appointment_of()


def link_to(appointment: Appointment) -> str:
    return f"/m/{links.issue_link(chain_id=appointment.chain_id, now=timezone.now())}/"


def confirm_it_is_me(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def test_passkey_when_added_and_used(page: Page, appointment: Appointment) -> None:
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    sign_in(page, appointment)
    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name="Add a passkey").click()
    confirm_it_is_me(page)
    page.get_by_label("Name of this passkey").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url(re.compile("/recovery-codes/|/webauthn/$"))
    page.get_by_role("button", name="Sign out").click()

    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url("**/appointments/")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Your appointments"))


def test_points_21_22_link_and_pasted_code_when_opened_without_cookies_first(
    page: Page, browser: Browser, base_url: str, appointment: Appointment
) -> None:
    address = link_to(appointment)
    scanner = browser.new_context().new_page()
    scanner.goto(base_url + address)
    scanner.close()

    page.goto(address)
    expect(page).to_have_url(re.compile(r"/manage/$"))
    page.get_by_role("button", name="Send me a security code").click()
    code = newest_code(now=timezone.now())
    field = page.get_by_label("Security code")
    field.evaluate(
        "(field, text) => { field.focus(); document.execCommand('insertText', false, text) }", f"{code[:3]} {code[3:]}"
    )
    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Appointment with")
    page.get_by_role("button", name="Leave").click()
    page.goto(f"/appointments/{appointment.reference}/")
    expect(page).to_have_url(re.compile(r"/login/"))
    assert mail.outbox


OPEN_PAGES = ("/login/", "/account/signup/", "/account/login/code/", "/account/password/reset/", "/find/")
OWN_PAGES = (
    "/account/security/",
    "/account/security/webauthn/add/",
    "/account/security/totp/activate/",
    "/account/password/change/",
    "/account/email/",
    "/account/devices/",
    "/messages/",
)
NARROW = (("light", 320), ("dark", 320))
GUEST_PAGES = ("/manage/", "/manage/code/")


def test_points_25_26_pages_when_checked(page: Page, look: Look, appointment: Appointment) -> None:
    found: list[str] = []

    def check(addresses: tuple[str, ...]) -> None:
        for address in addresses:
            found.extend(look(page, address, looks=NARROW, name=f"accounts{address.replace('/', '-')}"))
            assert page.url.endswith(address)

    check(OPEN_PAGES)
    page.goto(link_to(appointment))
    check(GUEST_PAGES)
    sign_in(page, appointment)
    page.goto("/account/reauthenticate/")
    confirm_it_is_me(page)
    check(OWN_PAGES)
    assert found == []


def test_people_when_looked_at(page: Page, look: Look, appointment: Appointment) -> None:
    user = appointment.chain.patient.user
    assert user is not None
    other = appointment_of()
    now = timezone.now()
    asked = Invitation(
        email=str(user.email), relation="child", rights="act", proof="consent", starts_on=now.date() - timedelta(days=2)
    )
    relation = invite_carer(patient_id=other.chain.patient_id, invitation=asked, actor=Actor.system("test"), now=now)
    show(page, *NARROW[0])
    sign_in(page, appointment)
    found: list[str] = []

    def check(name: str) -> None:
        found.extend(look(page, looks=NARROW, name=f"people-{name}"))

    page.goto("/people/")
    check("asked")
    page.get_by_role("button", name="Say yes").click()
    check("accepted")
    page.goto("/people/invite/")
    check("invite")
    page.goto(f"/people/{relation.pk}/end/")
    check("end")
    page.goto("/appointments/")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Who is this appointment for"))
    check("choose")
    page.get_by_label(other.chain.patient.name, exact=True).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("You are acting for")).to_be_visible()
    check("list")
    assert found == []
