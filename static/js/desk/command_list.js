/** Everything the desk can do, found by typing a few letters (Ctrl K): the arrows choose, Enter does it. */
import { useId, useLayoutEffect, useState } from "preact/hooks";
import { _ } from "../boot.js";
import { Dialog, Icon } from "../components/index.js";
import { html } from "../html.js";
import { isFound } from "./search.js";

/**
 * One act: `why` it cannot be done now, `keys` that do it without the list, `also` words it is found by.
 * @typedef {{name: string, icon: string, run: () => unknown, keys?: string, why?: string | null, also?: string}} Entry
 */

/** @param {{entries: Entry[], close: () => void}} props */
export function CommandList({ entries, close }) {
  const id = useId();
  const [needle, setNeedle] = useState("");
  const [at, setAt] = useState(0);
  const found = entries.filter(({ name, also = "" }) => !needle.trim() || isFound(needle.trim(), `${name} ${also}`));
  const chosen = Math.min(at, found.length - 1);
  useLayoutEffect(() => {
    document.getElementById(`${id}-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen, needle]);

  /** @param {Entry | undefined} entry */
  const run = (entry) => {
    if (!entry || entry.why) return;
    close();
    entry.run();
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step && found.length) setAt(Math.max(0, Math.min(found.length - 1, chosen + step)));
    else if (event.key === "Enter" && !event.isComposing) run(found[chosen]);
    else return;
    event.preventDefault();
  };
  const count = _("%(n)s việc", { n: found.length });
  return html`<${Dialog} title=${_("Tìm việc cần làm")} onClose=${close} test="commands">
    <div class="desk-commands">
      <input
        class="input"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls=${`${id}-list`}
        aria-activedescendant=${found.length ? `${id}-${chosen}` : undefined}
        aria-label=${_("Tìm việc cần làm")}
        placeholder=${_("Gõ vài chữ, không cần dấu")}
        autocomplete="off"
        spellcheck="false"
        data-test="command-search"
        value=${needle}
        onInput=${(/** @type {any} */ event) => [setNeedle(event.currentTarget.value), setAt(0)]}
        onKeyDown=${press}
      />
      <ul id=${`${id}-list`} role="listbox" aria-label=${_("Các việc của bàn thư ký")}>
        ${found.map(
          (entry, index) =>
            html`<li
              key=${entry.name}
              id=${`${id}-${index}`}
              role="option"
              aria-selected=${index === chosen ? "true" : "false"}
              aria-disabled=${entry.why ? "true" : undefined}
              data-command=${entry.name}
              onClick=${() => run(entry)}
            >
              <${Icon} name=${entry.icon} /><span class="grow">${entry.name}${entry.why && html`<small class="muted"> ${entry.why}</small>`}</span>
              ${entry.keys && html`<kbd>${entry.keys}</kbd>`}
            </li>`,
        )}
      </ul>
      <p class=${found.length ? "sr" : "muted"} role="status">${found.length ? count : _("Không có việc nào như vậy.")}</p>
    </div>
  <//>`;
}
