/** The point's own picture, small, for the board of the desk: every few seconds while it holds its seat. */

const SEND_MS = 5000;
const [WIDTH, HEIGHT, QUALITY] = [240, 135, 0.6];

/**
 * @param {import("../types").Connection} connection
 * @param {import("../types").Media} media
 */
export function sendThumbnails(connection, media) {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true });
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = canvas.getContext("2d");
  media.localStream.subscribe((stream) => {
    const [track] = stream?.getVideoTracks() ?? [];
    video.srcObject = track ? new MediaStream([track]) : null;
    if (track) video.play().catch(() => {});
  });
  setInterval(() => {
    const isSeen = media.hasCamera.peek() && media.camera.peek() && video.videoWidth;
    if (!context || !isSeen || connection.seat.peek()?.state !== "held" || connection.status.peek() !== "online") return;
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    const [, jpeg] = canvas.toDataURL("image/jpeg", QUALITY).split(",");
    if (jpeg) void connection.request("report_picture", { jpeg });
  }, SEND_MS);
}
