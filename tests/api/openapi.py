"""The OpenAPI document that the code describes."""

from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema


def described() -> dict[str, Any]:
    """Return the document as values."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


def written() -> bytes:
    """Return the document as it stands in the docs. Raises what the validator raises."""
    schema = described()
    validate_schema(schema)  # type: ignore[no-untyped-call]
    return bytes(OpenApiYamlRenderer().render(schema, renderer_context={}))  # type: ignore[no-untyped-call]
