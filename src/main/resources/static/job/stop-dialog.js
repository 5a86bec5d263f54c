import { html, nothing } from '../lib/lit.js';
import { t } from '../lib/i18n.js';
import { View } from '../lib/view.js';
import { icon, stateIcon } from '../lib/icons.js';
import { toast } from '../lib/clipboard.js';
import { ledToSignIn } from '../lib/session.js';
import { running, title } from './job-header.js';

/** Asks before a job is stopped, and says what a stop does to each kind of host. */
class StopDialog extends View {
  static properties = ['stream', 'tick'];

  #sending = false;
  #error = '';

  ask() {
    this.#error = '';
    this.update();
    this.querySelector('dialog').showModal();
  }

  view() {
    const { job, counts } = this.stream;
    const active = counts.running + counts.pending;
    const done = counts.total - active;
    const over = !running(job);
    return html`
      <dialog class="dialog" aria-labelledby="stop-title">
        <form method="dialog" @submit=${(event) => this.#submit(event)}>
          <h2 id="stop-title">${t('stop.title', { job: `${title(job)} #${job.id}` })}</h2>
          ${over
            ? html`<p>${t('stop.over')}</p>`
            : html`
              <ul class="effects">
                <li>${stateIcon('RUNNING')}<span><b>${t('stop.running', { n: counts.running })}</b> ${t('stop.running.effect')}</span></li>
                <li>${stateIcon('PENDING')}<span><b>${t('stop.waiting', { n: counts.pending })}</b> ${t('stop.waiting.effect')}</span></li>
                <li>${stateIcon('SUCCESS')}<span><b>${t('stop.done', { n: done })}</b> ${t('stop.done.effect')}</span></li>
              </ul>
              <p class="soft">${t('stop.proof')}</p>`}
          ${this.#error ? html`<p class="banner bad" role="alert">${icon('info')}<span>${this.#error}</span></p>` : nothing}
          <div class="dialog-buttons">
            <button class="button" value="keep" autofocus>${over ? t('close') : t('stop.keep')}</button>
            ${over ? nothing : html`<button class="button danger solid" value="stop" ?disabled=${this.#sending}>
              ${icon('stop')}${this.#sending ? t('stop.stopping') : t('stop.confirm', { n: active })}</button>`}
          </div>
        </form>
      </dialog>`;
  }

  #submit(event) {
    if (event.submitter?.value === 'stop') {
      event.preventDefault();
      this.#stop();
    }
  }

  async #stop() {
    this.#sending = true;
    this.#error = '';
    this.update();
    try {
      const response = await fetch(`api/job/${this.stream.job.id}/revoke/`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify({ instance_id_list: [] }),
      });
      if (await ledToSignIn(response)) {
        return;
      }
      const answer = await response.json();
      if (!answer.result) {
        throw new Error(answer.message || `${response.status}`);
      }
      this.querySelector('dialog').close();
      toast(t('stop.sent'));
    } catch (error) {
      this.#error = t('stop.failed', { message: error.message });
    } finally {
      this.#sending = false;
      this.update();
    }
  }
}

StopDialog.define('stop-dialog');
