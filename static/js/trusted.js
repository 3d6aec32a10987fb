/**
 * The one Trusted Types policy of the pages (meetings/headers.py): it passes nothing but addresses of our own workers. Browsers
 * without Trusted Types take the address as it is.
 */

const WORKERS = /^\/static\/(?:[\w-]+\/)*[\w.-]+\.js$/;

/** @param {string} path */
function ownWorker(path) {
  if (!WORKERS.test(path)) throw new TypeError(`${path} is not a worker of ours`);
  return path;
}

const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("diem-cau", { createScriptURL: ownWorker });

/**
 * A worker of ours; its address begins with `/static/`.
 * @param {string} path
 */
export function startWorker(path) {
  return new Worker(policy ? policy.createScriptURL(path) : ownWorker(path), { type: "module" });
}
