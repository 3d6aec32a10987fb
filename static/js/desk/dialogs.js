/** What asks the chair for a word before it is done. */
import { useLayoutEffect, useMemo } from "preact/hooks";
import { _ } from "../boot.js";
import { duration, spokenMs } from "../clock.js";
import { Dialog, Icon } from "../components/index.js";
import { LineDialog } from "../components/line-dialog.js";
import { html } from "../html.js";
import { AgendaDialog } from "./agenda_dialog.js";
import { AppointDialog } from "./appoint_dialog.js";
import { CommandList } from "./command_list.js";
import { ConductDialog } from "./conduct_dialog.js";
import { EntryDialog } from "./entry_dialog.js";
import { AddDialog, InviteDialog } from "./invite_dialog.js";
import { GalleryDialog } from "./gallery_dialog.js";
import { ShareDialog } from "./share_card.js";
import { KeysDialog } from "./keys_dialog.js";
import { PapersDialog } from "./papers_dialog.js";
import { quorumWords, RollDialog } from "./roll_dialog.js";
import { ScreenDialog } from "./screen_dialog.js";
import { ScriptDialog } from "./script_dialog.js";
import { siteNames } from "./speech_words.js";
import { TotalsDialog } from "./totals_dialog.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./acts.js").ChairActs} ChairActs */
/** @typedef {import("../types").AgendaItem} AgendaItem */

/**
 * Gives the focus back to what opened the dialog.
 * @param {boolean} isOpen
 */
function useFocusBack(isOpen) {
  const opener = useMemo(() => document.activeElement, [isOpen]); // the dialog takes the focus before the effect runs
  useLayoutEffect(() => {
    if (!isOpen) return;
    return () => {
      requestAnimationFrame(() => {
        if (opener instanceof HTMLElement && document.activeElement === document.body) opener.focus();
      });
    };
  }, [isOpen]);
}

/** @param {string} site */
const lineTitle = (site) => _("Đường truyền: %(site)s", { site });

/** @param {{desk: Desk, acts: ChairActs, media: import("../types").Media, commands?: () => import("./command_list.js").Entry[]}} props */
export function Dialogs({ desk, acts, media, commands }) {
  const open = acts.dialog.value;
  useFocusBack(open !== null);
  // A dialog that goes away still reports its closing: it must not close the one that took its place.
  const close = () => {
    if (acts.dialog.peek() === open) acts.dialog.value = null;
  };
  switch (open?.name) {
    case "mute_all":
      return html`<${MuteAll} desk=${desk} acts=${acts} close=${close} />`;
    case "chair_speaks":
      return html`<${ChairSpeaks} desk=${desk} acts=${acts} close=${close} />`;
    case "open_item":
      return html`<${OpenItem} desk=${desk} acts=${acts} item=${open.item} close=${close} />`;
    case "adjourn":
      return html`<${Adjourn} desk=${desk} acts=${acts} close=${close} />`;
    case "roll":
      return html`<${RollDialog} desk=${desk} close=${close} />`;
    case "agenda":
      return html`<${AgendaDialog} desk=${desk} acts=${acts} close=${close} />`;
    case "script":
      return html`<${ScriptDialog} desk=${desk} close=${close} />`;
    case "invite":
      return html`<${InviteDialog} desk=${desk} acts=${acts} close=${close} />`;
    case "add":
      return html`<${AddDialog} desk=${desk} acts=${acts} close=${close} />`;
    case "entry":
      return html`<${EntryDialog} desk=${desk} acts=${acts} entry=${open.entry} close=${close} />`;
    case "appoint":
      return html`<${AppointDialog} desk=${desk} close=${close} />`;
    case "line":
      return html`<${LineDialog}
        connection=${desk.connection}
        siteId=${open.siteId}
        title=${lineTitle(desk.siteName(open.siteId))}
        close=${close}
      />`;
    case "papers":
      return html`<${PapersDialog} desk=${desk} close=${close} />`;
    case "conduct":
      return html`<${ConductDialog} desk=${desk} close=${close} />`;
    case "totals":
      return html`<${TotalsDialog} desk=${desk} close=${close} />`;
    case "convene":
      return html`<${Convene} desk=${desk} close=${close} />`;
    case "screen":
      return html`<${ScreenDialog} desk=${desk} close=${close} />`;
    case "gallery":
      return html`<${GalleryDialog} desk=${desk} close=${close} />`;
    case "share":
      return html`<${ShareDialog} desk=${desk} media=${media} close=${close} />`;
    case "commands":
      return commands ? html`<${CommandList} entries=${commands()} close=${close} />` : null;
    case "keys":
      return html`<${KeysDialog} desk=${desk} close=${close} />`;
    default:
      return null;
  }
}

/**
 * @param {object} props
 * @param {Desk} props.desk
 * @param {() => void} props.close
 * @param {string} props.title
 * @param {any} props.text
 * @param {string} props.no
 * @param {{icon: string, word: string, className: string, test: string, command: string, args: Record<string, unknown>}[]} props.choices
 */
