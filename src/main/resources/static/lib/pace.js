const LOOK_BACK = 30_000;
const SHORTEST_LOOK = 5_000;

/** How fast hosts finish, from what was seen in the last half minute. */
export class Pace {
  #seen = [];

  see(done, now) {
    const last = this.#seen.at(-1);
    if (last && done < last.done) {
      this.#seen = [];
    }
    if (!last || last.done !== done || now - last.at > 1_000) {
      this.#seen.push({ at: now, done });
    }
    while (this.#seen.length > 2 && now - this.#seen[1].at > LOOK_BACK) {
      this.#seen.shift();
    }
  }

  /** Hosts per second and seconds left; null while a number would only be a guess. */
  read(job, counts, now) {
    const done = counts.total - counts.pending - counts.running;
    const age = job.started_at ? (now - Date.parse(job.started_at)) / 1000 : 0;
    const early = done < 3 || (done / counts.total < 0.05 && age < 30);
    if (job.status !== 'RUNNING' || job.stop_requested_at || counts.total < 10 || done >= counts.total || early) {
      return null;
    }
    const first = this.#seen[0];
    const span = first ? (now - first.at) / 1000 : 0;
    const seen = span * 1000 >= SHORTEST_LOOK ? (done - first.done) / span : 0;
    const rate = seen > 0 ? seen : done / Math.max(age, 1);
    const left = (counts.total - done) / rate;
    return left > 86_400 ? null : { rate, left: coarse(left) };
  }
}

/** A number that does not pretend to be exact, and does not jump at every event. */
function coarse(seconds) {
  const step = seconds < 60 ? 5 : seconds < 600 ? 30 : 300;
  return Math.max(step, Math.round(seconds / step) * step);
}
