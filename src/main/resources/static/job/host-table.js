import { html, nothing, repeat } from '../lib/lit.js';
import { t } from '../lib/i18n.js';
import { View } from '../lib/view.js';
import { jobHash } from '../lib/route.js';
import { icon, shown, stateIcon } from '../lib/icons.js';
import { clock, duration, elapsed, number } from '../lib/format.js';
import { oneLine, plain } from '../lib/text.js';
import { running } from './job-header.js';

const TYPING = 250;
/** A job that was only just made may still be choosing its hosts. */
const PREPARING = 15_000;

/** The hosts of one page of the job, each a link to its panel. */
class HostTable extends View {
  static properties = ['stream', 'id', 'query', 'tick'];

  #typing = 0;

  view() {
    const { stream, query } = this;
    if (stream.counts.total === 0) {
      return html`<section class="card empty">${this.#nothingToDo()}</section>`;
    }
    return html`
      <section class="card hosts" aria-label=${t('hosts')} aria-busy=${stream.busy}>
        <div class="toolbar">
          ${this.#filterBox()}
          ${query.reason ? this.#filterTag('reason', plain(query.reason)) : nothing}
          ${query.status && !query.reason ? this.#filterTag('status', t('state.' + query.status)) : nothing}
          ${this.#pager()}
        </div>
        ${stream.rows === null ? html`<div class="skeleton block tall"></div>` : this.#table()}
        ${stream.rows?.length === 0 ? this.#noMatch() : nothing}
      </section>`;
  }

