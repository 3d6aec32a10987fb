"""A page made of GStreamer's webrtcbin (libnice, OpenSSL, libsrtp). Runs under Debian's Python, which has `gi`.

Reads {"sdp": offer} from stdin; writes {"sdp": answer}, then {"audio": …, "video": …}: how many buffers of decoded sound and
picture it has received. Ends with its input.

With the word `encoder` or `player` it makes the offer instead, as programs that know WHIP or WHEP do: writes {"sdp": offer} and
reads {"sdp": answer}.
"""

import json
import sys
import threading
import time
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

CAMERA = """
webrtcbin name=page bundle-policy=max-bundle
videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=15/1
  ! vp8enc deadline=1 keyframe-max-dist=15 ! rtpvp8pay
  ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! queue ! page.
audiotestsrc is-live=true ! audioconvert ! audioresample ! opusenc ! rtpopuspay
  ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! queue ! page.
"""

PLAYER = "pipeline.( webrtcbin name=page bundle-policy=max-bundle )"
PLAYED = (
    "audio,encoding-name=OPUS,clock-rate=48000,payload=101",
    "video,encoding-name=VP8,clock-rate=90000,payload=102",
)
"""Not our numbers."""

speaking = threading.Lock()
counts = {"audio": 0, "video": 0}


def say(message: dict[str, Any]) -> None:
    with speaking:
        print(json.dumps(message), flush=True)


class Page:
    def __init__(self, pipeline: str) -> None:
        self.pipeline = Gst.parse_launch(pipeline)
        self.webrtc = self.pipeline.get_by_name("page")
        self.webrtc.connect("pad-added", self.receive)
        # libnice pairs no address of a network card with one of loopback.
        self.agent = self.webrtc.get_property("ice-agent")
        self.agent.emit("add-local-ip-address", "127.0.0.1")

    def play(self) -> None:
        self.pipeline.set_state(Gst.State.PLAYING)
        while not all(pad.get_current_caps() for pad in self.webrtc.sinkpads):
            time.sleep(0.01)  # only then does webrtcbin know what it may offer or answer

    def want(self) -> None:
        """Sound and picture to be received."""
        for caps in PLAYED:
            caps = Gst.Caps.from_string(f"application/x-rtp,media={caps}")
            self.webrtc.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, caps)

    def offer(self) -> None:
        self.play()
        reply = self.ask("create-offer", None)
        offer = reply.get_value("offer")
        self.ask("set-local-description", offer)
        say({"sdp": offer.sdp.as_text()})

    def take(self, answer: str) -> None:
        _, parsed = GstSdp.SDPMessage.new_from_text(answer)
        self.ask(
            "set-remote-description", GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, parsed)
        )

    def answer(self, offer: str) -> None:
        self.play()
        _, parsed = GstSdp.SDPMessage.new_from_text(offer)
        self.ask(
            "set-remote-description", GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.OFFER, parsed)
        )
        reply = self.ask("create-answer", None)  # it owns the answer in it
        answer = reply.get_value("answer")
        self.ask("set-local-description", answer)
        say({"sdp": answer.sdp.as_text()})

    def ask(self, action: str, argument: Any) -> Any:
        """What webrtcbin replies; never from a thread of its own."""
        promise = Gst.Promise.new()
        self.webrtc.emit(action, argument, promise)
        promise.wait()
        return promise.get_reply()

    def receive(self, _: Any, pad: Any) -> None:
        if pad.direction != Gst.PadDirection.SRC:
            return
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        decoder = "rtpvp8depay ! vp8dec" if kind == "video" else "rtpopusdepay ! opusdec"
        sink = Gst.parse_bin_from_description(f"queue ! {decoder} ! fakesink name=end signal-handoffs=true", True)
        sink.get_by_name("end").connect("handoff", lambda *_: self.count(kind))
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def count(self, kind: str) -> None:
        counts[kind] += 1
        if counts[kind] % 5 == 0:
            say(counts)


def main() -> None:
    Gst.init(None)
    loop = GLib.MainLoop()
    role = sys.argv[1] if sys.argv[1:] else "page"
    page = Page(PLAYER if role == "player" else CAMERA)

    def read() -> None:
        if role == "page":
            page.answer(json.loads(sys.stdin.readline())["sdp"])
        else:
            if role == "player":
                page.want()
            page.offer()
            page.take(json.loads(sys.stdin.readline())["sdp"])
        sys.stdin.read()
        loop.quit()

    threading.Thread(target=read, daemon=True).start()
    loop.run()
    page.pipeline.set_state(Gst.State.NULL)


main()
