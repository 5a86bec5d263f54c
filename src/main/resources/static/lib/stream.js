import { lang } from './i18n.js';
import { ledToSignIn } from './session.js';

const PAGE_SIZE = 100;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 15_000;
const PATIENCE = 10_000;
const NO_SUCH_JOB = 3801012;
const REFILL_AFTER = 2_500;
/** Keep-alives come every 10 s; after this long without any the connection is not believed. */
const SILENCE = 25_000;

/**
 * One job as the server tells it, and how far that can be trusted. `phase` is loading, ready,
 * missing or refused; `link` is connecting, live, reconnecting or paused, and `lost` is since when
 * the screen may be behind. Fires `change`.
 */
export class JobStream extends EventTarget {
  #source = null;
  #asked = null;
  #timer = 0;
  #refill = 0;
  #wait = 0;
  #pings = false;
  #rows = new Map();

  constructor() {
    super();
    this.#forget();
    addEventListener('online', () => this.link === 'reconnecting' && this.#connect());
    document.addEventListener('visibilitychange', () => this.#visible());
    setInterval(() => this.#watch(), 5_000);
  }

  /** Shows a job through `query`; a different part of the same job keeps what is on screen until the new part comes. */
  open(id, query) {
    const asked = { id, ...query, lang: lang() };
    const before = this.#asked;
    if (before && JSON.stringify(before) === JSON.stringify(asked)) {
      return;
    }
    this.#asked = asked;
    if (before?.id !== id) {
      this.#forget();
    } else {
      this.busy = ['status', 'reason', 'q', 'page', 'lang'].some((key) => before[key] !== asked[key]);
      if (before.instance !== asked.instance) {
        this.log = null;
      }
    }
    this.opened = this.#rows.get(asked.instance) ?? (this.opened?.instance === asked.instance ? this.opened : null);
    if (this.link === 'paused') {
      this.link = 'connecting';
    }
    this.#connect();
  }

  close() {
    this.#disconnect();
    this.#asked = null;
  }

  pause() {
    this.#disconnect();
    this.link = 'paused';
    this.lost ??= Date.now();
    this.#changed();
  }

  /** Connects at once, after a pause or while waiting for the next try. */
  resume() {
    this.link = this.link === 'paused' ? 'connecting' : this.link;
    this.#connect();
  }

  #forget() {
    this.phase = 'loading';
    this.link = 'connecting';
    this.message = '';
    this.heard = null;
    this.lost = null;
    this.busy = false;
    this.job = null;
    this.counts = null;
    this.reasons = [];
    this.rows = null;
    this.total = 0;
    this.log = null;
    this.opened = null;
    /** The server's clock minus this one's, if it tells. */
    this.skew = 0;
    this.#rows = new Map();
    this.#pings = false;
  }

  get size() {
    return PAGE_SIZE;
  }

  #address() {
    const { id, page, status, reason, q, instance, lang: language } = this.#asked;
    const search = new URLSearchParams({ page, size: PAGE_SIZE, lang: language });
    for (const [key, value] of Object.entries({ status, reason, q: q.trim(), instance })) {
      if (value) {
        search.set(key, value);
      }
    }
    return `api/job/${id}/stream?${search}`;
  }

  #disconnect() {
    clearTimeout(this.#timer);
    clearTimeout(this.#refill);
    this.#refill = 0;
    this.#source?.close();
    this.#source = null;
  }

  #connect() {
    this.#disconnect();
    if (!this.#asked) {
      return;
    }
    const address = this.#address();
    const source = new EventSource(address);
    this.#source = source;
    const on = (type, act) =>
      source.addEventListener(type, (event) => {
        if (source !== this.#source) {
          return;
        }
        const told = event.data ? JSON.parse(event.data) : null;
        this.#hear();
        act(told);
        this.#changed();
      });
    on('open', () => {});
    on('ping', () => (this.#pings = true));
    on('summary', (told) => this.#summary(told));
    on('hosts', (told) => this.#hosts(told));
    on('log', (told) => this.#logged(told));
    source.onerror = () => {
      if (source !== this.#source) {
        return;
      }
      this.#lose(Date.now());
      // The browser tries again by itself after a broken connection, but never after a refusal.
      if (source.readyState === EventSource.CLOSED) {
        this.#ask(address);
      }
      this.#changed();
    };
    this.#changed();
  }

  /** An EventSource cannot see why it was refused: asks the same address once more, to be told. */
  async #ask(address) {
    const gone = new AbortController();
    const source = this.#source;
    const patience = setTimeout(() => gone.abort(), PATIENCE);
    try {
      const response = await fetch(address, { signal: gone.signal, cache: 'no-store' });
      if (source === this.#source && (await ledToSignIn(response))) {
        return;
      }
      const json = /json/.test(response.headers.get('content-type') ?? '');
      const told = json ? await response.json() : null;
      if (source === this.#source && told?.result === false && response.status < 500) {
        this.phase = response.status === 404 || told.code === NO_SUCH_JOB ? 'missing' : 'refused';
        this.message = told.message ?? '';
        this.#changed();
        return;
      }
    } catch {
      // Not there; it is tried again below.
    } finally {
      clearTimeout(patience);
      gone.abort();
    }
    if (source === this.#source) {
      this.#wait = Math.min(LONGEST_WAIT, Math.max(FIRST_WAIT, this.#wait * 2));
      this.#timer = setTimeout(() => this.#connect(), this.#wait);
    }
  }

  #lose(at) {
    this.link = 'reconnecting';
    this.lost ??= at;
  }

  #hear() {
    this.heard = Date.now();
    this.link = 'live';
    this.lost = null;
    this.#wait = 0;
  }

  #watch() {
    if (this.#pings && this.link === 'live' && Date.now() - this.heard > SILENCE) {
      this.#lose(this.heard);
      this.#connect();
    }
  }

  /** A finished job in a hidden tab needs no connection; browsers allow only six to a server. */
  #visible() {
    if (document.hidden && this.job?.ended_at && this.link === 'live') {
      this.#disconnect();
    } else if (!document.hidden && !this.#source && this.#asked && this.link !== 'paused') {
      this.#connect();
    }
  }

  #summary(told) {
    this.phase = 'ready';
    this.job = told.job;
    this.counts = told.counts;
    this.reasons = told.reasons ?? [];
    if (told.now) {
      this.skew = Date.parse(told.now) - Date.now();
    }
  }

