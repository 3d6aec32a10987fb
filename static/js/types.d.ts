/** The parts of the protocol as a page sees them: `signaling/PROTOCOL.md`, Part 1. Times are ISO 8601 in UTC. */

import type { ReadonlySignal, Signal } from "@preact/signals";

export type Iso = string;
export type SiteId = number;

export interface Boot {
  page: "site" | "station" | "screen" | "chair" | "secretary" | "board" | "prepare" | "check-in";
  lang: "vi" | "en";
  /** A desk page's signed token; link pages carry theirs in the address. */
  auth: { desk?: string } | string | null;
  conference: unknown;
  timezone: string;
  messages: Record<string, string>;
  version: string;
}

export interface ConferencePart {
  public_id: string;
  title: string;
  short_title: string;
  organiser: string;
  note: string | null;
  is_example: boolean;
  place: string;
  opens_at: Iso;
  status: "scheduled" | "doors_open" | "convened" | "suspended" | "adjourned";
  doors_opened_at: Iso | null;
  convened_at: Iso | null;
  suspended_at: Iso | null;
  adjourned_at: Iso | null;
  presiding_site_id: SiteId;
}

export interface Site {
  id: SiteId;
  kind: "hall" | "site";
  name: string;
  short_name: string;
  label: string;
  map_column: number | null;
  map_row: number | null;
}

export interface AgendaItem {
  id: number;
  /** "4", or "4.1" for a sub-item. */
  number: string;
  title: string;
  kind: string;
  presenter: string | null;
  planned_at: Iso | null;
  planned_minutes: number | null;
  topics: string[];
  limit_seconds: number | null;
  status: "planned" | "open" | "closed";
  opened_at: Iso | null;
  closed_at: Iso | null;
  is_queue_closed: boolean;
  speeches: number;
}

export type RequestKind = "discussion" | "prepared_speech" | "reply" | "point_of_order";

export type PauseReason = "muted" | "suspended" | "chair" | "line" | "paused" | "point_of_order";

export interface Speech {
  request_id: number;
  site_id: SiteId;
  delegate_id: number;
  item_id: number;
  who: string;
  name: string | null;
  body: string | null;
  topic: string;
  kind: RequestKind;
  state: "warning" | "speaking" | "paused" | "held";
  category_id: number | null;
  /** The speech that a reply answers. */
  reply_to: number | null;
  paused_by: PauseReason[];
  granted_at: Iso;
  on_air_at: Iso;
  limit_seconds: number;
  spoken_ms: number;
  running_since: Iso | null;
  is_microphone_open: boolean;
  /** In a free discussion its site took the floor itself. */
  is_free: boolean;
}

export interface WaitingRequest {
  request_id: number;
  site_id: SiteId;
  delegate_id: number;
  item_id?: number;
  who: string;
  name: string | null;
  body: string | null;
  topic: string;
  kind: RequestKind;
  requested_at: Iso;
  limit_seconds: number;
  category_id: number | null;
  reply_to: number | null;
  /** The speaking time of those ahead of it, without the speech that runs now. */
  wait_seconds: number;
  prepared_at: Iso | null;
  deferred_at: Iso | null;
  is_devices_confirmed: boolean;
  is_connected: boolean;
  /** False in a presentation, for who is no presenter: "next" passes over it. */
  is_in_turn: boolean;
  /** A hand put it where it is. */
  is_placed: boolean;
  /** Nobody of its site has spoken yet. */
  is_first: boolean;
}

export type FloorMode = "chair_led" | "fifo" | "presentation" | "free_discussion";

export interface FloorSettings {
  speech_limit_seconds: number;
  is_present_only: boolean;
  mode: FloorMode;
  open_microphones: number;
  on_exceed: "warn" | "cut";
  cut_grace_seconds: number;
  point_of_order_seconds: number;
  is_clock_stopped_by_order: boolean;
  takes_orders_when_closed: boolean;
  site_quota_seconds: number | null;
  order_categories: { id: number; name: string; rank: number }[];
}

/** Speaking time as booked; what runs now is added by the page. */
export interface SpokenTotal {
  speeches: number;
  spoken_ms: number;
}

/** Something that may be undone by the command `undo`; `until` null: until another grant. */
export interface UndoOffer {
  seq: number;
  act: "end" | "grant" | "removal" | "deferral" | "order";
  at: Iso;
  until: Iso | null;
  /** Whose it is: the chair's alone, or the secretary's as well. */
  by: "chair" | "secretary";
  item_id: number;
  request_id: number | null;
  site_id: SiteId | null;
  who: string | null;
}

export type ShareSource = "screen" | "camera";

