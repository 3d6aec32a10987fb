// Devices of a machine whose plugs can be pulled; `test_device_changes.py` runs this beside a copy of `static/js/devices.js`.
import assert from "node:assert";
import { effect } from "./signals.mjs";
import { said } from "./toasts.mjs";

class Track extends EventTarget {
  readyState = "live";
  enabled = true;
  constructor(kind, id, settings) {
    super();
    Object.assign(this, { kind, id, label: `L-${id}`, settings });
  }
  getSettings() {
    return { deviceId: this.id, ...this.settings };
  }
  stop() {
    this.readyState = "ended";
  }
}

globalThis.MediaStream = class {
  constructor(tracks) {
    this.tracks = tracks;
  }
  getTracks() {
    return [...this.tracks];
  }
  getVideoTracks() {
    return this.tracks.filter((track) => track.kind === "video");
  }
  getAudioTracks() {
    return this.tracks.filter((track) => track.kind === "audio");
  }
};

const plugs = { videoinput: ["c1", "c2"], audioinput: ["default", "m1", "m2"], audiooutput: ["default", "s1"] };
const [out, busy, opened, kept] = [new Set(), new Set(), [], {}];
const machine = new EventTarget();
const there = (kind) => plugs[kind].filter((id) => !out.has(id));
machine.enumerateDevices = async () =>
  Object.keys(plugs).flatMap((kind) => there(kind).map((deviceId) => ({ kind, deviceId, label: `L-${deviceId}` })));
machine.getUserMedia = async (wanted) => {
  const tracks = [];
  for (const kind of ["audio", "video"].filter((one) => wanted[one])) {
    await new Promise((done) => setTimeout(done, 2));
    const asked = wanted[kind];
    const id = asked.deviceId?.exact ?? there(`${kind}input`)[0];
    if (!id) throw Object.assign(new Error(), { name: "NotFoundError" });
    if (out.has(id)) throw Object.assign(new Error(), { name: "OverconstrainedError" });
    if (busy.has(id)) throw Object.assign(new Error(), { name: "NotReadableError" });
    const { echoCancellation, noiseSuppression, autoGainControl, channelCount } = asked;
    tracks.push(new Track(kind, id, { echoCancellation, noiseSuppression, autoGainControl, channels: channelCount?.ideal }));
  }
  opened.push(...tracks);
  return new MediaStream(tracks);
};
Object.defineProperty(globalThis, "navigator", { value: { mediaDevices: machine }, configurable: true });
globalThis.localStorage = { getItem: (key) => kept[key] ?? null, setItem: (key, value) => (kept[key] = value) };
globalThis.location = { search: "" };

const { createDevices } = await import("./devices.mjs");
const devices = createDevices(false);
await devices.open();
let gaps = 0;
effect(() => void (devices.localStream.value || (gaps += 1)));
const used = (kind) => devices.localStream.value.getTracks().find((track) => track.kind === kind);
const uses = (kind, id) => assert.equal(used(kind)?.id, id);
const open = () => opened.filter((track) => track.readyState === "live").length;
async function plug(id, isIn) {
  out[isIn ? "delete" : "add"](id);
  for (const track of isIn ? [] : devices.localStream.value.getTracks())
    if (track.id === id) {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
  machine.dispatchEvent(new Event("devicechange"));
  await new Promise((done) => setTimeout(done, 40));
}

// Chosen while on air: the new one is open before the old one is given up.
devices.microphone.value = true;
const before = used("video");
await devices.choose({ camera: "c2" });
uses("video", "c2");
assert.equal(before.readyState, "ended");
await devices.choose({ microphone: "m2" });
uses("audio", "m2");
assert(used("audio").enabled, "still on air");
await devices.choose({ cancelsEcho: false });
const bare = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channels: 1 };
assert.deepEqual(used("audio").getSettings(), { deviceId: "m2", ...bare });

// Unplugged: another one, and it is said; plugged in again: the chosen one again, as it was.
await plug("c2", false);
uses("video", "c1");
assert.equal(said.at(-1), "Đã rút L-c2. Đang dùng L-c1.");
assert.equal(devices.fault.value, null);
await plug("c2", true);
uses("video", "c2");
assert.equal(said.at(-1), "Đã cắm lại L-c2, đang dùng lại.");
await plug("m2", false);
uses("audio", "default");
await plug("m2", true);
assert.deepEqual(used("audio").getSettings(), { deviceId: "m2", ...bare });

// One that cannot be opened is not kept, and the one before goes on.
busy.add("c1");
await devices.choose({ camera: "c1" });
busy.clear();
uses("video", "c2");
assert.deepEqual([devices.choice.value.camera, devices.fault.value], ["c2", null]);

// The last camera goes: a fault, and the sound goes on; any camera ends the fault.
await plug("c1", false);
await plug("c2", false);
assert.deepEqual([used("video"), devices.fault.value, used("audio").id], [undefined, "camera_missing", "m2"]);
await plug("c1", true);
uses("video", "c1");
assert.equal(devices.fault.value, null);
await plug("c2", true);
uses("video", "c2");

// What nobody chose comes back as well; a loudspeaker too.
await devices.choose({ camera: "" });
uses("video", "c1");
await plug("c1", false);
uses("video", "c2");
await plug("c1", true);
uses("video", "c1");
await devices.choose({ speaker: "s1" });
await plug("s1", false);
assert.equal(devices.speaker.value, "");
assert.match(said.at(-1), /^Đã rút L-s1/);
await plug("s1", true);
assert.equal(devices.speaker.value, "s1");

// Of two quick choices the last counts; nothing stays open, and there was never nothing to send.
void devices.choose({ camera: "c2" });
await devices.choose({ camera: "c1" });
await devices.reopen();
uses("video", "c1");
assert.deepEqual([open(), gaps, devices.isOpening.value], [2, 0, false]);
assert.deepEqual(JSON.parse(kept["diem-cau.devices"]), { camera: "c1", microphone: "m2", speaker: "s1", cancelsEcho: false });
console.log("held");
