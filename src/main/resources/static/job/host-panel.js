import { html, nothing } from '../lib/lit.js';
import { t } from '../lib/i18n.js';
import { View } from '../lib/view.js';
import { read, write } from '../lib/settings.js';
import { icon, shown, stateIcon } from '../lib/icons.js';
import { brief, duration, elapsed, moment } from '../lib/format.js';
import { oneLine, plain } from '../lib/text.js';
import { copy, download, toast } from '../lib/clipboard.js';
import './log-view.js';

/** One host of the job: what it is, what happened to it, and its log as it grows. */
class HostPanel extends View {
  static properties = ['stream', 'instance', 'tick'];

  #shown = null;
  #toggled = new Map();
  #follow = true;
  #wrap = read('wrap', true);

  view() {
    const row = this.stream.opened ?? { instance: this.instance, ip: '', status: '' };
    const now = Date.now() + this.stream.skew;
    return html`
      <aside class="panel" aria-labelledby="host-title">
        <header class="panel-head">
          <div>
            <h2 id="host-title" tabindex="-1" translate="no">${oneLine(row.ip) || this.instance}</h2>
            ${row.name ? html`<span class="soft" translate="no">${oneLine(row.name)}</span>` : nothing}
          </div>
          <div class="panel-buttons">
            ${iconButton('up', t('panel.previous'), () => this.emit('step', -1))}
            ${iconButton('down', t('panel.next'), () => this.emit('step', 1))}
            ${iconButton('close', t('panel.close'), () => this.emit('close'))}
          </div>
        </header>
        <div class="panel-body">
          ${row.status ? this.#facts(row, now) : nothing}
          ${this.#earlier(now)}
          ${this.#steps(row)}
        </div>
      </aside>`;
  }

  rendered() {
    if (this.#shown !== this.instance) {
      const first = this.#shown === null;
      this.#shown = this.instance;
      this.#toggled = new Map();
      this.#follow = true;
      this.querySelector('.panel-body').scrollTop = 0;
      if (first) {
        this.querySelector('#host-title').focus({ preventScroll: true });
      }
    }
  }