function Ask({ desk, close, title, text, no, choices }) {
  const actions = html`
    <button type="button" class="btn is-lg" data-test="dialog-no" onClick=${close}>${no}</button>
    ${choices.map(
      ({ icon, word, className, test, command, args }) =>
        html`<button
          type="button"
          class=${`btn is-lg ${className}`}
          data-test=${test}
          onClick=${() => {
            close();
            void desk.connection.command(command, args);
          }}
        >
          <${Icon} name=${icon} />${word}
        </button>`,
    )}
  `;
  return html`<${Dialog} title=${title} isAlert onClose=${close} actions=${actions}><p class="muted">${text}</p><//>`;
}

/** Whose speeches run, by name. @param {Desk} desk */
const speakingSites = (desk) => siteNames(desk, desk.holders.value);

/** The opening cannot be taken back: the hall is heard everywhere from then on. @param {{desk: Desk, close: () => void}} props */
function Convene({ desk, close }) {
  const [there, all] = [desk.connected.value, desk.sites.value];
  const missing = all.filter((site) => !there.has(site.id)).map((site) => site.short_name);
  const heard = _("Từ lúc khai mạc, các điểm cầu nghe hội trường.");
  const absent = missing.length ? _("Chưa kết nối: %(sites)s.", { sites: missing.join(", ") }) : _("Đủ điểm cầu.");
  const quorum = quorumWords(desk.attendance.value);
  const isShort = desk.attendance.value?.is_quorate === false;
  const yes = isShort
    ? { icon: "play", word: _("Vẫn khai mạc"), className: "is-danger", test: "convene-yes", command: "convene", args: { is_confirmed: true } }
    : { icon: "play", word: _("Khai mạc"), className: "is-primary", test: "convene-yes", command: "convene", args: {} };
  return html`<${Ask}
    desk=${desk}
    close=${close}
    title=${isShort ? _("Khai mạc khi chưa đủ đại biểu?") : _("Khai mạc hội nghị?")}
    text=${`${quorum && `${quorum}. `}${absent} ${heard}`}
    no=${_("Chưa khai mạc")}
    choices=${[yes]}
  />`;
}

/** @param {{desk: Desk, close: () => void}} props */
function MuteAll({ desk, close }) {
  const site = speakingSites(desk);
  const text = _("Người đang phát biểu (%(site)s) cũng bị tắt. Đồng hồ tạm dừng.", { site });
  return html`<${Ask}
    desk=${desk}
    close=${close}
    title=${_("Tắt tất cả micro?")}
    text=${site ? text : _("Chưa có đại biểu phát biểu.")}
    no=${_("Không tắt")}
    choices=${[{ icon: "volume-x", word: _("Tắt tất cả"), className: "is-danger", test: "mute-all-yes", command: "mute_all", args: {} }]}
  />`;
}

/** @param {{desk: Desk, close: () => void}} props */
function ChairSpeaks({ desk, close }) {
  const site = speakingSites(desk);
  const text = _(
    "%(site)s đang phát biểu. Tạm dừng thì đồng hồ đứng lại và đại biểu nói tiếp sau; kết thúc thì lượt này khép lại.",
    { site },
  );
  const choices = [
    {
      icon: "circle-stop",
      word: _("Kết thúc lượt"),
      className: "is-danger",
      test: "chair-speaks-end",
      command: "chair_speaks",
      args: { current: "end" },
    },
    {
      icon: "pause",
      word: _("Tạm dừng lượt"),
      className: "is-primary",
      test: "chair-speaks-pause",
      command: "chair_speaks",
      args: { current: "pause" },
    },
  ];
  return html`<${Ask}
    desk=${desk}
    close=${close}
    title=${_("Chủ trì phát biểu")}
    text=${text}
    no=${_("Thôi")}
    choices=${choices}
  />`;
}

/** @param {{desk: Desk, close: () => void, item: AgendaItem}} props */
function OpenItem({ desk, close, item }) {
  const site = speakingSites(desk);
  const title = _("Chuyển sang mục %(n)s?", { n: item.number });
  const text = _("“%(title)s”. Lượt phát biểu của %(site)s sẽ kết thúc.", { title: item.title, site });
  return html`<${Ask}
    desk=${desk}
    close=${close}
    title=${title}
    text=${text}
    no=${_("Không chuyển")}
    choices=${[{ icon: "skip-forward", word: _("Chuyển mục"), className: "is-danger", test: "open-item-yes", command: "open_item", args: { item_id: item.id, is_confirmed: true } }]}
  />`;
}

/** @param {{desk: Desk, close: () => void}} props */
function Adjourn({ desk, close }) {
  const speech = desk.floor.value;
  const text = speech
    ? _("Lượt phát biểu của %(site)s (%(time)s) sẽ kết thúc. Sau khi bế mạc không mở lại được.", {
        site: speakingSites(desk),
        time: duration(spokenMs(speech)),
      })
    : _("Sau khi bế mạc không mở lại được.");
  return html`<${Ask}
    desk=${desk}
    close=${close}
    title=${_("Bế mạc hội nghị?")}
    text=${text}
    no=${_("Chưa bế mạc")}
    choices=${[{ icon: "circle-stop", word: _("Bế mạc"), className: "is-danger", test: "adjourn-yes", command: "adjourn", args: {} }]}
  />`;
}