  #filterBox() {
    return html`
      <label class="filter">
        ${icon('search')}<span class="offscreen">${t('filter.ip')}</span>
        <input type="search" id="filter" placeholder=${t('filter.ip')} autocomplete="off" spellcheck="false"
          .value=${this.query.q} @input=${(event) => this.#type(event.target.value)}
          @paste=${(event) => this.#paste(event)} @keydown=${(event) => this.#filterKey(event)}>
        <kbd aria-hidden="true">/</kbd>
      </label>`;
  }

  #filterTag(key, text) {
    const patch = { reason: '', status: '' };
    return html`<button class="filter-tag" title=${t('filter.clear')} @click=${() => this.emit('go', { patch })}>
      <span class="soft">${t('filter.' + key)}</span><b translate="no">${text}</b>${icon('close')}</button>`;
  }

  #pager() {
    const { stream, query } = this;
    const pages = Math.max(1, Math.ceil(stream.total / stream.size));
    const first = (query.page - 1) * stream.size + 1;
    const last = first + (stream.rows?.length ?? 0) - 1;
    const turn = (by) => this.emit('go', { patch: { page: query.page + by } });
    return html`
      <nav class="pager" aria-label=${t('pages')}>
        <span class="soft">${last >= first
          ? t('pages.range', { first, last, n: Math.max(stream.total, last) }) : t('hosts.count', { n: 0 })}</span>
        ${pages > 1 || query.page > 1
          ? html`
            <button class="icon-button" aria-label=${t('pages.previous')} ?disabled=${query.page <= 1} @click=${() => turn(-1)}>${icon('left')}</button>
            <span>${t('pages.page', { page: query.page, pages })}</span>
            <button class="icon-button" aria-label=${t('pages.next')} ?disabled=${query.page >= pages} @click=${() => turn(1)}>${icon('right')}</button>`
          : nothing}
      </nav>`;
  }

  #table() {
    const { stream } = this;
    const proofs = stream.rows.some((row) => row.proof);
    const columns = ['ip', 'name', 'cloud', 'business', 'state', 'reason', 'step', 'tries', 'duration'];
    const now = Date.now() + stream.skew;
    return html`
      <table role="table" class=${proofs ? 'with-proof' : ''} aria-rowcount=${stream.total + 1} id="hosts">
        <thead role="rowgroup">
          <tr role="row">${[...columns, ...(proofs ? ['proof'] : [])].map((column) =>
            html`<th role="columnheader" scope="col" class="c-${column}">${t('column.' + column)}</th>`)}</tr>
        </thead>
        <tbody role="rowgroup">
          ${repeat(stream.rows, (row) => row.instance, (row, index) => this.#row(row, index, proofs, now))}
        </tbody>
      </table>`;
  }

  #row(row, index, proofs, now) {
    const open = row.instance === this.query.instance;
    const took = elapsed(row.started_at, row.ended_at, now);
    const place = (this.query.page - 1) * this.stream.size + index + 2;
    return html`
      <tr role="row" class=${open ? 'open' : ''} aria-rowindex=${place} @click=${(event) => this.#click(event, row)}>
        <td role="cell" class="c-ip mono" translate="no"><a href=${this.#address(row)} data-instance=${row.instance}
          aria-current=${open ? 'true' : 'false'}>${oneLine(row.ip) || '—'}</a></td>
        <td role="cell" class="c-name" translate="no" title=${oneLine(row.name)}>${oneLine(row.name)}</td>
        <td role="cell" class="c-cloud soft">${oneLine(row.cloud)}</td>
        <td role="cell" class="c-business soft">${oneLine(row.business)}</td>
        <td role="cell" class="c-state s-${shown(row)}">${state(row)}</td>
        <td role="cell" class="c-reason" title=${plain(row.detail)}>${reason(row)}</td>
        <td role="cell" class="c-step soft">${row.status === 'SUCCESS' ? '' : oneLine(row.step)}</td>
        <td role="cell" class="c-tries">${row.tries > 1
          ? html`<span title=${t('tries', { n: row.tries })}>${number(row.tries)}×</span>` : html`<span class="soft">${row.tries || ''}</span>`}</td>
        <td role="cell" class="c-duration soft" title=${row.started_at ? clock(new Date(row.started_at)) : ''}>${took === null ? '' : duration(took)}</td>
        ${proofs ? html`<td role="cell" class="c-proof soft">${row.proof ? t('proof.' + row.proof) : ''}</td>` : nothing}
      </tr>`;
  }

  #address(row) {
    return jobHash(this.id, { ...this.query, instance: row.instance });
  }

  #click(event, row) {
    if (event.target.closest('a') || String(getSelection()) !== '') {
      return;
    }
    this.emit('go', { patch: { instance: row.instance } });
  }

  #noMatch() {
    return html`
      <div class="empty">
        <h2>${t('empty.filter')}</h2>
        <p class="soft">${t('empty.filter.hint')}</p>
        <button class="button" @click=${() => this.emit('go', { patch: { status: '', reason: '', q: '' } })}>${t('filter.clear')}</button>
      </div>`;
  }

  #nothingToDo() {
    const { job, skew } = this.stream;
    const young = running(job) && Date.now() + skew - Date.parse(job.created_at) < PREPARING;
    return young
      ? html`${stateIcon('RUNNING')}<h2>${t('empty.preparing')}</h2><p class="soft">${t('empty.preparing.hint')}</p>`
      : html`${stateIcon('IGNORED')}<h2>${t('empty.job')}</h2><p class="soft">${t('empty.job.hint')}</p>`;
  }

  #type(text) {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.emit('go', { patch: { q: text }, replace: true }), TYPING);
  }

  /** A column pasted from a sheet becomes a list with spaces. */
  #paste(event) {
    const text = event.clipboardData?.getData('text') ?? '';
    if (/[\n,;\t]/.test(text.trim())) {
      event.preventDefault();
      const field = event.target;
      field.setRangeText(text.trim().split(/[\s,;]+/).join(' '), field.selectionStart, field.selectionEnd, 'end');
      this.#type(field.value);
    }
  }

  #filterKey(event) {
    if (event.key === 'Escape') {
      event.preventDefault();
      if (event.target.value) {
        event.target.value = '';
        this.#type('');
      } else {
        event.target.blur();
      }
    } else if (event.key === 'Enter' || event.key === 'ArrowDown') {
      event.preventDefault();
      this.focusRow(0);
    }
  }

  get #links() {
    return [...this.querySelectorAll('tbody a')];
  }

  get focusedInstance() {
    return document.activeElement?.closest?.('tr')?.querySelector('a')?.dataset.instance ?? '';
  }

  focusFilter() {
    const field = this.querySelector('input');
    field?.focus();
    field?.select();
  }

  focusRow(index) {
    this.#links[index]?.focus();
  }

  focusInstance(instance) {
    const link = this.#links.find((one) => one.dataset.instance === instance);
    if (link) {
      link.focus();
    } else {
      this.focusFilter();
    }
  }

  reveal(instance) {
    const link = this.#links.find((one) => one.dataset.instance === instance);
    link?.closest('tr').scrollIntoView({ block: 'nearest' });
  }

  move(by) {
    const links = this.#links;
    const at = links.indexOf(document.activeElement);
    links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  }
}

/** In full, or in one word where the column of steps says the rest. */
/** What an unfinished host waits for has a column of its own. */
function waits(row) {
  return !row.reason && Boolean(row.detail) && !row.ended_at;
}

function state(row) {
  const word = t('state.' + shown(row));
  const text = waits(row) ? word : oneLine(row.text) || word;
  const repeats = row.step && text.includes(oneLine(row.step));
  return html`<span class="state" title=${text}>${stateIcon(shown(row))}${repeats
    ? html`<span class="in-full">${text}</span><span class="in-short">${word}</span>`
    : html`<span>${text}</span>`}</span>`;
}

function reason(row) {
  if (!row.reason) {
    return waits(row) ? html`<span class="soft detail" translate="no">${oneLine(row.detail)}</span>` : nothing;
  }
  return html`<span class="tag ${shown(row) === 'FAILED' ? 'bad' : ''}" translate="no">${oneLine(row.reason)}</span>
    <span class="soft detail" translate="no">${oneLine(row.detail)}</span>`;
}

HostTable.define('host-table');
