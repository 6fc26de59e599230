"""The examples of docs/webhooks.md take a real webhook, and refuse a changed one."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from appointments.models import Partner
from appointments.webhooks_out.endpoints import make_endpoint, replace_secret
from appointments.webhooks_out.secrets import signature_headers
from tests.architecture.tree import ROOT

BODY = '{"type":"appointment.cancelled","data":{"reference":"K7QP-3MHC"}}'
EXAMPLES = re.findall(r"```(python|sh)\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.DOTALL)


def run(example: tuple[str, str], folder: Path, *, body: str, secret: str, headers: dict[str, str]) -> tuple[int, str]:
    language, text = example
    (folder / "body.json").write_text(body)
    command = [sys.executable, "-c", text] if language == "python" else ["bash", "-euo", "pipefail", "-c", text]
    names = {"ID": "webhook-id", "TIMESTAMP": "webhook-timestamp", "SIGNATURE": "webhook-signature"}
    environment = os.environ | {name: headers[header] for name, header in names.items()} | {"SECRET": secret}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout.strip()


@pytest.mark.django_db
@pytest.mark.parametrize("number", range(3))
def test_example_when_run(number: int, tmp_path: Path) -> None:
    assert shutil.which("openssl"), "the example for shells needs openssl"
    now = timezone.now()
    old = make_endpoint(partner_id=Partner.objects.create(name="P").pk, url="https://a.example/", now=now)
    made = replace_secret(endpoint_id=old.endpoint.pk, now=now)
    headers = signature_headers(made.endpoint, message_id=uuid4(), body=BODY, now=now)
    said = "genuine" if EXAMPLES[number][0] == "sh" else "appointment.cancelled"

    for secret in (old.secret, made.secret):
        assert run(EXAMPLES[number], tmp_path, body=BODY, secret=secret, headers=headers) == (0, said)
    changed, _ = run(EXAMPLES[number], tmp_path, body=BODY.replace("3MHC", "3MHD"), secret=made.secret, headers=headers)
    stranger, _ = run(EXAMPLES[number], tmp_path, body=BODY, secret="whsec_c3RyYW5nZXI=", headers=headers)
    assert (changed, stranger) == (1, 1)


def test_examples_when_counted() -> None:
    assert [language for language, _ in EXAMPLES] == ["python", "python", "sh"]