export type CardName = "before" | "break" | "end";

export interface Stage {
  card: CardName | null;
  card_words: string;
  resumes_at: Iso | null;
  large: "floor" | "hall";
  floor_site_id: SiteId | null;
  hall_site_id: SiteId | null;
  next_site_id: SiteId | null;
  heard: SiteId[];
  is_chair_speaking: boolean;
  /** What is heard is a point of order. */
  is_point_of_order: boolean;
  /** The paper picture that everybody sees large. */
  share: { site_id: SiteId; source: ShareSource } | null;
}

export interface Gallery {
  is_on_screen: boolean;
  /** When the hall screen is to show it; null: never. */
  shown: "between_speeches" | "always" | null;
  page: number;
  pages: number;
  turn_seconds: number | null;
  /** The sites of the page, in order. */
  tiles: SiteId[];
}

export interface PublicPart {
  entry: EntryPart;
  conference: ConferencePart;
  sites: Site[];
  connected: SiteId[];
  /** Sites that have been connected at least once. */
  arrived: SiteId[];
  agenda: AgendaItem[];
  current_item_id: number | null;
  /** Of several holders the one granted last. */
  floor: Speech | null;
  /** Who holds the floor, the first granted first. */
  holders: Speech[];
  queue: WaitingRequest[];
  forecast: { speech_ends_at: Iso | null; queue_seconds: number };
  settings: FloorSettings;
  stage: Stage;
  /** Who is heard in the roll call. */
  reporting_site_id: SiteId | null;
  screen: { is_card_forced: boolean; language: "vi" | "en" | null };
  gallery: Gallery;
  acting_chair: string | null;
}

export type RollStatus = "unmarked" | "present" | "substitute" | "excused" | "unexcused";

export interface Delegate {
  id: number;
  name: string | null;
  title: string;
  body: string | null;
  roll: RollStatus;
  reason: string | null;
  /** Of who came late. */
  came_at: Iso | null;
  /** Of who left early. */
  left_at: Iso | null;
}

export interface OwnRequest {
  request_id: number;
  delegate_id: number;
  who: string;
  item_id: number;
  topic: string;
  kind: RequestKind;
  category_id: number | null;
  status: "waiting" | "granted" | "released" | "revoked" | "withdrawn" | "declined" | "removed";
  reason: string | null;
  requested_at: Iso;
  place: number | null;
  prepared_at: Iso | null;
  deferred_at: Iso | null;
  is_devices_confirmed: boolean;
  spoken_ms: number;
}

export interface OwnPart {
  entry: OwnEntry;
  site_id: SiteId;
  delegates: Delegate[];
  roll: {
    expected: number;
    /** How many the room holds. */
    seats: number | null;
    head_count: number | null;
    confirmed_at: Iso | null;
    checked_at: Iso | null;
  };
  requests: OwnRequest[];
  spoken: SpokenTotal & { quota_left_ms: number | null };
  undo: UndoOffer[];
  is_microphone_open: boolean;
  is_full_picture_wanted: boolean;
  share: ToldShare | null;
}

/** What a site offers to show (rule 42). */
export interface ToldShare {
  source: ShareSource;
  offered_at: Iso;
  /** Everybody sees it. */
  is_shown: boolean;
}

export interface DeskRoll {
  site_id: SiteId;
  expected: number;
  present: number;
  substitute: number;
  excused: number;
  unexcused: number;
  unmarked: number;
  seats: number | null;
  head_count: number | null;
  confirmed_at: Iso | null;
  /** The desk found it right. */
  checked_at: Iso | null;
  changed_at: Iso | null;
  delegates: Delegate[];
}

/** The roll of all points together. */
export interface AttendanceSum {
  expected: number;
  present: number;
  substitute: number;
  excused: number;
  unexcused: number;
  late: number;
  left: number;
  absent: number;
  unexplained: number;
  sites: number;
  unreported: SiteId[];
  /** How many must be present; null: the conference needs no quorum. */
  needed: number | null;
  is_quorate: boolean;
  closed_at: Iso | null;
  announcement: { vi: string; en: string };
}

/** The roll call by voice. */
export interface RollCall {
  /** Who is invited to report. */
  site_id: SiteId | null;
  /** Not while somebody holds the floor. */
  is_heard: boolean;
  since: Iso | null;
  /** When it moves on by itself; null while it does not. */
  ends_at: Iso | null;
  seconds: number;
  is_paused: boolean;
  heard: SiteId[];
  missed: SiteId[];
  next_site_id: SiteId | null;
  ended_at: Iso | null;
}

