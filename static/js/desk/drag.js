/**
 * Dragging a row by its handle with mouse, pen or finger.
 *
 * The rows stay where they are in the document while one is dragged, only shifted by transforms: moving
 * the touched element would end the touch. The new order is asked for once, at the drop.
 */
import { useEffect, useRef, useState } from "preact/hooks";

/** @typedef {{top: number, height: number}} Row */
/** @typedef {{from: number, to: number, dy: number, rows: Row[]}} Drag */

const EDGE_PX = 48;
const SCROLL_PX = 10;

/**
 * Where the row dragged by `dy` would stand: past every row whose middle its leading edge has passed.
 * @param {Row[]} rows
 * @param {number} from
 * @param {number} dy
 * @returns {number}
 */
export function targetIndex(rows, from, dy) {
  const dragged = rows[from];
  if (!dragged) return from;
  const middle = (/** @type {Row} */ row) => row.top + row.height / 2;
  const edge = dy > 0 ? dragged.top + dragged.height + dy : dragged.top + dy;
  if (dy > 0) return from + rows.slice(from + 1).filter((row) => middle(row) < edge).length;
  return from - rows.slice(0, from).filter((row) => middle(row) > edge).length;
}

/**
 * How far the row at `index` is shifted while another is dragged.
 * @param {Drag} drag
 * @param {number} index
 * @returns {number} pixels
 */
export function rowShift(drag, index) {
  if (index === drag.from) return drag.dy;
  const height = drag.rows[drag.from]?.height ?? 0;
  if (index > drag.from && index <= drag.to) return -height;
  if (index < drag.from && index >= drag.to) return height;
  return 0;
}

/**
 * @param {string} ids the rows' ids in order; a change of them ends the drag
 * @param {(from: number, to: number) => void} onDrop
 */
export function useRowDrag(ids, onDrop) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const [drag, setDrag] = useState(/** @type {Drag | null} */ (null));
  const stop = useRef(/** @type {(() => void) | null} */ (null));

  useEffect(() => () => stop.current?.(), [ids]);

  /**
   * @param {PointerEvent} event
   * @param {number} from
   */
  function begin(event, from) {
    const element = list.current;
    if (event.button !== 0 || !element || stop.current) return;
    event.preventDefault();
    const rows = [...element.children].map((child) => {
      const { top, height } = child.getBoundingClientRect();
      return { top, height };
    });
    const startY = event.clientY;
    const startScroll = element.scrollTop;
    let current = { from, to: from, dy: 0, rows };
    setDrag(current);

    /** @param {PointerEvent} moveEvent */
    const onMove = (moveEvent) => {
      if (moveEvent.pointerId !== event.pointerId) return;
      const box = element.getBoundingClientRect();
      if (moveEvent.clientY < box.top + EDGE_PX) element.scrollTop -= SCROLL_PX;
      if (moveEvent.clientY > box.bottom - EDGE_PX) element.scrollTop += SCROLL_PX;
      const dy = moveEvent.clientY - startY + element.scrollTop - startScroll;
      current = { from, to: targetIndex(rows, from, dy), dy, rows };
      setDrag(current);
    };
    const end = () => {
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
      window.removeEventListener("pointercancel", onCancel);
      window.removeEventListener("keydown", onKey, true);
      stop.current = null;
      setDrag(null);
    };
    /** @param {PointerEvent} upEvent */
    const onUp = (upEvent) => {
      if (upEvent.pointerId !== event.pointerId) return;
      end();
      if (current.to !== from) onDrop(from, current.to);
    };
    /** @param {PointerEvent} cancelEvent */
    const onCancel = (cancelEvent) => {
      if (cancelEvent.pointerId === event.pointerId) end();
    };
    /** @param {KeyboardEvent} keyEvent */
    const onKey = (keyEvent) => {
      if (keyEvent.key !== "Escape") return;
      keyEvent.stopPropagation();
      end();
    };
    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    window.addEventListener("pointercancel", onCancel);
    window.addEventListener("keydown", onKey, true);
    stop.current = end;
  }

  return { list, drag, begin };
}
