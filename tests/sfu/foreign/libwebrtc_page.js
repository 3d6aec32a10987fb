// A page made of libwebrtc without a browser (npm @roamhq/wrtc).
//
// Reads {"sdp": offer} from stdin; writes {"sdp": answer}, then {"audio": …, "video": …}: how many pieces of decoded sound and
// picture it has received. Ends with its input.

const readline = require("node:readline");
const { RTCPeerConnection, nonstandard } = require("@roamhq/wrtc");

const [WIDTH, HEIGHT] = [320, 180];
const counts = { audio: 0, video: 0 };
const kept = []; // a sink that is collected as garbage counts no more

const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");

function count(kind) {
  counts[kind] += 1;
  if (counts[kind] % 5 === 0) say(counts);
}

function camera() {
  const source = new nonstandard.RTCVideoSource();
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 1.5);
  let frame = 0;
  setInterval(() => {
    frame += 1;
    data.fill(frame % 256, 0, WIDTH * HEIGHT);
    data.fill(128, WIDTH * HEIGHT);
    source.onFrame({ width: WIDTH, height: HEIGHT, data });
  }, 66);
  return source.createTrack();
}

function microphone() {
  const source = new nonstandard.RTCAudioSource();
  const samples = new Int16Array(480);
  let at = 0;
  setInterval(() => {
    for (let i = 0; i < samples.length; i++) samples[i] = 8000 * Math.sin((2 * Math.PI * 440 * at++) / 48000);
    source.onData({ samples, sampleRate: 48000, bitsPerSample: 16, channelCount: 1, numberOfFrames: 480 });
  }, 10);
  return source.createTrack();
}

async function answer(sdp) {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  kept.push(pc);
  pc.ontrack = ({ track }) => {
    const sink =
      track.kind === "video" ? new nonstandard.RTCVideoSink(track) : new nonstandard.RTCAudioSink(track);
    if (track.kind === "video") sink.onframe = () => count("video");
    else sink.ondata = () => count("audio");
    kept.push(sink);
  };
  await pc.setRemoteDescription({ type: "offer", sdp });
  const tracks = { audio: microphone(), video: camera() };
  for (const transceiver of pc.getTransceivers().slice(0, 2)) {
    transceiver.direction = "sendonly";
    await transceiver.sender.replaceTrack(tracks[transceiver.receiver.track.kind]);
  }
  await pc.setLocalDescription(await pc.createAnswer());
  say({ sdp: pc.localDescription.sdp });
}

const lines = readline.createInterface({ input: process.stdin });
lines.once("line", (line) => void answer(JSON.parse(line).sdp));
lines.once("close", () => process.exit(0));