export interface EndedSpeech {
  request_id: number;
  item_id: number;
  site_id: SiteId;
  who: string;
  topic: string;
  granted_at: Iso;
  ended_at: Iso;
  spoken_ms: number;
  ending: "released" | "revoked";
}

export interface DeskPart {
  entries: (OwnEntry & { site_id: SiteId })[];
  roll: DeskRoll[];
  shares: (ToldShare & { site_id: SiteId })[];
  attendance: AttendanceSum | null;
  roll_call: RollCall | null;
  requests: WaitingRequest[];
  speeches: EndedSpeech[];
  totals: {
    sites: (SpokenTotal & { site_id: SiteId; quota_left_ms: number | null })[];
    bodies: (SpokenTotal & { body: string })[];
  };
  not_yet_heard: SiteId[];
  undo: UndoOffer[];
  script: { item_id: number; say: string; do: string; private_note: string } | null;
  acting_chair: { account_id: number; display_name: string } | null;
  secretaries: { account_id: number; display_name: string }[];
}

export interface LogEntry {
  seq: number;
  at: Iso;
  event: string;
  actor: "chair" | "secretary" | "site" | "system";
  site_id?: SiteId;
  who?: string;
  topic?: string;
  item_number?: number;
  item_title?: string;
  reason?: string;
  seconds?: number;
  mode?: FloorMode;
  spoken_ms?: number;
  status?: RollStatus;
  count?: number;
  present?: number;
  expected?: number;
  is_by_desk?: boolean;
  came_at?: Iso;
  left_at?: Iso;
  card?: CardName;
  words?: string;
  language?: "vi" | "en";
  source?: ShareSource;
}

/** What the secretaries wrote of one speech, as the server has it. */
export interface Note {
  request_id: number;
  text: string;
  version: number;
  saved_at: Iso;
  saved_by: string;
}

/** A technical message. */
export interface Letter {
  id: number;
  channel: "site" | "all" | "private";
  site_id: SiteId | null;
  sender: "chair" | "secretary" | "site";
  sender_name: string;
  text: string;
  sent_at: Iso;
}

export type DeviceFault =
  | "camera_refused"
  | "camera_busy"
  | "camera_missing"
  | "microphone_refused"
  | "microphone_busy"
  | "microphone_missing"
  | "insecure";

/** Where a point stands at the door (rules 37–41). */
export type EntryState = "admitted" | "waiting" | "locked" | "full" | "removed";

export interface OwnEntry {
  state: EntryState;
  /** Why it was removed, or "". */
  reason: string;
}

export interface EntryPart {
  admission: "automatic" | "by_desk";
  admits_at: Iso | null;
  ceiling: number | null;
  is_open_to_all: boolean;
  is_locked: boolean;
}

export interface SitePresence {
  socket: boolean;
  media: boolean;
  camera: boolean | null;
  microphone: boolean | null;
  fault: DeviceFault | null;
  /** An encoder (WHIP) sends the hall's picture or sound, before those of the hall station. */
  encoder?: true;
}

/** How good a site's line is: Tốt, Khá, Yếu, Mất kết nối. */
export type QualityWord = "good" | "fair" | "weak" | "lost";

export interface LinkFigures {
  rtt_ms: number | null;
  /** Losses are 0…1; up is from the site to the server. */
  loss_up: number | null;
  loss_down: number | null;
  jitter_ms: number | null;
  up_kbps: number;
  down_kbps: number;
  level_db: number | null;
  width: number | null;
  height: number | null;
  fps: number | null;
  /** The largest picture it receives. */
  seen_width: number | null;
  seen_height: number | null;
  seen_fps: number | null;
  frozen_ms: number;
  limited_by: "bandwidth" | "cpu" | "other" | null;
  path: "udp" | "tcp" | "turn" | null;
  /** What the line down leaves of each picture; null: there is none. */
  hall_rung: Rung | null;
  floor_rung: Rung | null;
  /** Of the shared picture, which is never small. */
  paper_rung: Rung | null;
  /** How much the line down takes, and by what that was found out; null: everything. */
  room_kbps: number | null;
  room_by: "estimate" | "loss" | "delay" | null;
  /** How much the server lets it send. */
  allowed_kbps: number | null;
}

/** What a viewer gets of a picture, the least first. */
export type Rung = "none" | "still" | "small" | "full";

export type LineKind = QualityWord | "connected" | "left" | "silent" | "audible" | "frozen" | "moving" | "echo" | "echo_over" | "lowered" | "restored";

/** Something goes wrong on the floor; it ends by itself. */
export interface Alarm {
  kind: "silent" | "frozen" | "echo";
  site_id: SiteId;
  /** Whose sound an echo is. */
  of_site_id: SiteId | null;
  since: Iso;
}

