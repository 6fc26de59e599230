"""What an audit found, at the desk."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from refunds.models import AuditRun
from tests.refunds.builders import NOW

pytestmark = pytest.mark.django_db


def test_audit_when_opened() -> None:
    promise = {"code": "held_is_paid", "words": "Held money was paid.", "means": "Money is missing.", "count": 1}
    run = AuditRun.objects.create(at=NOW, promises=66, offenders=1, broken=[{**promise, "offenders": [["17"]]}])
    client = Client()
    client.force_login(get_user_model().objects.create_superuser(email="boss@clinic.example", full_name="Boss"))

    page = client.get(reverse("admin:refunds_auditrun_change", args=[run.pk])).content.decode()

    assert str(run) == "2026-11-02 09:00"
    assert "Held money was paid." in page
    assert "Money is missing." in page
