"""What tests in a real browser share: the browser, sizes of screens, and measures."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from bot.types import Language

CHROMIUM = shutil.which("chromium")
NEEDS_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="chromium is not installed; apt-get install chromium installs it"
    ),
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
LOCALES: dict[Language, str] = {"zh": "zh-CN", "en": "en-GB"}
WIDE = (1280, 860)
TABLET = (768, 1024)
PHONE = (375, 760)
AXE = Path(__file__).parent / "vendor" / "axe.min.js"

# Contrast of an element's text with what lies behind it (WCAG 2.2, "contrast ratio").
CONTRAST = """(element, pseudo) => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const over = (colour, below) => {
        canvas.fillStyle = `rgb(${below})`; canvas.fillRect(0, 0, 1, 1);
        canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const chain = [];
    for (let one = element; one; one = one.parentElement) chain.unshift(getComputedStyle(one));
    const behind = chain.reduce((below, one) => over(one.backgroundColor, below), [255, 255, 255]);
    const style = getComputedStyle(element, pseudo || undefined);
    const front = over(style.color, behind);
    const opacity = chain.reduce((product, one) => product * one.opacity, style.opacity);
    const luminance = (colour) => colour
        .map((value) => value / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
    const [dark, light] = [luminance(front), luminance(behind)].sort((a, b) => a - b);
    return opacity < 1 ? 0 : (light + 0.05) / (dark + 0.05);
}"""

TRANSITIONS_END = """() => Promise.all(
    document.getAnimations()
        .filter((one) => one instanceof CSSTransition)
        .map((one) => one.finished.catch(() => null)))"""


def serious_findings(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical on the page, with the first place of each."""
    page.evaluate(TRANSITIONS_END)  # a colour half-way to another is none that anyone reads
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations: list[dict[str, Any]] = page.evaluate("axe.run().then((found) => found.violations)")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}"
        for one in violations
        if one["impact"] in ("serious", "critical")
    ]