/** How a line was in half a minute or more: worst round trip and losses (0…1), mean rates. */
export interface LineSample {
  at: Iso;
  rtt_ms: number | null;
  loss_up: number | null;
  loss_down: number | null;
  up_kbps: number;
  down_kbps: number;
}

export interface LineIncident {
  at: Iso;
  kind: LineKind;
  figures: Partial<LinkFigures>;
}

export type Verdict = "open" | "passed" | "warned" | "failed";

export type CheckPart = "camera" | "microphone" | "speaker" | "echo" | "network" | "clock" | "browser";

export interface Finding {
  verdict: Verdict;
  /** "" while it is open. */
  code: string;
  figures: Record<string, number | string>;
}

export type CheckFindings = Record<CheckPart, Finding>;

/** What a point found out of itself before it entered. */
export interface PointCheck {
  began_at: Iso;
  kept_at: Iso;
  entered_at: Iso | null;
  good_until: Iso | null;
  parts: Partial<CheckFindings>;
}

export interface Seat {
  label: string;
  role: "chair" | "secretary" | "site" | "screen";
  site_id: SiteId | null;
  account_id: number | null;
  is_hall_station: boolean;
  /** `lost`: set by the page when the server says `seat_lost`. */
  state: "held" | "occupied" | "watching" | "companion" | "lost";
  lost_reason?: "taken_over" | "link_revoked";
}

export interface Answer {
  ok: boolean;
  code?: string;
  message?: string;
  seq?: number;
}

export interface Snapshot {
  seq: number;
  at: Iso;
  parts: { public?: PublicPart; own?: OwnPart; desk?: DeskPart };
  presence?: Record<string, SitePresence>;
  links?: Record<string, QualityWord>;
  link_figures?: Record<string, LinkFigures>;
  alarms?: Alarm[];
  checks?: Record<string, PointCheck>;
  log?: LogEntry[];
}

export interface Changes {
  part: "public" | "own" | "desk";
  prev: number;
  seq: number;
  at: Iso;
  changes: Record<string, unknown>;
}

export interface CommandOptions {
  /** A refusal shows no toast: the caller says it in its own place. */
  quiet?: boolean;
}

/** What a command of this page brought into the journal: events after `after`, up to `seq`. */
export interface Accepted {
  after: number;
  seq: number;
}

export interface Connection {
  /** The token of this page's link; null at a desk. */
  link: string | null;
  status: ReadonlySignal<"connecting" | "online" | "lost" | "refused">;
  /** Ms epoch of this device at which the socket was lost, else null. */
  lostSince: ReadonlySignal<number | null>;
  /** Attempts to reconnect since the loss. */
  attempt: ReadonlySignal<number>;
  refusal: ReadonlySignal<{ code: string; message: string } | null>;
  seat: ReadonlySignal<Seat | null>;
  publicPart: ReadonlySignal<PublicPart | null>;
  ownPart: ReadonlySignal<OwnPart | null>;
  deskPart: ReadonlySignal<DeskPart | null>;
  presence: ReadonlySignal<Record<string, SitePresence>>;
  /** The word of each measured site. */
  links: ReadonlySignal<Record<string, QualityWord>>;
  /** The desk: of all sites; a site's page: its own. */
  linkFigures: ReadonlySignal<Record<string, LinkFigures>>;
  /** What goes wrong on the floor; a site's page: of its own. */
  alarms: ReadonlySignal<Alarm[]>;
  /** The last check of each point; a site's page: its own. */
  checks: ReadonlySignal<Record<string, PointCheck>>;
  log: ReadonlySignal<LogEntry[]>;
  /** Of the media process that this page has its peers at. */
  mediaEpoch: ReadonlySignal<string | null>;
  /** The last accepted command of this page. */
  accepted: ReadonlySignal<Accepted | null>;
  /** Controls may be used: online, or lost for less than 5 s. */
  isUsable: ReadonlySignal<boolean>;
  /** Resolves when the server has judged it; resent with the same id after a reconnect. Never rejects. */
  command(name: string, args?: Record<string, unknown>, options?: CommandOptions): Promise<Answer>;
  /** One message with an acknowledgement. Never rejects: without a line `{ok: false, code: "connection_lost"}`. */
  request(event: string, payload?: Record<string, unknown>): Promise<any>;
  /** Listens to a message of the server; returns the function that stops it. */
  on(event: string, listener: (payload: any) => void): () => void;
  claimSeat(mode: "take_over" | "watch" | "companion"): Promise<Answer>;
  /** This page has a peer at the media process of this epoch: there may be several. */
  noteMediaEpoch(epoch: string | null): void;
  reconnectNow(): void;
}

