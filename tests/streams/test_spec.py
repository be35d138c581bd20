from __future__ import annotations

import argparse

import pytest

from fer_desktop.cli import live
from fer_desktop.core.errors import InputError
from fer_desktop.streams.address import is_loopback, written
from fer_desktop.streams.libraries import EXTRAS
from fer_desktop.streams.spec import FORMS, StreamSpec, parse, parse_all, parse_origin


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("osc", StreamSpec("osc", "127.0.0.1", 9000)),
        ("osc:7000", StreamSpec("osc", "127.0.0.1", 7000)),
        ("osc:192.168.1.20:7000", StreamSpec("osc", "192.168.1.20", 7000)),
        ("osc:studio.local:7000", StreamSpec("osc", "studio.local", 7000)),
        ("osc:[::1]:7000", StreamSpec("osc", "::1", 7000)),
        ("websocket", StreamSpec("websocket", "127.0.0.1", 8765)),
        ("websocket:65535", StreamSpec("websocket", "127.0.0.1", 65535)),
        ("websocket:0.0.0.0:80", StreamSpec("websocket", "0.0.0.0", 80)),
        ("lsl", StreamSpec("lsl", name="FER Desktop")),
        ("lsl:Booth 3 – links", StreamSpec("lsl", name="Booth 3 – links")),
        ("lsl:Booth:network", StreamSpec("lsl", name="Booth", network=True)),
        ("lsl:network", StreamSpec("lsl", name="network")),
        ("camera", StreamSpec("camera")),
        ("camera:/dev/video9", StreamSpec("camera", name="/dev/video9")),
    ],
)
def test_what_is_written_is_what_is_meant(text: str, wanted: StreamSpec) -> None:
    assert parse(text) == wanted
    assert parse(str(wanted)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "", "web", "OSC", "osc:", "websocket: ", "osc:localhost", "osc:localhost:", "osc:localhost:port",
        "osc:a:b:9000", "osc:::1:9000", "osc:9000/x", "osc:0", "osc:65536", "osc:-1", "websocket:999999", "lsl:",
        "lsl:a:b", "camera:",
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_one_line_with_a_way_out(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "why", "remedy"),
    [
        ("websocket:127.0.0.1:0", "'0' is no port", "from 1 to 65535"),
        ("osc:-1", "'-1' is no port", "from 1 to 65535"),
        ("osc:127.0.0.1:70000", "'70000' is no port", "from 1 to 65535"),
        ("osc:abc", "'abc' is no port", "osc:127.0.0.1:9000"),
        ("osc:localhost:", "'osc:localhost:' has no port", "osc:127.0.0.1:9000"),
        ("websocket:[::1]", "'websocket:[::1]' has no port", "websocket:127.0.0.1:8765"),
        ("osc:a:b:9000", "'a:b' is no address", "osc:127.0.0.1:9000"),
    ],
)
def test_what_is_wrong_of_a_place_is_named(text: str, why: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert caught.value.what == why and remedy in caught.value.remedy


@pytest.mark.parametrize("port", [1, 80, 1023, 65535])
def test_every_port_that_is_told_of_is_taken(port: int) -> None:
    assert parse(f"osc:{port}").port == port


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("null", "null"),
        ("https://example.org", "https://example.org"),
        ("HTTPS://Example.org:443/", "https://example.org"),
        ("http://example.org:8080", "http://example.org:8080"),
        ("http://[::1]:80", "http://[::1]"),
        ("chrome-extension://abcdef", "chrome-extension://abcdef"),
    ],
)
def test_an_origin_is_written_as_browsers_send_it(text: str, sent: str) -> None:
    assert parse_origin(text) == sent


@pytest.mark.parametrize(
    "text",
    [
        "", "nonsense", "example.org", "*", "https://*.example.org", "https://example.org/page", "https://a b",
        "https://example.org:0", "https://example.org:99999", "https://example.org:", "https://me@example.org", "https://",
    ],
)  # fmt: skip
def test_what_no_browser_sends_is_no_origin(text: str) -> None:
    with pytest.raises(InputError, match="is no origin of a page"):
        parse_origin(text)


def test_the_same_stream_twice_is_a_mistake() -> None:
    assert len(parse_all(["osc", "osc:9001", "lsl", "lsl:other", "camera"])) == 5
    with pytest.raises(InputError, match=r"osc:127\.0\.0\.1:9000 is asked for twice"):
        parse_all(["osc", "lsl", "osc:127.0.0.1:9000"])


def test_every_stream_has_a_library_that_an_extra_installs() -> None:
    assert {parse(kind).package for kind in FORMS} == set(EXTRAS)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "LOCALHOST"])
def test_this_computer_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "studio.local", "localhost.example.org", "fe80::1"])
def test_elsewhere_is_never_taken_for_this_computer(host: str) -> None:
    assert not is_loopback(host)


def test_an_address_is_written_as_it_is_read() -> None:
    assert written("::1", 9000) == "[::1]:9000"
    assert written("127.0.0.1", 9000) == "127.0.0.1:9000"


def test_the_command_line_names_them_all() -> None:
    parser = argparse.ArgumentParser()
    live.configure(parser)
    (action,) = (one for one in parser._actions if one.dest == "stream")
    assert action.metavar == "|".join(FORMS.values())
