import { html, nothing } from '../lib/lit.js';
import { rich, t } from '../lib/i18n.js';
import { View } from '../lib/view.js';
import { STATES } from '../lib/route.js';
import { stateIcon } from '../lib/icons.js';
import { duration, moment, number, percent } from '../lib/format.js';
import { Pace } from '../lib/pace.js';

const COUNTER = { FAILED: 'failed', IGNORED: 'ignored', SUCCESS: 'success', RUNNING: 'running', PENDING: 'pending' };

/** How far the job is: one bar, one line of numbers, and a counter a state that filters the table. */
class ProgressCard extends View {
  static properties = ['stream', 'status', 'tick'];

  #pace = new Pace();
  #of = null;

  view() {
    const { job, counts, skew } = this.stream;
    if (!counts.total) {
      return nothing;
    }
    if (this.#of !== job.id) {
      this.#of = job.id;
      this.#pace = new Pace();
    }
    const now = Date.now() + skew;
    const done = counts.total - counts.pending - counts.running;
    this.#pace.see(done, now);
    return html`
      <section class="card progress" aria-label=${t('progress')}>
        <div class="progress-line">
          <p class="done"><strong>${number(done)}</strong> / ${t('hosts.count', { n: counts.total })}
            <span class="soft">${percent(done, counts.total)}</span></p>
          <p class="pace soft">${this.#speed(job, counts, now)}</p>
        </div>
        <div class="bar" role="img" aria-label=${STATES.filter((state) => counts[COUNTER[state]])
          .map((state) => `${t('state.' + state)}: ${number(counts[COUNTER[state]])}`).join(', ')}>
          ${STATES.map((state) => this.#segment(state, counts))}
        </div>
        <div class="chips" role="group" aria-label=${t('filter.state')}>
          ${this.#chip('', counts.total, counts)}
          ${STATES.map((state) => this.#chip(state, counts[COUNTER[state]], counts))}
        </div>
      </section>`;
  }

  #segment(state, counts) {
    const count = counts[COUNTER[state]];
    return count
      ? html`<i class="segment s-${state}" .style=${`flex-grow:${count}`} title=${`${t('state.' + state)} ${number(count)}`}
          @click=${() => this.#choose(state)}></i>`
      : nothing;
  }

  #chip(state, count, counts) {
    const chosen = this.status === state;
    return html`
      <button class="chip ${count ? '' : 'none'}" aria-pressed=${chosen} title=${percent(count, counts.total)}
        @click=${() => this.#choose(state)}>
        ${state ? stateIcon(state) : nothing}<span>${state ? t('state.' + state) : t('filter.all')}</span>
        <b>${number(count)}</b>
      </button>`;
  }

  #choose(state) {
    const status = this.status === state ? '' : state;
    this.emit('go', { patch: { status, reason: '' } });
  }

  #speed(job, counts, now) {
    if (job.ended_at) {
      return html`<span>${rich(job.status === 'TERMINATED' ? 'pace.stopped' : 'pace.finished', { ago: moment(job.ended_at, now) })}</span>`;
    }
    const pace = this.#pace.read(job, counts, now);
    if (!pace) {
      return nothing;
    }
    const rate = pace.rate >= 1
      ? t('pace.second', { rate: number(pace.rate >= 10 ? Math.round(pace.rate) : pace.rate) })
      : t('pace.minute', { rate: number(Math.max(1, Math.round(pace.rate * 60))) });
    return html`<span>${rate}</span><span>${t('pace.left', { time: duration(pace.left) })}</span>`;
  }
}

ProgressCard.define('progress-card');
