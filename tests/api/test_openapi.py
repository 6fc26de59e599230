"""The OpenAPI file in the docs says what the code does."""

import json
import re

from django.test import Client

from appointments.api.urls import operations
from tests.api.openapi import described, written
from tests.architecture.tree import ROOT


def test_openapi_file_when_code_is_read() -> None:
    """Renew it with `manage.py spectacular --file docs/openapi.yaml`."""
    assert (ROOT / "docs" / "openapi.yaml").read_bytes() == written()


def test_openapi_when_every_operation_is_in_it() -> None:
    assert len(described()["paths"]) == len(operations)


def test_openapi_when_fetched() -> None:
    answer = Client().get("/api/v1/schema/")

    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, "application/vnd.oai.openapi")


def test_document_when_its_references_are_followed() -> None:
    document = described()
    schemas = document["components"]["schemas"]

    names = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document, default=str)))

    assert names - set(schemas) == set()
    assert "ProblemOutput" in names