  #facts(row, now) {
    const took = elapsed(row.started_at, row.ended_at, now);
    const facts = [
      ['column.business', oneLine(row.business)],
      ['column.cloud', oneLine(row.cloud)],
      ['fact.host_id', row.host_id],
      ['column.tries', row.tries || null],
      ['fact.execution', row.execution > 1 ? row.execution : null],
      ['fact.started', row.started_at ? moment(row.started_at, now, brief) : null],
      ['fact.ended', row.ended_at ? moment(row.ended_at, now, brief) : null],
      ['column.duration', took === null ? null : duration(took)],
    ].filter(([, value]) => value !== null && value !== undefined && value !== '');
    return html`
      <p class="panel-state s-${shown(row)}">${stateIcon(shown(row))}<b>${row.text ? oneLine(row.text) : t('state.' + row.status)}</b>
        ${row.proof ? html`<span class="tag">${t('proof.' + row.proof)}</span>` : nothing}
        ${row.reason && !row.detail && !row.hint ? html`<span class="tag" translate="no">${oneLine(row.reason)}</span>` : nothing}</p>
      ${row.detail || row.hint ? this.#why(row) : nothing}
      ${row.proof ? html`<p class="note">${icon('info')}<span>${t(`proof.${row.proof}.long`)}</span></p>` : nothing}
      <dl class="facts">${facts.map(([key, value]) => html`<div><dt>${t(key)}</dt><dd>${value}</dd></div>`)}</dl>`;
  }

  #why(row) {
    return html`
      <div class="why ${shown(row) === 'FAILED' ? 'bad' : ''}">
        ${row.reason ? html`<span class="tag ${shown(row) === 'FAILED' ? 'bad' : ''}" translate="no">${oneLine(row.reason)}</span>` : nothing}
        ${row.detail ? html`<pre translate="no">${plain(row.detail)}</pre>` : nothing}
        ${row.hint ? html`<p>${plain(row.hint)}</p>` : nothing}
      </div>`;
  }

  /** How its part had ended before each retry. */
  #earlier(now) {
    const earlier = this.stream.log?.earlier ?? [];
    return earlier.length === 0 ? nothing : html`
      <h3>${t('earlier')}</h3>
      <ul class="earlier">${earlier.map((end) => html`
        <li><span class="tag bad" translate="no">${oneLine(end.reason)}</span>
          ${end.ended_at ? html`<span class="soft">${moment(end.ended_at, now, brief)}</span>` : nothing}
          ${oneLine(end.detail)}</li>`)}</ul>`;
  }

  #steps(row) {
    const log = this.stream.log;
    if (log ? !log.steps?.length : row.status === 'PENDING') {
      return html`<h3>${t('steps')}</h3><p class="soft">${t('steps.none')}</p>`;
    }
    if (!log) {
      return html`<h3>${t('steps')}</h3><div class="skeleton block"></div>`;
    }
    const steps = log.steps;
    const open = opens(steps);
    return html`
      <div class="steps-head">
        <h3>${t('steps')}</h3>
        ${steps.some((step) => step.status === 'RUNNING')
          ? html`<button class="toggle" aria-pressed=${this.#follow} @click=${() => this.#setFollow(!this.#follow)}>
              ${icon('follow')}${t('log.follow')}</button>`
          : nothing}
        <button class="toggle" aria-pressed=${this.#wrap} @click=${() => this.#setWrap()}>${icon('wrap')}${t('log.wrap')}</button>
        ${iconButton('copy', t('log.copy'), () => this.#copy(steps))}
        ${iconButton('download', t('log.download'), () => this.#download(row, steps))}
      </div>
      <ol class="steps">${steps.map((step, index) => this.#step(step, index, this.#toggled.get(index) ?? index === open, row))}</ol>`;
  }

  #step(step, index, open, row) {
    const took = stepTime(step, row, this.stream);
    return html`
      <li class="step ${open ? 'open' : ''}">
        <button class="step-head" aria-expanded=${open} @click=${() => this.#toggle(index, !open)}>
          ${icon(open ? 'down' : 'right')}${stateIcon(step.status)}
          <span class="step-name">${oneLine(step.step)}</span>
          <span class="step-state s-${step.status}">${t('state.' + step.status)}</span>
          <span class="soft step-time">${took === null ? '' : duration(took)}</span>
        </button>
        ${open
          ? html`<log-view .text=${step.log ?? ''} .live=${step.status === 'RUNNING'} .follow=${this.#follow} .wrap=${this.#wrap}
              .label=${oneLine(step.step)} @unfollow=${() => this.#setFollow(false)} @follow=${() => this.#setFollow(true)}></log-view>`
          : nothing}
      </li>`;
  }

  #toggle(index, open) {
    this.#toggled.set(index, open);
    this.update();
  }

  #setFollow(follow) {
    this.#follow = follow;
    this.update();
  }

  #setWrap() {
    this.#wrap = !this.#wrap;
    write('wrap', this.#wrap);
    this.update();
  }

  async #copy(steps) {
    toast(t((await copy(whole(steps))) ? 'log.copied' : 'copy.refused'));
  }

  #download(row, steps) {
    const host = (oneLine(row.ip) || this.instance).replace(/[^\w.:-]+/g, '_').replaceAll(':', '-');
    download(`muster_${this.stream.job.id}_${host}.log`, whole(steps));
  }
}

function iconButton(glyph, label, act) {
  return html`<button class="icon-button" aria-label=${label} title=${label} @click=${act}>${icon(glyph)}</button>`;
}

/** The failed step, else the running one, else the last that said anything. */
function opens(steps) {
  const last = (test) => steps.findLastIndex(test);
  return [
    last((step) => step.status === 'FAILED'),
    last((step) => step.status === 'RUNNING'),
    last((step) => step.log),
  ].find((index) => index >= 0) ?? -1;
}

function whole(steps) {
  return steps.filter((step) => step.log)
    .map((step) => `=== ${step.step} · ${step.status} ===\n${step.log.replace(/\n*$/, '\n')}`).join('\n');
}

/** Step times are the server's wall clock without a zone; the host's own start tells that zone. */
function stepTime(step, row, { log, skew }) {
  const start = wall(step.start_time);
  if (start === null) {
    return null;
  }
  const finish = wall(step.finish_time);
  if (finish !== null) {
    return (finish - start) / 1000;
  }
  const first = wall(log.steps.find((one) => one.start_time)?.start_time);
  if (step.status !== 'RUNNING' || !row.started_at || first === null) {
    return null;
  }
  const zone = Math.round((first - Date.parse(row.started_at)) / 900_000) * 900_000;
  const seconds = (Date.now() + skew + zone - start) / 1000;
  return seconds >= 0 && seconds < 86_400 ? seconds : null;
}

function wall(text) {
  const moment = text ? Date.parse(text.replace(' ', 'T') + 'Z') : NaN;
  return Number.isNaN(moment) ? null : moment;
}

HostPanel.define('host-panel');
