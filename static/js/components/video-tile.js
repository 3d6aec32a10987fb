import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.js";

const CHANGE_MS = 500;

/**
 * A picture. It keeps the last frame: while a new track has not yet brought one, the old frame stays on a canvas above it.
 * Where others may come on the same track (`subject`), nobody is seen under the name of another: the picture is covered until
 * the new one's frames have come.
 * @param {{track: MediaStreamTrack | null, subject?: number, className?: string, isLost?: boolean, isMirrored?: boolean, message?: any,
 *   children?: any, test?: string, label?: string}} props
 *   `message` covers the picture (no camera, line lost); without a track and without a message the tile is plain dark.
 */
export function VideoTile({
  track,
  subject,
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
  const [isForeign, setForeign] = useState(false);

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

  useSubject(video, subject, setForeign);

  const picture = `tile-img${isMirrored ? " is-mirrored" : ""}`;
  return html`<figure class=${`tile ${className}${isLost ? " is-lost" : ""}${isForeign ? " is-foreign" : ""}`.trim()} data-test=${test}>
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
 * The frames of whoever was there before are over within `CHANGE_MS`: the server stops them at once.
 * @param {{current: HTMLVideoElement | null}} video
 * @param {number | undefined} subject
 * @param {(isForeign: boolean) => void} setForeign
 */
function useSubject(video, subject, setForeign) {
  const shown = useRef(subject);
  useLayoutEffect(() => {
    if (shown.current === subject) return;
    shown.current = subject;
    setForeign(true);
    let isOver = false;
    const timer = setTimeout(() => {
      if (video.current) whenFrame(video.current, () => isOver || setForeign(false));
    }, CHANGE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [subject]);
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
