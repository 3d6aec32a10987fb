/** How loud a track is, for a meter: 0 … 1, read ten times a second. */

import { useEffect, useState } from "preact/hooks";

const READ_MS = 100;
const SILENCE_DB = -60;

/**
 * @param {MediaStreamTrack | null | undefined} track
 * @returns {number} 0 … 1
 */
export function useLevel(track) {
  const [level, setLevel] = useState(0);
  useEffect(() => {
    setLevel(0);
    if (!track) return;
    const audio = new AudioContext();
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
      const decibels = 10 * Math.log10(power + 1e-10);
      setLevel(Math.max(0, Math.min(1, 1 - decibels / SILENCE_DB)));
    }, READ_MS);
    return () => {
      clearInterval(timer);
      removeEventListener("pointerdown", wake);
      removeEventListener("keydown", wake);
      heard.stop();
      void audio.close();
    };
  }, [track]);
  return level;
}
