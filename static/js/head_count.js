/** A head count that cannot be quite right. */
import { _ } from "./boot.js";

/**
 * What is odd about a head count, in words; "" when nothing is.
 * @param {{head_count: number | null, seats: number | null, expected: number}} roll
 */
export function countFault({ head_count: count, seats, expected }) {
  if (count === null) return "";
  if (seats !== null && count > seats) return _("Sĩ số %(count)s lớn hơn %(seats)s chỗ của phòng. Hãy hỏi lại.", { count, seats });
  if (count > expected) return _("Sĩ số %(count)s lớn hơn số triệu tập %(expected)s.", { count, expected });
  return "";
}
