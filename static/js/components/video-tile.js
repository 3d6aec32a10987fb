import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.js";

/**
 * A picture. It keeps the last frame: while a new track has not yet brought one, the old frame stays on a canvas above it.
 * @param {{track: MediaStreamTrack | null, className?: string, isLost?: boolean, isMirrored?: boolean, message?: any,
 *   children?: any, test?: string, label?: string}} props
 *   `message` covers the picture (no camera, line lost); without a track and without a message the tile is plain dark.
 */
export function VideoTile({
  track,
  className = "",
  isLost = false,
  isMirrored = false,
  message,
  children,
  test,
  label,
}) {
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const [isWaiting, setWaiting] = useState(true);

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    keepFrame(element, canvas.current);
    setWaiting(true);
    if (!track) {
      element.srcObject = null;
      return;
    }
    element.srcObject = new MediaStream([track]);
    element.play().catch(() => {}); // muted pictures may always play; an abort means that a newer track came
    let isOver = false;
    whenFrame(element, () => isOver || setWaiting(false));
    return () => {
      isOver = true;
    };
  }, [track]);

  const picture = `tile-img${isMirrored ? " is-mirrored" : ""}`;
  return html`<figure class=${`tile ${className}${isLost ? " is-lost" : ""}`.trim()} data-test=${test}>
    <video
      ref=${video}
      class=${picture}
      muted
      playsinline
      autoplay
      disablepictureinpicture
      aria-label=${label}
    ></video>
    <canvas ref=${canvas} class=${picture} hidden=${!isWaiting} aria-hidden="true"></canvas>
    ${message && html`<div class="tile-msg">${message}</div>`} ${children}
  </figure>`;
}

/**
 * @param {HTMLVideoElement} video
 * @param {HTMLCanvasElement | null} canvas
 */
function keepFrame(video, canvas) {
  if (!canvas || !video.videoWidth) return;
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
}

/**
 * @param {HTMLVideoElement} video
 * @param {() => void} done called once the element shows a frame of its present source
 */
function whenFrame(video, done) {
  if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(done);
  else /** @type {HTMLVideoElement} */ (video).addEventListener("loadeddata", done, { once: true });
}