  #hosts(told) {
    if (told.window) {
      this.#rows = new Map();
      this.busy = false;
    }
    let left = false;
    for (const row of told.rows) {
      if (row.instance === this.#asked.instance) {
        this.opened = row;
      }
      if (told.window || this.#belongs(row)) {
        if (this.#rows.has(row.instance) || this.#rows.size < PAGE_SIZE) {
          this.#rows.set(row.instance, row);
        }
      } else {
        left = this.#rows.delete(row.instance) || left;
      }
    }
    this.total = told.total ?? this.total;
    this.rows = [...this.#rows.values()];
    if (left && this.#short()) {
      this.#refill ||= setTimeout(() => {
        this.#refill = 0;
        if (this.#short()) {
          this.#connect();
        }
      }, REFILL_AFTER);
    }
  }

  /** Hosts left the filter, and the page has room for others that match. */
  #short() {
    return this.rows.length < Math.min(PAGE_SIZE, this.total - (this.#asked.page - 1) * PAGE_SIZE);
  }

  #belongs(row) {
    const { status, reason } = this.#asked;
    return (!status || row.status === status) && (!reason || row.reason === reason);
  }

  #logged(told) {
    if (told.instance === this.#asked.instance) {
      this.log = told;
      this.opened = told.host ?? this.opened;
    }
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
