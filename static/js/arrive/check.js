/**
 * The check of a point before it enters: one finding for each part, kept on the server as it goes on, so that a check left half way
 * stays and the desk sees it live. It can be repeated; entering is always possible.
 */

import { computed, effect, signal } from "@preact/signals";
import { clock_offset_ms } from "../clock.js";
import { newId } from "../tab.js";
import { openCheckLine } from "./check_line.js";
import { echoCode, finding, judgeBrowser, judgeClock, open } from "./judge.js";
import { tryOthers, watchPicture, watchSound } from "./look.js";
import { playTestSound } from "./test_sound.js";

/** @typedef {import("../types").Finding} Finding */
/** @typedef {import("../types").CheckPart} CheckPart */
/** @typedef {import("../types").CheckFindings} CheckFindings */

const KEEP_MS = 400;
const ECHO_SETTLE_MS = 30_000;

/** @type {CheckPart[]} */
export const ORDER = ["camera", "microphone", "speaker", "echo", "network", "clock", "browser"];

/** @returns {CheckFindings} */
function untouched() {
  return /** @type {CheckFindings} */ (Object.fromEntries(ORDER.map((part) => [part, open()])));
}

/**
 * @param {import("../types").Connection} connection
 * @param {import("../types").Media} media
 */
export function createCheck(connection, media) {
  const findings = signal(untouched());
  const secondsLeft = signal(/** @type {number | null} */ (null));
  const echo = signal(/** @type {"" | "joining" | "speak" | "listen" | "ask"} */ (""));
  const isPlaying = signal(false);
  const isOver = signal(false);
  let id = newId();
  let line = /** @type {Awaited<ReturnType<typeof openCheckLine>> | null} */ (null);
  let opening = /** @type {Promise<void> | null} */ (null);
  let run = 0;
  /** @type {Partial<CheckFindings>} */
  let unkept = {};
  let timer = 0;
  let echoTimer = 0;

  const needing = computed(() => ORDER.filter((part) => findings.value[part].verdict !== "passed"));

  /**
   * @param {CheckPart} part
   * @param {Finding} found
   */
  function note(part, found) {
    const before = findings.peek()[part];
    if (isOver.peek() || JSON.stringify(before) === JSON.stringify(found)) return;
    const isSame = before.verdict === found.verdict && before.code === found.code;
    findings.value = { ...findings.peek(), [part]: found };
    if (isSame && (part === "camera" || part === "microphone")) return; // figures that only waver are no news
    unkept[part] = found;
    clearTimeout(timer);
    timer = window.setTimeout(() => void keep(false), KEEP_MS);
  }

  /** @param {boolean} isEntering */
  async function keep(isEntering) {
    clearTimeout(timer);
    const parts = isEntering ? findings.peek() : unkept;
    unkept = {};
    const answer = await connection.request("keep_check", { check: id, parts, is_entering: isEntering });
    if (!answer.ok) unkept = { ...parts, ...unkept };
  }

  /** Devices that are not there have a finding at once; those that are, are watched. */
  const stops = [
    effect(() => {
      const [track] = media.localStream.value?.getVideoTracks() ?? [];
      if (media.isOpening.value) return;
      if (!track) return note("camera", missing("camera", media.fault.value));
      if (!media.camera.value) return note("camera", finding("warned", "switched_off"));
      return watchPicture(track, (found) => note("camera", found));
    }),
    effect(() => {
      const [track] = media.localStream.value?.getAudioTracks() ?? [];
      if (media.isOpening.value) return;
      if (!track) return note("microphone", missing("microphone", media.fault.value));
      let isTrying = false;
      note("microphone", open());
      return watchSound(track, (found) => {
        if (found?.code === "silent" && !isTrying) {
          isTrying = true;
          void tryOthers(media.devices.peek(), track.getSettings().deviceId).then(
            (other) => other && findings.peek().microphone.code === "silent" && note("microphone", other),
          );
        }
        if (found && !(found.code === "silent" && findings.peek().microphone.code === "other")) note("microphone", found);
      });
    }),
    effect(() => {
      if (connection.status.value === "online") note("clock", judgeClock(-clock_offset_ms.value));
    }),
    connection.on("echo", (message) => takePhase(message)),
  ];

  /** Opens the side line once; whoever comes second waits for the first. */
  async function withLine() {
    opening ??= openCheckLine(connection, media.localStream.peek()).then((opened) => {
      if (isOver.peek()) opened.close?.();
      line = opened;
    });
    await opening;
    return line?.line ? line : null;
  }

  function dropLine() {
    line?.close?.();
    [line, opening] = [null, null];
  }

  async function measure() {
    const mine = run;
    secondsLeft.value = 10;
    const opened = await withLine();
    if (mine !== run) return;
    const tick = (/** @type {number} */ left) => {
      if (mine === run) secondsLeft.value = left;
    };
    const found = opened?.measure ? await opened.measure(tick) : line?.failure;
    if (mine !== run) return;
    secondsLeft.value = null;
    note("network", found ?? finding("failed", "blocked"));
    if (found?.verdict === "failed") dropLine();
  }

  /** @param {{phase: string, level_db?: number, seconds?: number}} message */
  function takePhase({ phase, level_db, seconds }) {
    clearTimeout(echoTimer);
    if (phase === "speak" || phase === "listen") {
      echo.value = phase;
      echoTimer = window.setTimeout(() => takePhase({ phase: "failed" }), ECHO_SETTLE_MS);
    }
    if (phase === "listen" && level_db !== undefined) {
      const code = echoCode(level_db);
      note("echo", code ? finding("warned", code, { level_db, seconds: seconds ?? 0 }) : finding("open", "", { level_db }));
    }
    if (phase === "over") echo.value = "ask";
    if (phase === "silent" || phase === "busy" || phase === "failed") {
      echo.value = "";
      note("echo", finding(phase === "busy" ? "open" : "failed", phase));
    }
  }

  function leave() {
    isOver.value = true;
    run += 1;
    clearTimeout(timer);
    clearTimeout(echoTimer);
    for (const stop of stops) stop();
    dropLine();
  }

  function begin() {
    note("browser", judgeBrowser({
      agent: navigator.userAgent,
      isSecure: isSecureContext,
      hasMedia: "RTCPeerConnection" in window && Boolean(navigator.mediaDevices?.getUserMedia),
    }));
    void measure();
  }

  return {
    findings,
    needing,
    secondsLeft,
    echo,
    isPlaying,
    begin,
    measure() {
      if (secondsLeft.peek() === null) void measure();
    },
    /** Everything from the beginning. */
    async repeat() {
      run += 1;
      dropLine();
      id = newId();
      echo.value = "";
      findings.value = untouched();
      await media.retryDevices();
      begin();
    },
    async playSound() {
      if (isPlaying.peek()) return;
      isPlaying.value = true;
      if (findings.peek().speaker.verdict === "open") note("speaker", finding("open", "unconfirmed"));
      await playTestSound(media.choice.peek().speaker);
      isPlaying.value = false;
    },
    /** What a person in the room says of the test sound. @param {boolean} isHeard */
    confirmSound(isHeard) {
      note("speaker", isHeard ? finding("passed", "good") : finding("failed", "not_heard"));
    },
    async startEcho() {
      echo.value = "joining";
      const opened = await withLine();
      if (!opened) return takePhase({ phase: "failed" });
      const sink = /** @type {any} */ (opened.sound);
      const { speaker } = media.choice.peek();
      if (speaker && sink.setSinkId) await sink.setSinkId(speaker).catch(() => {});
      sink.play().catch(() => {});
      const answer = await connection.request("start_echo", { line: opened.line });
      if (!answer.ok) takePhase({ phase: "failed" });
    },
    /** Who hears the own voice from the loudspeaker has also heard the loudspeaker. @param {boolean} isHeard */
    confirmEcho(isHeard) {
      echo.value = "";
      const before = findings.peek().echo;
      const isQuiet = before.verdict === "warned";
      if (!isHeard) note("echo", finding("failed", "not_heard", before.figures));
      else if (!isQuiet) note("echo", finding("passed", "good", before.figures));
      if (isHeard) note("speaker", finding("passed", "good"));
    },
    /** The point goes in with what was found. */
    async finish() {
      leave();
      await keep(true);
    },
    leave,
  };
}

/**
 * @param {"camera" | "microphone"} device
 * @param {import("../types").DeviceFault | null} fault one fault is told where both devices have one: what it says goes for both
 */
function missing(device, fault) {
  const kind = fault === "insecure" ? "insecure" : (fault?.split("_")[1] ?? "missing");
  return finding(kind === "missing" ? "warned" : "failed", kind);
}

/** Whether this point entered with a check that is still good. @param {import("../types").PointCheck | undefined} check */
export function isStillGood(check) {
  return Boolean(check?.good_until && Date.parse(check.good_until) > Date.now() + clock_offset_ms.peek());
}

