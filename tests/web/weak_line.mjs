// The words of lines whose pictures were reduced; `test_weak_line.py` runs this in a copy of `static/js`.
import { readFileSync } from "node:fs";

const { boot, lines } = JSON.parse(readFileSync(0, "utf8"));
globalThis.document = Object.assign(new EventTarget(), {
  getElementById: () => ({ textContent: JSON.stringify(boot) }),
});
globalThis.addEventListener = () => {};
const { weakDown } = await import("./components/weak-line.js");
const { figureWords } = await import("./components/line-figures.js");
console.log(JSON.stringify(lines.map((line) => [weakDown(line)?.title ?? "", figureWords(line).join(", ")])));
process.exit();
