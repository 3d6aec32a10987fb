/** A moving picture to measure a line with: as heavy in a dark room, or on a machine without a camera, as with a full house. */

const [WIDTH, HEIGHT, RATE] = [640, 360, 15];

/** @returns {{track: MediaStreamTrack, stop: () => void}} */
export function drawnPicture() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const draw = () => {
    // Grains, not areas: as much work for the line as a room full of people.
    for (let i = 0; i < 400; i += 1) {
      context.fillStyle = `hsl(${Math.random() * 360} 40% ${20 + Math.random() * 60}%)`;
      context.fillRect(Math.random() * WIDTH, Math.random() * HEIGHT, 12, 12);
    }
  };
  draw();
  const timer = setInterval(draw, 1000 / RATE);
  const track = /** @type {MediaStreamTrack} */ (canvas.captureStream(RATE).getVideoTracks()[0]);
  return {
    track,
    stop() {
      clearInterval(timer);
      track.stop();
    },
  };
}
