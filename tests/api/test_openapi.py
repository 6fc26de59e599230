"""The OpenAPI file in the docs says what the code does."""

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

from appointments.api.urls import operations
from tests.api.conftest import Client
from tests.architecture.tree import ROOT


def document() -> bytes:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    return bytes(OpenApiYamlRenderer().render(schema, renderer_context={}))


def test_openapi_file_when_code_is_read() -> None:
    """Renew it with `manage.py spectacular --file docs/openapi.yaml`."""
    assert (ROOT / "docs" / "openapi.yaml").read_bytes() == document()


def test_openapi_when_every_operation_is_in_it() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)

    assert len(schema["paths"]) == len(operations)


def test_openapi_when_fetched() -> None:
    answer = Client().get("/api/v1/schema/")

    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, "application/vnd.oai.openapi")
