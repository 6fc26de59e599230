"""The document of the API, its token endpoint, and what is nowhere."""

from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from oauth2_provider.views import RevokeTokenView, TokenView
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.api.views.base import CallerView

_TRIES_A_MINUTE = 30
#: Apps of many patients share an address, and no secret is checked for them.
_TRIES_OF_APPS = 600
_GRANTS_OF_APPS = ("authorization_code", "refresh_token")


class SchemaView(SpectacularAPIView):
    """The OpenAPI document; it is no secret."""

    authentication_classes = ()
    permission_classes = ()
    renderer_classes = [OpenApiYamlRenderer]


@extend_schema(exclude=True)
class NotHere(CallerView):
    """Any other address below /api/: a problem, not a page."""

    def get(self, request: Request) -> Response:
        """Say that nothing is here."""
        raise Http404

    post = put = patch = delete = get


@method_decorator(csrf_exempt, name="dispatch")
class Token(TokenView):  # type: ignore[misc]
    """Gives access tokens: to partners for client credentials, to patients' apps for codes and refresh tokens.

    Checking a secret is slow on purpose, so tries are counted.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse more tries a minute from one address than anybody needs, and secrets in the address."""
        if request.GET:
            return JsonResponse({"error": "invalid_request"}, status=400)
        if request.POST.get("grant_type", "") not in ("", "client_credentials", *_GRANTS_OF_APPS):
            # The library would try passwords before it refuses to take them, past every limit of the login page.
            return JsonResponse({"error": "unsupported_grant_type"}, status=400)
        if not _may_try(request):
            response = JsonResponse({"error": "slow_down"}, status=429)
            response["Retry-After"] = "60"
            return response
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        # The library leaves both out of some refusals.
        answer["Content-Type"], answer["Cache-Control"] = "application/json", "no-store"
        return answer

    @method_decorator(sensitive_post_parameters())
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Give tokens. The library would look them up once more, and break where a thief's try has just ended them."""
        _address, headers, body, status = self.create_token_response(request)
        return HttpResponse(body, status=status, headers=headers)


@method_decorator(csrf_exempt, name="dispatch")
class RevokeToken(RevokeTokenView):  # type: ignore[misc]
    """Ends an access or refresh token."""


def _may_try(request: HttpRequest) -> bool:
    address, is_app = request.META.get("REMOTE_ADDR", ""), request.POST.get("grant_type") in _GRANTS_OF_APPS
    key, most = f"api-token-tries:{'apps:' if is_app else ''}{address}", _TRIES_OF_APPS if is_app else _TRIES_A_MINUTE
    cache.add(key, 0, timeout=60)
    try:
        return int(cache.incr(key)) <= most
    except ValueError:  # it ran out between the two
        return True
