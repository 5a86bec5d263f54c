import { html, nothing } from '../lib/lit.js';
import { t } from '../lib/i18n.js';
import { View } from '../lib/view.js';
import { jobHash } from '../lib/route.js';
import { read } from '../lib/settings.js';
import { icon } from '../lib/icons.js';
import { percent } from '../lib/format.js';
import { header, banners, title } from './job-header.js';
import './progress-card.js';
import './reasons-card.js';
import './host-table.js';
import './host-panel.js';
import './stop-dialog.js';
import '../help-dialog.js';

const ANNOUNCE_EVERY = 10_000;

/** `/#/task-list/detail/{id}`: one job, live. Changing what is shown means changing the address. */
class JobPage extends View {
  static properties = ['route', 'stream'];

  #narrow = matchMedia('(max-width: 700px)');
  #announced = { at: 0, text: '' };
  #onKey = (event) => this.#key(event);
  #onChange = () => this.update();
  #origin = null;

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('keydown', this.#onKey);
    this.stream.addEventListener('change', this.#onChange);
    this.#narrow.addEventListener('change', this.#onChange);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.#onKey);
    this.stream.removeEventListener('change', this.#onChange);
    this.#narrow.removeEventListener('change', this.#onChange);
    document.title = 'muster';
  }

  get query() {
    return this.route.query;
  }

  /** Another part of the same job; choosing another filter starts at its first page. */
  go(patch, { replace = false } = {}) {
    const filters = ['status', 'reason', 'q'].some((key) => key in patch);
    const query = { ...this.query, ...(filters ? { page: 1 } : {}), ...patch };
    const hash = jobHash(this.route.id, query);
    if (hash === location.hash) {
      return;
    }
    history[replace ? 'replaceState' : 'pushState'](null, '', hash);
    dispatchEvent(new HashChangeEvent('hashchange'));
  }

  view() {
    const { phase, job } = this.stream;
    if (phase === 'missing' || phase === 'refused') {
      return html`<main class="page centre">${this.#absent(phase)}</main>`;
    }
    if (phase === 'loading') {
      return html`<main class="page" aria-busy="true">${skeleton(this.stream)}</main>`;
    }
    document.title = `${pageMark(this.stream)} ${title(job)} #${job.id} · muster`;
    const opened = this.query.instance;
    return html`
      <div class="columns ${opened ? 'with-panel' : ''}" @go=${(event) => this.go(event.detail.patch, event.detail)}>
        <main class="page" ?inert=${Boolean(opened) && this.#narrow.matches}>
          <a class="skip" href="#hosts" @click=${(event) => this.#skip(event)}>${t('skip.hosts')}</a>
          ${header(this.stream, () => this.querySelector('stop-dialog').ask())}
          ${banners(this.stream)}
          <progress-card .stream=${this.stream} .status=${this.query.status} .tick=${this.#tick()}></progress-card>
          ${this.stream.reasons.length
            ? html`<reasons-card .reasons=${this.stream.reasons} .chosen=${this.query.reason}></reasons-card>`
            : nothing}
          <host-table .stream=${this.stream} .id=${this.route.id} .query=${this.query} .tick=${this.#tick()}></host-table>
        </main>
        ${opened
          ? html`<host-panel .stream=${this.stream} .instance=${opened} .tick=${this.#tick()}
              @close=${() => this.#closePanel()} @step=${(event) => this.#step(event.detail)}></host-panel>`
          : nothing}
      </div>
      <stop-dialog .stream=${this.stream} .tick=${this.#tick()}></stop-dialog>
      <p class="offscreen" role="status">${this.#announcement()}</p>`;
  }

  /** Children that show the stream's values or the passing time render with the page. */
  #tick() {
    return {};
  }

  #absent(phase) {
    return html`
      <section class="state-card">
        <p class="state-figure" aria-hidden="true">${phase === 'missing' ? '404' : '—'}</p>
        <h1>${phase === 'missing' ? t('missing.title', { id: '#' + this.route.id }) : t('refused.title')}</h1>
        <p class="soft">${this.stream.message}</p>
        <p class="soft">${t('missing.hint')}</p>
        <open-job></open-job>
        <p><a href="#/">${t('home.back')}</a></p>
      </section>`;
  }

  #skip(event) {
    event.preventDefault();
    this.querySelector('host-table').focusRow(0);
  }

  #closePanel() {
    const instance = this.query.instance;
    this.go({ instance: '' });
    queueMicrotask(() => requestAnimationFrame(() => this.querySelector('host-table')?.focusInstance(instance)));
  }

  /** The next or the one before, from the opened host. */
  #step(by) {
    const rows = this.stream.rows ?? [];
    const at = rows.findIndex((row) => row.instance === this.query.instance);
    const next = rows[at < 0 ? 0 : at + by];
    if (next) {
      this.go({ instance: next.instance }, { replace: true });
      this.querySelector('host-table').reveal(next.instance);
    }
  }

  #nextFailure() {
    const rows = this.stream.rows ?? [];
    const table = this.querySelector('host-table');
    const current = this.query.instance || table.focusedInstance;
    const at = rows.findIndex((row) => row.instance === current);
    const order = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
    const next = order.find((row) => row.status === 'FAILED');
    if (next && this.query.instance) {
      this.go({ instance: next.instance }, { replace: true });
      table.reveal(next.instance);
    } else if (next) {
      table.focusInstance(next.instance);
    } else if (this.stream.counts.failed > 0) {
      this.go({ status: 'FAILED', reason: '', q: '' });
    }
  }

  #key(event) {
    const typing = event.target.closest?.('input, textarea, select');
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey
        || document.querySelector('dialog[open], [role=menu]') || this.stream.phase !== 'ready') {
      return;
    }
    if (event.key === 'Escape' && this.query.instance && !typing) {
      this.#closePanel();
      return;
    }
    if (typing || !read('keys', true)) {
      return;
    }
    const table = this.querySelector('host-table');
    const move = (by) => (this.query.instance ? this.#step(by) : table.move(by));
    const keys = {
      '/': () => table.focusFilter(),
      j: () => move(1),
      k: () => move(-1),
      f: () => this.#nextFailure(),
    };
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  }

  /** Said aloud at most every ten seconds. */
  #announcement() {
    const { counts } = this.stream;
    const now = Date.now();
    if (now - this.#announced.at >= ANNOUNCE_EVERY) {
      const text = t('announce', {
        done: counts.total - counts.pending - counts.running, total: counts.total, failed: counts.failed,
      });
      this.#announced = { at: now, text };
    }
    return this.#announced.text;
  }
}

function pageMark({ job, counts }) {
  const marks = { SUCCESS: '✓', FAILED: '✕', PART_FAILED: '✕', TERMINATED: '■' };
  return marks[job.status] ?? percent(counts.total - counts.pending - counts.running, counts.total);
}

function skeleton(stream) {
  return html`
    <div class="skeleton wide"></div>
    <div class="skeleton line"></div>
    <div class="skeleton block"></div>
    <div class="skeleton block tall"></div>
    ${stream.link === 'reconnecting'
      ? html`<p class="banner warn" role="alert">${icon('clock')}<span>${t('link.unreachable')}</span></p>`
      : html`<p class="offscreen" role="status">${t('loading')}</p>`}`;
}

JobPage.define('job-page');
