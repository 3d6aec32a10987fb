/** The test sound of the loudspeaker or TV: a few notes on the chosen output, through the same way as the conference's sound. */

const NOTES = [523, 659, 784, 1047, 784, 659];
const NOTE_SECONDS = 0.35;

/** @param {string} speaker id of an audio output, "" for the system's own */
export async function playTestSound(speaker) {
  const audio = new AudioContext();
  const target = audio.createMediaStreamDestination();
  const element = /** @type {any} */ (new Audio());
  element.srcObject = target.stream;
  if (speaker && element.setSinkId) await element.setSinkId(speaker).catch(() => {});
  await audio.resume();
  await element.play().catch(() => {});
  NOTES.forEach((hertz, index) => {
    const [note, gain] = [audio.createOscillator(), audio.createGain()];
    const at = audio.currentTime + index * NOTE_SECONDS;
    note.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.3, at + 0.03);
    gain.gain.linearRampToValueAtTime(0, at + NOTE_SECONDS);
    note.connect(gain).connect(target);
    note.start(at);
    note.stop(at + NOTE_SECONDS);
  });
  await new Promise((done) => setTimeout(done, NOTES.length * NOTE_SECONDS * 1000 + 300));
  element.srcObject = null;
  void audio.close();
}
