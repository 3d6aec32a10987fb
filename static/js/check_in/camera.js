/** Reads QR codes with the camera: by the browser's own detector where it has one, else by a small decoder of ours. */
import { useEffect, useRef } from "preact/hooks";
import { _ } from "../boot.js";
import { html } from "../html.js";

/** @typedef {(video: HTMLVideoElement) => Promise<string>} Reader gives "" when no code is seen */

const LOOK_MS = 200;
const WIDTH = 640; // pixels are enough for a card held before the camera

/** @returns {Promise<Reader>} */
async function createReader() {
  const Detector = /** @type {any} */ (window).BarcodeDetector;
  const formats = Detector ? await Detector.getSupportedFormats().catch(() => []) : [];
  if (formats.includes("qr_code")) {
    const detector = new Detector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue ?? "";
  }
  const { decodeQR } = await import("qr/decode.js");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (!context || !video.videoWidth) return "";
    canvas.width = Math.min(WIDTH, video.videoWidth);
    canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
    } catch {
      return ""; // no code in this picture
    }
  };
}

/**
 * The camera's picture; every code that comes into it is told once, and again only after another or none for a while.
 * @param {{onCode: (code: string) => void, onFault: (words: string) => void}} props
 */
export function Camera({ onCode, onFault }) {
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  useEffect(() => {
    let [isOver, last, seenAt] = [false, "", 0];
    /** @type {MediaStream | null} */
    let stream = null;
    /** @param {Reader} read */
    const look = async (read) => {
      if (isOver || !video.current) return;
      const code = await read(video.current);
      if (code && code !== last) onCode(code);
      if (code) [last, seenAt] = [code, Date.now()];
      else if (Date.now() - seenAt > 3000) last = "";
      setTimeout(() => void look(read), LOOK_MS);
    };
    const start = async () => {
      try {
        const wanted = { video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false };
        stream = await navigator.mediaDevices.getUserMedia(wanted);
        if (isOver || !video.current) return stream.getTracks().forEach((track) => track.stop());
        video.current.srcObject = stream;
        await video.current.play();
        await look(await createReader());
      } catch {
        onFault(_("Chưa mở được camera. Hãy cho phép dùng camera, hoặc dùng máy quét, hoặc tìm theo tên."));
      }
    };
    void start();
    return () => {
      isOver = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return html`<video class="check-in-camera" ref=${video} muted playsinline aria-label=${_("Hình của camera")} data-test="camera"></video>`;
}