export interface BusTracks {
  video: MediaStreamTrack | null;
  audio: MediaStreamTrack | null;
}

/** The further floor buses carry the sound of further speakers of a dialogue. */
export type Bus = "hall" | "floor" | "floor2" | "floor3" | "floor4" | "next" | "paper";

/** One connection to the media server (`peer.js`). */
export interface Peer {
  pc: RTCPeerConnection;
  answer(offer: string): Promise<string>;
  send(tracks: MediaStreamTrack[]): Promise<void>;
  restart(offer: string): Promise<void>;
  setDetail(isWanted: boolean): Promise<void>;
  close(): void;
}

export interface MediaStats {
  rtt_ms: number | null;
  up_kbps: number;
  down_kbps: number;
}

export interface MediaOptions {
  publishes: boolean;
  /** Buses whose sound is played; the page may change them with `setAudible`. */
  audible?: Bus[];
  /** The hall's mixer: its own gain and noise control are better than the browser's. */
  isMixer?: boolean;
}

export interface DeviceChoice {
  camera: string;
  microphone: string;
  speaker: string;
  /** With noise suppression and level control; off in a room with a mixer of its own. */
  cancelsEcho: boolean;
}

export type JoinState = "off" | "joining" | "connected" | "failed";

/** One peer of a page: the conference's pictures and sound, the gallery's tiles, or what it shares. */
export interface JoinOptions {
  slot: "stage" | "tiles" | "paper";
  mayJoin: ReadonlySignal<boolean>;
  sends: ReadonlySignal<boolean>;
  /** Own tracks to send, when it joins. */
  tracks(): MediaStreamTrack[];
  onTrack(bus: string, track: MediaStreamTrack): void;
  onDrop?(): void;
}

export interface Tiles {
  /** By place on the page; the tracks stay the same whoever is on them. */
  tracks: ReadonlySignal<(MediaStreamTrack | null)[]>;
  state: ReadonlySignal<JoinState>;
  /** Set by whoever shows the gallery, or soon will. */
  isWanted: Signal<boolean>;
  /** Server time in ms at which a site's line was lost, for those it saw going. */
  lostSince: ReadonlySignal<Map<SiteId, number>>;
}

/** What this point shares besides its camera (`share.js`). */
export interface OwnShare {
  track: ReadonlySignal<MediaStreamTrack | null>;
  told: ReadonlySignal<ToldShare | null>;
  /** The browser asks which screen, or opens the camera. */
  isTaking: ReadonlySignal<boolean>;
  /** Takes the picture and offers it; why it could not be taken, or "". Call it from a click. */
  offer(source: ShareSource, camera?: string): Promise<"" | "refused" | "missing">;
  end(): void;
}

export interface Media {
  streams: ReadonlySignal<Record<Bus, BusTracks>>;
  localStream: ReadonlySignal<MediaStream | null>;
  state: ReadonlySignal<JoinState>;
  fault: ReadonlySignal<DeviceFault | null>;
  /** The browser is asking for the permission, or the camera is being opened. */
  isOpening: ReadonlySignal<boolean>;
  /** Own tracks that exist and live. */
  hasCamera: ReadonlySignal<boolean>;
  hasMicrophone: ReadonlySignal<boolean>;
  /** Wanted state of the own tracks (`track.enabled`). */
  camera: Signal<boolean>;
  microphone: Signal<boolean>;
  /** Whether the own picture is sent in full size: it is when it is, or soon will be, looked at. */
  isDetailed: Signal<boolean>;
  blocked: ReadonlySignal<boolean>;
  stats: ReadonlySignal<MediaStats | null>;
  devices: ReadonlySignal<MediaDeviceInfo[]>;
  choice: ReadonlySignal<DeviceChoice>;
  /** By id, also of devices that are gone. */
  deviceNames: ReadonlyMap<string, string>;
  /** From now on the devices are open (if it publishes and holds the seat), also before it joins. */
  prepare(): void;
  /** From now on: opens the devices (if it publishes and holds the seat), joins, and joins again by itself. */
  start(): void;
  /** Opens the devices again, after a fault. */
  retryDevices(): Promise<void>;
  /** What is sent goes on without a gap; one that cannot be opened is not kept. */
  chooseDevices(choice: Partial<DeviceChoice>): Promise<void>;
  setAudible(buses: Bus[]): void;
  /** Plays what the browser blocked; call it from a click. */
  unblock(): void;
  stop(): void;
}
