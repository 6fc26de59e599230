"""Where webhooks may go."""

import ipaddress
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from appointments.webhooks_out import addresses
from appointments.webhooks_out.addresses import (
    ForbiddenAddressError,
    Target,
    may_be_called,
    numbers_of,
    read_address,
    validate_address,
)


@pytest.mark.parametrize(
    "number",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "100.100.100.200", "0.0.0.0"),
        *("169.254.169.254", "192.0.0.192", "168.63.129.16", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::ffff:0:10.0.0.1"),
        *("fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
        *("2002:7f00:1::", "2002:a9fe:a9fe::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"),
        *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2606:4700::1%lo"),
    ],
)
def test_number_when_inside(number: str) -> None:
    assert not may_be_called(ipaddress.ip_address(number))


@pytest.mark.parametrize(
    "number", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]
)
def test_number_when_public(number: str) -> None:
    assert may_be_called(ipaddress.ip_address(number))


def test_number_when_the_operator_allows_its_network(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS = ["10.20.0.0/16"]

    asked = ["10.20.3.4", "::ffff:10.20.3.4", "10.21.0.1", "127.0.0.1"]
    assert [may_be_called(ipaddress.ip_address(number)) for number in asked] == [True, True, False, False]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://hooks.example.org/a?b=c", Target("hooks.example.org", 443, "/a?b=c")),
        ("https://hooks.example.org:8443", Target("hooks.example.org", 8443, "/")),
        ("https://bücher.example/x", Target("xn--bcher-kva.example", 443, "/x")),
        ("https://[2606:4700::1111]/x", Target("2606:4700::1111", 443, "/x")),
    ],
)
def test_address_when_good(url: str, target: Target) -> None:
    validate_address(url)
    assert read_address(url) == target


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://hooks.example.org/",
            "ftp://hooks.example.org/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "",
            "x",
        ),
        *("https://", "https:///x", "https://user@example.org/", "https://u:p@example.org/", "https://example.org/#x"),
        *("https://example.org:0/", "https://example.org:70000/", "https://[::1/", "https://exa mple.org/"),
        *("https://example.org/\r\nX: y", "https://example.org/ü", "https://127.0.0.1/", "https://[::ffff:7f00:1]/"),
        *("https://localhost/", "https://a.localhost./", "https://169.254.169.254/latest", f"https://{'a' * 70}.org/"),
    ],
)
def test_address_when_bad(url: str) -> None:
    with pytest.raises(ValidationError):
        validate_address(url)


def test_plain_http_when_a_developers_machine(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS, settings.WEBHOOK_PLAIN_HTTP = ["127.0.0.0/8"], True

    validate_address("http://localhost:9999/")
    assert read_address("http://127.0.0.1/x") == Target("127.0.0.1", 80, "/x", is_https=False)


def test_name_when_one_of_its_numbers_is_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever mixes them hopes that the second try goes inside."""
    monkeypatch.setattr(addresses, "look_up", lambda _host, _port: ["1.1.1.1", "10.0.0.1"])

    with pytest.raises(ForbiddenAddressError, match=r"^10\.0\.0\.1 is not public$"):
        numbers_of(Target("hooks.example.org", 443, "/"))
