/** How loud a track is, for a meter: 0 … 1, read ten times a second. */

import { useEffect, useState } from "preact/hooks";

const READ_MS = 100;
const SILENCE_DB = -60;
const DIGITAL_SILENCE_DB = -127;

/** @param {number} power */
const decibels = (power) => Math.max(DIGITAL_SILENCE_DB, 10 * Math.log10(power + 1e-13));

/**
 * Reads a microphone until the answer is called. It hears the device also while the page keeps its track closed.
 * @param {MediaStreamTrack} track
 * @param {(reading: {level_db: number, peak_db: number}) => void} hear
 */
export function listen(track, hear) {
  const audio = new AudioContext({ latencyHint: "playback" }); // a meter needs no haste: half of the work
  // A clone is always enabled: the meter shows the mixer also while the microphone is closed.
  const heard = track.clone();
  heard.enabled = true;
  const analyser = audio.createAnalyser();
  analyser.fftSize = 1024;
  audio.createMediaStreamSource(new MediaStream([heard])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const wake = () => void audio.resume(); // without a click the browser keeps the meter asleep
  addEventListener("pointerdown", wake);
  addEventListener("keydown", wake);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    if (audio.state === "running") hear({ level_db: decibels(power), peak_db: decibels(peak * peak) });
  }, READ_MS);
  return () => {
    clearInterval(timer);
    removeEventListener("pointerdown", wake);
    removeEventListener("keydown", wake);
    heard.stop();
    void audio.close();
  };
}

/**
 * @param {MediaStreamTrack | null | undefined} track
 * @returns {number} 0 … 1
 */
export function useLevel(track) {
  const [level, setLevel] = useState(0);
  useEffect(() => {
    setLevel(0);
    if (!track) return;
    return listen(track, ({ level_db }) => setLevel(Math.max(0, Math.min(1, 1 - level_db / SILENCE_DB))));
  }, [track]);
  return level;
}
