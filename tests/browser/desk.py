"""Pages of the desk in both lights."""

from collections.abc import Callable

from playwright.sync_api import Page, expect


def look_in_both_lights(
    page: Page, name: str, axe_violations: Callable[[Page], list[str]], screenshot: Callable[[Page, str], None]
) -> None:
    """Load the page anew in the dark and in the light, wide and narrow: axe finds nothing, nothing scrolls sideways."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.reload()
        expect(page.locator("#content-main").get_by_role("heading", level=1)).to_be_visible()
        assert axe_violations(page) == []
        for width in (1280, 768):
            page.set_viewport_size({"width": width, "height": 900})
            screenshot(page, f"{name}-{width}-{scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})
