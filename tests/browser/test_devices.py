"""Another camera and microphone are chosen in the middle of a speech; unplugged ones: `tests/web/test_device_changes.py`."""

from __future__ import annotations

from typing import Any

from tests.browser.conftest import Pages
from tests.browser.points import CHROMIUM, QUIET, Point, open_page
from tests.browser.test_conference import convene, register
from tests.server import wait_for

SENDING = """async () => {
  const sender = kind => window.__pcs.filter(p => p.connectionState === 'connected').flatMap(p => p.getSenders())
    .find(s => s.track?.kind === kind);
  const [camera, microphone] = ['video', 'audio'].map(sender); let frames = 0;
  if (camera) for (const r of (await camera.getStats()).values()) if (r.type === 'outbound-rtp') frames += r.framesEncoded ?? 0;
  const sound = microphone?.track.getSettings() ?? {};
  return {camera: camera?.track.getSettings().deviceId, microphone: sound.deviceId, isOn: microphone?.track.enabled, frames,
    echo: sound.echoCancellation, noise: sound.noiseSuppression, gain: sound.autoGainControl, channels: sound.channelCount};
}"""


def several_of_each(pages: Pages) -> Point:
    """The first site, with several cameras (the second and third of Chromium send no ordinary pictures) and microphones."""
    arguments = (*QUIET, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=4")
    browser = pages.playwright.chromium.launch(args=list(arguments), executable_path=CHROMIUM)
    pages._browsers.append(browser)
    context = browser.new_context(viewport={"width": 1366, "height": 768}, permissions=["camera", "microphone"])
    return open_page(context, "site", pages.links["sites"][0]["url"])


def sending(site: Point) -> dict[str, Any]:
    return dict(site.page.evaluate(SENDING))


def wait_sending(site: Point, **wanted: Any) -> None:
    """The page sends from these devices, and frames go on coming."""
    wait_for(lambda: wanted.items() <= sending(site).items(), f"{wanted}, not {sending(site)}")
    before = sending(site)["frames"]
    wait_for(lambda: sending(site)["frames"] > before, "the picture goes on")


def test_devices_change_while_a_point_speaks_without_a_gap(pages: Pages) -> None:
    chair, screen, site = pages.desk("chair"), pages.desk("screen"), several_of_each(pages)
    convene(chair)
    register(site)
    chair.click("grant-next")
    speaking = chair.page.locator('[data-test="now"][data-state="speaking"]')
    speaking.wait_for()
    wait_for(lambda: sending(site).get("isOn"), "the site is on air")
    negotiated = (site.negotiations(), screen.negotiations(), site.page.evaluate("window.__pcs.length"))
    first = sending(site)
    assert (first["echo"], first["noise"], first["gain"], first["channels"]) == (True, True, True, 1)

    # Chosen in the dialogue, while on air.
    site.click("devices")
    chosen = {}
    for which in ("camera", "microphone"):
        select = site.page.locator(f"#device-{which}")
        values = [option.get_attribute("value") for option in select.locator("option").all()]
        chosen[which] = str(values[-1])
        assert chosen[which] != first[which]
        select.select_option(chosen[which])
        wait_sending(site, **chosen)
    assert (site.negotiations(), screen.negotiations(), site.page.evaluate("window.__pcs.length")) == negotiated
    assert speaking.count() == 1, "the turn is not held"
    assert site.page.evaluate("window.__violations") == []
