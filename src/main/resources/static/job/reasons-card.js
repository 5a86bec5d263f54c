import { html, nothing } from '../lib/lit.js';
import { t } from '../lib/i18n.js';
import { View } from '../lib/view.js';
import { icon, stateIcon } from '../lib/icons.js';
import { number } from '../lib/format.js';
import { oneLine, plain } from '../lib/text.js';

const SHOWN = 5;

/** What fails, in how many ways: each way with its count, an example and what helps. */
class ReasonsCard extends View {
  static properties = ['reasons', 'chosen'];

  #all = false;

  view() {
    const reasons = [...this.reasons].sort((a, b) => b.count - a.count);
    const shown = this.#all ? reasons : reasons.slice(0, SHOWN);
    return html`
      <section class="card reasons" aria-labelledby="reasons-title">
        <h2 id="reasons-title">${t('reasons')} <span class="soft">${t('reasons.kinds', { n: reasons.length })}</span></h2>
        <ul>${shown.map((reason) => this.#reason(reason))}</ul>
        ${reasons.length > SHOWN
          ? html`<button class="link" @click=${() => this.#toggle()}>
              ${this.#all ? t('reasons.fewer') : t('reasons.more', { n: reasons.length - SHOWN })}</button>`
          : nothing}
      </section>`;
  }

  #reason(reason) {
    const chosen = this.chosen === reason.reason;
    return html`
      <li>
        <button class="reason" aria-pressed=${chosen} title=${t(chosen ? 'reasons.unfilter' : 'reasons.filter')}
          @click=${() => this.#choose(chosen ? '' : reason.reason)}>
          <span class="reason-count">${stateIcon('FAILED')}<b>${number(reason.count)}</b></span>
          <span class="tag" translate="no">${plain(reason.reason)}</span>
          <span class="reason-text">
            ${reason.sample ? html`<code class="sample" translate="no" title=${plain(reason.sample)}>${oneLine(reason.sample)}</code>` : nothing}
            ${reason.hint ? html`<span class="hint">${plain(reason.hint)}</span>` : nothing}
          </span>
          <span class="reason-go">${icon(chosen ? 'close' : 'right')}</span>
        </button>
      </li>`;
  }

  #choose(reason) {
    this.emit('go', { patch: { reason, status: reason ? 'FAILED' : '' } });
  }

  #toggle() {
    this.#all = !this.#all;
    this.update();
  }
}

ReasonsCard.define('reasons-card');
