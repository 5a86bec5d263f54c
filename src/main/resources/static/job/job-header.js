import { html, nothing } from '../lib/lit.js';
import { has, rich, t } from '../lib/i18n.js';
import { icon, stateIcon } from '../lib/icons.js';
import { ago, brief, clock, duration, elapsed, moment } from '../lib/format.js';
import { plain } from '../lib/text.js';
import '../pop-menu.js';

/** `Restart Agent`, as this page calls it, or as the server does. */
export function title(job) {
  const key = 'type.' + job.type;
  return has(key) ? t(key) : plain(job.type_display || job.type);
}

export function running(job) {
  return job.status === 'PENDING' || job.status === 'RUNNING';
}

/** What kind of job, which one, how it stands, since when, by whom, and what can be done about it. */
export function header(stream, stop) {
  const { job, counts } = stream;
  return html`
    <header class="job-head">
      <div class="job-title">
        <h1>${title(job)} <span class="job-id" translate="no">#${job.id}</span></h1>
        <span class="pill s-${job.status}">${stateIcon(job.status)}${t('state.' + job.status)}</span>
      </div>
      <div class="actions">
        ${copyMenu(stream)} ${temporalLink(job)}
        ${running(job) && counts.total > 0
          ? html`<button class="button danger" ?disabled=${Boolean(job.stop_requested_at)} @click=${stop}>
              ${icon('stop')}${job.stop_requested_at ? t('stop.stopping') : t('stop')}</button>`
          : nothing}
      </div>
      <p class="facts-line">${facts(stream)}</p>
    </header>`;
}

function facts({ job, skew }) {
  const now = Date.now() + skew;
  const started = job.started_at ?? job.created_at;
  const values = {
    ago: moment(started, now, ago),
    caller: html`<b translate="no">${plain(job.caller)}</b>`,
    app: html`<code translate="no">${plain(job.app)}</code>`,
  };
  const verb = job.started_at ? 'job.started' : 'job.created';
  const took = elapsed(job.started_at, job.ended_at, now);
  const parts = [
    rich(job.app ? verb + '.app' : verb, values),
    took === null ? null : job.ended_at ? t('job.took', { time: duration(took) }) : t('job.running_for', { time: duration(took) }),
    job.window && running(job) ? t('job.window', { n: job.window }) : null,
    job.round > 0 ? t('job.round', { round: job.round, rounds: job.rounds }) : null,
  ].filter(Boolean);
  return parts.map((part) => html`<span>${part}</span>`);
}

function copyMenu({ rows, counts, total }) {
  const addresses = (keep) => (rows ?? []).filter(keep).map((row) => plain(row.ip)).filter(Boolean);
  const items = [
    ['copy.all', addresses(() => true)],
    ['copy.failed', addresses((row) => row.status === 'FAILED')],
    ['copy.success', addresses((row) => row.status === 'SUCCESS')],
  ].map(([key, text]) => ({ label: t(key), note: text.length, text: text.join('\n'), count: text.length }));
  const partial = (rows?.length ?? 0) < counts.total;
  return html`<pop-menu .label=${t('copy')} .glyph=${'copy'} .items=${items}
    .note=${partial ? t('copy.partial', { n: rows?.length ?? 0, total: Math.max(total, counts.total) }) : ''}></pop-menu>`;
}

/** Only an address of the web; whatever else the server says is not made a link. */
function temporalLink(job) {
  if (!/^https?:\/\//.test(job.temporal_url ?? '')) {
    return nothing;
  }
  return html`<a class="button" href=${job.temporal_url} target="_blank" rel="noopener noreferrer">
    Temporal${icon('out')}<span class="offscreen">${t('new_tab')}</span></a>`;
}

/** Why a job waits or stopped, above everything else. */
export function banners({ job, skew }) {
  const now = Date.now() + skew;
  const shown = [];
  if (job.stop_requested_at && running(job)) {
    shown.push(['warn', 'stop', rich('banner.stopping', { ago: moment(job.stop_requested_at, now) }), job.why]);
  } else if (job.why) {
    shown.push([job.status === 'PENDING' || job.status === 'RUNNING' ? 'info' : 'warn',
      running(job) ? 'clock' : 'stop', plain(job.why), null]);
  }
  if (job.stalled_since) {
    shown.push(['warn', 'clock', rich('banner.stalled', { since: moment(job.stalled_since, now, brief) }), null]);
  }
  if (job.next_round_at && running(job)) {
    const wait = Math.max(0, (Date.parse(job.next_round_at) - now) / 1000);
    shown.push(['info', 'clock', rich('banner.round', {
      round: (job.round ?? 0) + 1, rounds: job.rounds,
      time: html`<b>${moment(job.next_round_at, now, () => duration(wait))}</b>`,
    }), clock(new Date(job.next_round_at))]);
  }
  return shown.map(([kind, glyph, text, more]) => html`
    <p class="banner ${kind}">${icon(glyph)}<span>${text}</span>${more ? html`<span class="soft">${plain(more)}</span>` : nothing}</p>`);
}
